/*
 * The service for trafstat -h: one line in, one answer out.  Each connection
 * has a process of its own, which executes trafstat if the line is accepted.
 * An alarm(2) set before limits its time.
 */
#include "config.h"

#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/printable.h"
#include "base/streams.h"
#include "line.h"
#include "traffic.h"
#include "trafstatd.h"

#define LINE_SECONDS	10	/* for the line to arrive */
#define CHILDREN	32	/* connections at once */

extern char	**environ;

/* ---- the log ---- */

/* Written only if the log file exists, as BPFT's trafstatd did. */
static void
log_request(const struct options *opt, const char *peer, const char *line,
    size_t len, const char *why)
{
	char		text[LINE_OCTETS + 256], when[32];
	time_t		now = time(NULL);
	struct tm	tm;
	size_t		i, n;
	int		fd;

	fd = open(opt->log_file, O_WRONLY | O_APPEND | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return;
	if (localtime_r(&now, &tm) == NULL || strftime(when, sizeof(when),
	    "%b %e %H:%M:%S", &tm) == 0)
		when[0] = '\0';
	n = (size_t)snprintf(text, sizeof(text), "%s trafstatd: (%s) %s: ",
	    when, peer, why != NULL ? why : "answered");
	for (i = 0; i < len && n < sizeof(text) - 1 && line[i] != '\n'; i++)
		text[n++] = is_printable(line[i]) ? line[i] : '?';
	text[n++] = '\n';
	(void)!write(fd, text, n);
	(void)close(fd);
}

/* ---- one line ---- */

/*
 * Read up to a newline, the end of input or the size of buf.  Returns the
 * number of octets, or -1 after an error or LINE_SECONDS.
 */
static ssize_t
read_line(int fd, char buf[LINE_OCTETS])
{
	struct pollfd	p = { .fd = fd, .events = POLLIN };
	int64_t		end = now_mono_ms() + INT64_C(1000) * LINE_SECONDS;
	int64_t		left;
	size_t		n = 0;
	ssize_t		got;

	while (n < LINE_OCTETS && (n == 0 || memchr(buf, '\n', n) == NULL)) {
		left = end - now_mono_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return (-1);
		if ((got = read(fd, buf + n, LINE_OCTETS - n)) == -1)
			return (-1);
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return ((ssize_t)n);
}

static int
refuse(int out, const char *why)
{
	char	text[128];
	int	n;

	n = snprintf(text, sizeof(text), "trafstatd: %s\n", why);
	(void)!write(out, text, (size_t)n);
	return (TRAFD_EXIT_USAGE);
}

/* trafstat gets nothing of the environment except the time zone. */
static void
clean_environment(void)
{
	static char	 locale[] = "LC_ALL=C", tz[128];
	static char	*clean[3];
	const char	*zone = getenv("TZ");

	clean[0] = locale;
	if (zone != NULL && (size_t)snprintf(tz, sizeof(tz), "TZ=%s", zone) <
	    sizeof(tz))
		clean[1] = tz;
	environ = clean;
}

static int
become_trafstat(const struct options *opt, struct line *line, int out)
{
	static char	 run_dir[] = "--run-dir";
	char		*argv[LINE_ARGS + 3];
	int		 null = open("/dev/null", O_RDONLY);

	argv[0] = line->argv[0];
	argv[1] = run_dir;
	argv[2] = (char *)(uintptr_t)opt->run_dir;
	memcpy(argv + 3, line->argv + 1, (size_t)line->argc *
	    sizeof(line->argv[0]));
	if (null == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    dup2(out, STDERR_FILENO) == -1 || dup2(null, STDIN_FILENO) == -1)
		return (refuse(out, "out of descriptors"));
	(void)signal(SIGALRM, SIG_DFL);
	streams_restore_signals();
	(void)alarm(opt->timeout);
	clean_environment();
	log_flush();
	(void)execv(opt->trafstat, argv);
	log_error("cannot run: %s", opt->trafstat);
	return (refuse(STDOUT_FILENO, "cannot run trafstat"));
}

int
serve_line(const struct options *opt, int in, int out)
{
	char		 buf[LINE_OCTETS], peer[PEER_LEN];
	struct line	 line;
	const char	*why;
	ssize_t		 n;

	if ((n = read_line(in, buf)) == -1)
		return (refuse(out, "no line received"));
	why = line_parse(&line, buf, (size_t)n);
	log_request(opt, sockets_peer(in, peer), buf, (size_t)n, why);
	if (why != NULL)
		return (refuse(out, why));
	return (become_trafstat(opt, &line, out));
}

/* ---- the daemon ---- */

/* A ring of processes; when it is full, the oldest is at `next'. */
struct children {
	pid_t	pid[CHILDREN];
	size_t	next;
};

static volatile sig_atomic_t	ended;

static void
on_signal(int sig)
{
	if (sig != SIGCHLD)
		ended = 1;
}

static void
reap(struct children *c)
{
	size_t	i;
	pid_t	pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < CHILDREN; i++)
			if (c->pid[i] == pid)
				c->pid[i] = 0;
}

/*
 * Start a process for a new connection.  If there are too many, the oldest is
 * killed, so that slow clients cannot lock others out.
 */
static void
begin_child(struct children *c, const struct options *opt, int listener,
    int fd, const sigset_t *mask)
{
	pid_t	*slot = &c->pid[c->next++ % CHILDREN];
	int	 rc;

	if (*slot != 0) {
		(void)kill(*slot, SIGKILL);
		(void)waitpid(*slot, NULL, 0);
	}
	*slot = fork();
	if (*slot == 0) {
		(void)close(listener);
		(void)sigprocmask(SIG_SETMASK, mask, NULL);
		rc = serve_line(opt, fd, fd);
		log_flush();
		_exit(rc);
	}
	if (*slot == -1) {
		log_error("fork");
		*slot = 0;
	}
	(void)close(fd);
}

static void
catch_signals(sigset_t *before)
{
	static const int	signals[] = { SIGCHLD, SIGINT, SIGTERM };
	struct sigaction	sa = { .sa_handler = on_signal };
	sigset_t		set;
	size_t			i;

	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		(void)sigaction(signals[i], &sa, NULL);
		(void)sigaddset(&set, signals[i]);
	}
	/* They are delivered in ppoll(2) only. */
	(void)sigprocmask(SIG_BLOCK, &set, before);
}

int
serve_listen(const struct options *opt, int listener)
{
	struct pollfd	 p = { .fd = listener, .events = POLLIN };
	struct children	 c = { 0 };
	sigset_t	 mask;
	int		 fd;
	size_t		 i;

	catch_signals(&mask);
	(void)fcntl(listener, F_SETFL, O_NONBLOCK);
	while (!ended) {
		if (ppoll(&p, 1, NULL, &mask) == 1 &&
		    (fd = accept(listener, NULL, NULL)) != -1) {
			(void)fcntl(fd, F_SETFL, 0);
			begin_child(&c, opt, listener, fd, &mask);
		}
		reap(&c);
	}
	for (i = 0; i < CHILDREN; i++)
		if (c.pid[i] != 0)
			(void)kill(c.pid[i], SIGKILL);
	return (TRAFD_EXIT_OK);
}
