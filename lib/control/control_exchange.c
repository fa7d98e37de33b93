/*
 * One exchange over the control socket: connect, ask, receive.  Every wait
 * is part of one time limit.  Knows heads, but not what bodies mean.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/peer.h"
#include "base/printable.h"
#include "away.h"
#include "control_exchange.h"
#include "traffic.h"

/* How often a socket whose queue is full is tried again, milliseconds. */
#define RETRY_MS	20

enum control_outcome
exchange_fail(struct control_client *c, enum control_outcome why,
    const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->err, sizeof(c->err), fmt, ap);
	va_end(ap);
	return (why);
}

enum control_outcome
exchange_broken(struct exchange *x, const char *what)
{
	return (exchange_fail(x->c, CONTROL_BROKEN, "%s: %s", x->c->ext, what));
}

static enum control_outcome
refused(struct exchange *x, const char *text)
{
	return (exchange_fail(x->c, CONTROL_REFUSED_IT, "%s: %s", x->c->ext,
	    text));
}

/* ---- the connection ---- */

static int
open_socket(void)
{
	int	fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1)
		return (-1);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

/* Wait; 0, or -1 with errno. */
static int
wait_for(const struct exchange *x, short events)
{
	struct pollfd	p = { .fd = x->fd, .events = events };
	int64_t		left;
	int		rc;

	do {
		left = x->deadline - now_mono_ms();
		rc = left <= 0 ? 0 : poll(&p, 1, (int)left);
	} while (rc == -1 && errno == EINTR);
	if (rc == 0)
		errno = ETIMEDOUT;
	return (rc > 0 ? 0 : -1);
}

static enum control_outcome
explain_connect(struct exchange *x, const char *path)
{
	switch (errno) {
	case ENOENT:
	case ECONNREFUSED:
	case ENOTSOCK:
		if (away_is(x->c->run_dir, x->c->ext))
			return (exchange_fail(x->c, CONTROL_AWAY,
			    "interface away: %s: trafd waits for it, and "
			    "continues when it returns", x->c->ext));
		return (exchange_fail(x->c, CONTROL_NOBODY,
		    "no trafd is running: %s (no daemon at %s)", x->c->ext,
		    path));
	case EACCES:
	case EPERM:
		return (exchange_fail(x->c, CONTROL_FORBIDDEN,
		    "permission denied: %s: only root and members of group "
		    TRAFD_USER " can query the daemon", path));
	default:
		return (exchange_fail(x->c, CONTROL_BROKEN,
		    "cannot connect: %s: %s", path, strerror(errno)));
	}
}

/*
 * Where others can write to the directory, a socket may be anybody's: who
 * listens must be root, this user, the one whose directory it is, or trafd.
 */
bool
exchange_trusts(const struct stat *dir, uid_t uid)
{
	const struct passwd	*pw;

	if ((dir->st_mode & (S_IWGRP | S_IWOTH)) == 0 || uid == 0 ||
	    uid == geteuid() || uid == dir->st_uid)
		return (true);
	pw = getpwnam(TRAFD_USER);
	return (pw != NULL && pw->pw_uid == uid);
}

static enum control_outcome
distrust(struct exchange *x, const char *path, uid_t uid)
{
	return (exchange_fail(x->c, CONTROL_NOBODY,
	    "not queried: %s: user %lu, who is not trafd's, made this socket",
	    path, (unsigned long)uid));
}

/* By its name, before there is any contact. */
static enum control_outcome
check_name(struct exchange *x, const struct stat *dir, const char *path)
{
	struct stat	st;

	if (lstat(path, &st) == -1 || exchange_trusts(dir, st.st_uid))
		return (CONTROL_DONE);
	return (distrust(x, path, st.st_uid));
}

/* By the word of the kernel: the name may have changed meanwhile. */
static enum control_outcome
check_peer(struct exchange *x, const struct stat *dir, const char *path)
{
	uid_t	uid;

	if (peer_user(x->fd, &uid) == -1)
		return (exchange_broken(x, strerror(errno)));
	return (exchange_trusts(dir, uid) ? CONTROL_DONE :
	    distrust(x, path, uid));
}

/* A full queue of a Unix socket says EAGAIN, and poll does not wait for it. */
static enum control_outcome
connect_to(struct exchange *x)
{
	struct sockaddr_un	sun = { .sun_family = AF_UNIX };
	enum control_outcome	rc;
	struct stat		dir;
	int			n;

	n = snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s%s%s",
	    x->c->run_dir, TRAFD_PREFIX, x->c->ext, CONTROL_SUFFIX);
	if (n < 0 || (size_t)n >= sizeof(sun.sun_path))
		return (exchange_broken(x,
		    "the path of its control socket is too long"));
	if (stat(x->c->run_dir, &dir) == -1)
		return (explain_connect(x, sun.sun_path));
	if ((rc = check_name(x, &dir, sun.sun_path)) != CONTROL_DONE)
		return (rc);
	if ((x->fd = open_socket()) == -1)
		return (exchange_broken(x, strerror(errno)));
	while (connect(x->fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		if (errno == EISCONN)
			break;
		if ((errno != EAGAIN && errno != EINTR &&
		    errno != EINPROGRESS && errno != EALREADY) ||
		    now_mono_ms() >= x->deadline)
			return (explain_connect(x, sun.sun_path));
		(void)poll(NULL, 0, RETRY_MS);
	}
	return (check_peer(x, &dir, sun.sun_path));
}

static int
send_all(struct exchange *x, const uint8_t *p, size_t len)
{
	ssize_t	n;

	while (len > 0) {
		n = send(x->fd, p, len, MSG_NOSIGNAL);
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if ((errno != EAGAIN && errno != EINTR) ||
		    wait_for(x, POLLOUT) == -1)
			return (-1);
	}
	return (0);
}

/* Some octets; 0 at the end, -1 with errno. */
static ssize_t
receive(struct exchange *x, uint8_t *p, size_t len)
{
	ssize_t	n;

	for (;;) {
		if (wait_for(x, POLLIN) == -1)
			return (-1);
		n = recv(x->fd, p, len, 0);
		if (n != -1 || (errno != EAGAIN && errno != EINTR))
			return (n);
	}
}

enum control_outcome
exchange_receive(struct exchange *x, uint8_t *p, size_t len)
{
	ssize_t	n;

	while (len > 0) {
		if ((n = receive(x, p, len)) == -1)
			return (exchange_broken(x, errno == ETIMEDOUT ?
			    "no answer in time" : strerror(errno)));
		if (n == 0)
			return (exchange_broken(x,
			    "the answer is incomplete"));
		p += n;
		len -= (size_t)n;
	}
	return (CONTROL_DONE);
}

/* One that is killed with octets unread ends in ECONNRESET. */
enum control_outcome
exchange_await_end(struct exchange *x)
{
	uint8_t	octets[64];
	ssize_t	n;

	while ((n = receive(x, octets, sizeof(octets))) > 0)
		continue;
	return (n == -1 && errno == ETIMEDOUT ?
	    exchange_broken(x, "it has not ended in time") : CONTROL_DONE);
}

/* ---- request and answer ---- */

static enum control_outcome
receive_failure(struct exchange *x)
{
	char			text[CONTROL_TEXT_MOST + 1];
	enum control_outcome	rc;

	if (x->head.length > CONTROL_TEXT_MOST)
		return (exchange_broken(x, "the answer is not one of trafd"));
	rc = exchange_receive(x, (uint8_t *)text, (size_t)x->head.length);
	if (rc != CONTROL_DONE)
		return (rc);
	text[x->head.length] = '\0';
	(void)printable(text);
	return (refused(x, text[0] != '\0' ? text : "request refused"));
}

/* Ask, and read the head of the answer. */
enum control_outcome
exchange_begin(struct exchange *x, struct control_client *c, int command,
    const struct control_query *q)
{
	uint8_t			out[CONTROL_REQUEST_HEAD + CONTROL_QUERY_MOST];
	uint8_t			in[CONTROL_ANSWER_HEAD];
	struct control_request	r = { .command = (uint16_t)command };
	enum control_outcome	rc;

	*x = (struct exchange){ .c = c, .fd = -1,
	    .deadline = now_mono_ms() + c->timeout_ms };
	c->err[0] = '\0';
	c->status = CONTROL_OK;
	if (q != NULL)
		r.length = (uint32_t)control_put_query(
		    out + CONTROL_REQUEST_HEAD, q);
	control_put_request(out, &r);
	if ((rc = connect_to(x)) != CONTROL_DONE)
		return (rc);
	/* A server that is full answers before it has read. */
	(void)send_all(x, out, CONTROL_REQUEST_HEAD + r.length);
	if ((rc = exchange_receive(x, in, sizeof(in))) != CONTROL_DONE)
		return (rc);
	if (control_get_answer(in, &x->head) == -1 ||
	    (x->head.status == CONTROL_OK && x->head.command != command))
		return (exchange_broken(x, "the answer is not one of trafd"));
	c->status = x->head.status;
	return (c->status == CONTROL_OK ? CONTROL_DONE : receive_failure(x));
}

void
exchange_end(struct exchange *x)
{
	if (x->fd != -1)
		(void)close(x->fd);
}
