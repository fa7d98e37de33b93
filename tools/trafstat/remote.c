/*
 * Queries a trafstatd(8) on another host: sends the options as one line and
 * copies the answer to the output.  The answer is parsed only to tell an error
 * message from a report.  It is untrusted: unprintable characters are
 * replaced, except with -b.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/printable.h"
#include "common/finish.h"
#include "traffic.h"
#include "trafstat.h"

#define LINE_LEN	1024	/* most for trafstatd, newline and NUL too */
#define PORT		"150"	/* the port of BPFT's trafstatd */

/* The connection. */
struct remote {
	const char	*name;		/* of the host, as given */
	int		 fd;
	int64_t		 deadline;	/* of now_mono_ms(), for all of it */
};

/* Wait until the socket is ready.  0, or -1 with errno. */
static int
wait_for(const struct remote *r, short events)
{
	struct pollfd	p = { .fd = r->fd, .events = events };
	int64_t		left = r->deadline - now_mono_ms();
	int		n;

	n = left <= 0 ? 0 : poll(&p, 1, (int)left);
	if (n == 0)
		errno = ETIMEDOUT;
	return (n > 0 ? 0 : -1);
}

/* ---- the connection ---- */

/* Split `host', `host:port' or `[address]:port'; host may be IPv6, too. */
static int
split(const char *name, char *host, size_t len, const char **port)
{
	const char	*colon = strrchr(name, ':');
	size_t		 n = strlen(name);

	*port = PORT;
	if (name[0] == '[' && (colon = strchr(name, ']')) != NULL) {
		n = (size_t)(colon++ - ++name);
		if (*colon != '\0' && *colon != ':')
			return (-1);
		if (*colon == ':')
			*port = colon + 1;
	} else if (colon != NULL && strchr(name, ':') == colon) {
		n = (size_t)(colon - name);
		*port = colon + 1;
	}
	if (n == 0 || n >= len || **port == '\0')
		return (-1);
	memcpy(host, name, n);
	host[n] = '\0';
	return (0);
}

/* Connect to one address.  0, or -1 with errno, and r->fd is -1. */
static int
connect_one(struct remote *r, const struct addrinfo *ai)
{
	socklen_t	len = sizeof(errno);
	int		error = 0;

	r->fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	if (r->fd == -1)
		return (-1);
	if (fcntl(r->fd, F_SETFL, O_NONBLOCK) == 0 &&
	    (connect(r->fd, ai->ai_addr, ai->ai_addrlen) == 0 ||
	    (errno == EINPROGRESS && wait_for(r, POLLOUT) == 0 &&
	    getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
	    error == 0)))
		return (0);
	if (error == 0)
		error = errno;
	(void)close(r->fd);
	r->fd = -1;
	errno = error;
	return (-1);
}

static int
connect_any(struct remote *r)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo	*list, *ai;
	char		 host[256];
	const char	*port;
	int		 rc = -1, error;

	if (split(r->name, host, sizeof(host), &port) == -1) {
		log_errorx("-h %s: expected HOST or HOST:PORT", r->name);
		return (-1);
	}
	if ((error = getaddrinfo(host, port, &hints, &list)) != 0) {
		log_errorx("-h %s: %s", r->name, gai_strerror(error));
		return (-1);
	}
	for (ai = list; ai != NULL && rc == -1; ai = ai->ai_next)
		rc = connect_one(r, ai);
	if (rc == -1)
		log_error("-h %s: no trafstatd answers", r->name);
	freeaddrinfo(list);
	return (rc);
}

/* ---- question and answer ---- */

/* Append ` option' and its value, which may be NULL. */
static void
add(char line[LINE_LEN], const char *option, const char *value)
{
	(void)strlcat(line, " ", LINE_LEN);
	(void)strlcat(line, option, LINE_LEN);
	if (value != NULL) {
		(void)strlcat(line, " ", LINE_LEN);
		(void)strlcat(line, value, LINE_LEN);
	}
}

/* Append the option that selects the job; none for the table. */
static void
add_job(const struct options *opt, char line[LINE_LEN])
{
	if (opt->job == layers_run)
		add(line, "-D", NULL);
	if (opt->job == proto_run)
		add(line, opt->no_zeros ? "-ss" : "-s", NULL);
	if (opt->iface != NULL)
		add(line, opt->job == iface_run ? "-I" : "-i", opt->iface);
	if (opt->proto != -1)
		add(line, "-p", proto_groups[opt->proto]);
}

static void
add_flags(const struct options *opt, char line[LINE_LEN])
{
	const struct names_opts	*n = &opt->naming;

	if (n->all)
		add(line, "-A", NULL);
	if (opt->binary)
		add(line, "-b", NULL);
	if (n->local_only)
		add(line, "-f", NULL);
	if (n->short_hosts)
		add(line, "-N", NULL);
	if (n->numeric)
		add(line, "-n", NULL);
}

/* Write the options as the line of the protocol.  -1 if it is too long. */
static int
make_line(const struct options *opt, char line[LINE_LEN])
{
	char	text[64];

	line[0] = '\0';
	add_job(opt, line);
	add_flags(opt, line);
	(void)snprintf(text, sizeof(text), "--format=%s", opt->format->name);
	add(line, text, NULL);
	(void)snprintf(text, sizeof(text), "--rows=%d", opt->top);
	if (opt->top != 0)
		add(line, text, NULL);
	if (opt->host != NULL)
		add(line, opt->host, opt->port);
	return (strlcat(line, "\n", LINE_LEN) < LINE_LEN ? 0 : -1);
}

static int
ask(const struct remote *r, const char *line, size_t len)
{
	ssize_t	n;

	while (len > 0) {
		if (wait_for(r, POLLOUT) == -1 ||
		    (n = write(r->fd, line, len)) == -1) {
			log_error("-h %s", r->name);
			return (-1);
		}
		line += n;
		len -= (size_t)n;
	}
	(void)shutdown(r->fd, SHUT_WR);
	return (0);
}

/* Is it an error message of trafstat or trafstatd instead of an answer? */
static bool
is_message(const char *octets, size_t n)
{
	return ((n > 10 && memcmp(octets, "trafstat: ", 10) == 0) ||
	    (n > 11 && memcmp(octets, "trafstatd: ", 11) == 0));
}

/* Receive some octets.  Their number, 0 at the end, or -1 after a message. */
static ssize_t
receive(const struct remote *r, char *buf, size_t len)
{
	ssize_t	n = -1;

	if (wait_for(r, POLLIN) == -1 || (n = read(r->fd, buf, len)) == -1)
		log_error("-h %s", r->name);
	return (n);
}

/* Against terminal escape sequences; the programs' own texts are ASCII. */
static void
clean(char *text, size_t n)
{
	for (; n > 0; text++, n--)
		if (!is_printable(*text) && *text != '\n' && *text != '\t')
			*text = '?';
}

static int
copy(const struct remote *r, bool text)
{
	char		 buf[65536];
	ssize_t		 n = receive(r, buf, sizeof(buf));
	bool		 failed = n > 0 && is_message(buf, (size_t)n);
	struct out	*o;

	o = out_new(failed ? STDERR_FILENO : STDOUT_FILENO);
	if (o == NULL) {
		log_error("-h %s", r->name);
		return (TRAFD_EXIT_ERROR);
	}
	for (; n > 0; n = receive(r, buf, sizeof(buf))) {
		if (text || failed)
			clean(buf, (size_t)n);
		out_mem(o, buf, (size_t)n);
	}
	if (out_finish(o) != TRAFD_EXIT_OK || n == -1)
		failed = true;
	out_free(o);
	return (failed ? TRAFD_EXIT_ERROR : TRAFD_EXIT_OK);
}

int
remote_run(const struct options *opt)
{
	struct remote	r = { .name = opt->remote, .fd = -1,
	    .deadline = now_mono_ms() + INT64_C(1000) * opt->timeout };
	char		line[LINE_LEN];
	int		rc = TRAFD_EXIT_ERROR;

	if (make_line(opt, line) == -1)
		log_errorx("-h %s: the query is too long", opt->remote);
	else if (connect_any(&r) == 0 && ask(&r, line, strlen(line)) == 0)
		rc = copy(&r, !opt->binary);
	if (r.fd != -1)
		(void)close(r.fd);
	return (rc);
}
