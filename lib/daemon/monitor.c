/*
 * The privileged parent.  It reads no packet, no file and no socket: all it
 * learns is how its child ended, and whether the interface is there.  The
 * only state beside the child is a signal that came while there was none.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interface.h"
#include "base/log.h"
#include "monitor.h"

#define WAIT_LEAST	1	/* seconds before a worker is started again */
#define WAIT_MOST	600
#define LATE		2	/* the kept signal: the end may outrun it */
#define RAN_WELL	60	/* seconds, and the wait is the least again */

struct monitor {
	const struct monitor_ops	*ops;
	void		*arg;
	const struct monitor_opts	*opts;
	bool		 named;		/* ifname is an interface's */
	sigset_t	 signals;
	sigset_t	 before;	/* the mask of the child */
	pid_t		 child;
	int		 fd;		/* the other end of its own */
	bool		 is_ready;	/* the child has said so */
	bool		 leaving;	/* TERM or QUIT was handed on */
	bool		 waiting;	/* the kept signal, for a child */
	time_t		 asked;		/* when it was handed on, or 0 */
	time_t		 wait;		/* seconds, before the next one */
	time_t		 began;		/* monotonic seconds */
};

/*
 * Of the child: a socket whose other end the parent has.  One octet says that
 * everything works; its end, that the parent is gone.
 */
static int	parent_fd = -1;

static time_t
now_seconds(void)
{
	return ((time_t)(now_mono() / NS_PER_S));
}

/* A signal that is ignored would not be waited for: it must be caught. */
static void
on_child(int sig)
{
	(void)sig;
}

static void
take_signals(struct monitor *m)
{
	struct sigaction	sa = { .sa_handler = on_child };
	const int		ours[] = { SIGHUP, SIGINT, SIGTERM, SIGQUIT,
				    SIGCHLD };
	size_t			i;

	(void)sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGCHLD, &sa, NULL);
	(void)sigemptyset(&m->signals);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		(void)sigaddset(&m->signals, ours[i]);
	(void)sigprocmask(SIG_BLOCK, &m->signals, &m->before);
}

__attribute__((noreturn))
static void
be_child(const struct monitor *m, int fd, bool again)
{
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &m->before, NULL);
	parent_fd = fd;
	exit(m->ops->work(m->arg, again));
}

/* Start a worker and wait until it works or has ended.  0, or -1. */
static int
spawn(struct monitor *m, bool again)
{
	char	octet;
	int	fds[2];
	ssize_t	n;

	m->is_ready = false;
	m->began = now_seconds();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1) {
		log_error("cannot start the daemon process: %s", m->opts->name);
		return (-1);
	}
	if ((m->child = fork()) == -1) {
		log_error("cannot start the daemon process: %s", m->opts->name);
		(void)close(fds[0]);
		(void)close(fds[1]);
		return (-1);
	}
	if (m->child == 0) {
		(void)close(fds[0]);
		be_child(m, fds[1], again);
	}
	(void)close(fds[1]);
	m->fd = fds[0];
	while ((n = read(m->fd, &octet, 1)) == -1 && errno == EINTR)
		continue;
	m->is_ready = n == 1;
	return (0);
}

/* The kept signal, if there is nobody for it now, is the next worker's. */
static void
hand_on(struct monitor *m, int sig)
{
	if (sig == SIGTERM || sig == SIGQUIT)
		m->leaving = true;
	if (sig == m->opts->kept && !m->is_ready) {
		m->waiting = true;
		return;
	}
	if (sig == m->opts->kept)
		m->asked = now_seconds();
	(void)kill(m->child, sig);
}

/* Hand signals on until the worker has ended.  Returns its wait status. */
static int
attend(struct monitor *m)
{
	int	sig, status;

	m->asked = 0;
	if (m->is_ready && m->waiting) {
		m->waiting = false;
		hand_on(m, m->opts->kept);
	}
	while (waitpid(m->child, &status, WNOHANG) != m->child)
		if (sigwait(&m->signals, &sig) == 0 && sig != SIGCHLD)
			hand_on(m, sig);
	(void)close(m->fd);
	if (m->asked != 0 && now_seconds() - m->asked <= LATE)
		m->waiting = true;
	return (status);
}

/* Is that an end after which a worker is started again? */
static bool
is_unfinished(const struct monitor *m, int status, bool again)
{
	if (m->leaving)
		return (false);
	if (WIFSIGNALED(status) && (m->is_ready || again)) {
		log_errorx("restarting: %s: killed by signal %d (%s)",
		    m->opts->name, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
		return (true);
	}
	/* What cannot begin the first time is an error of the user's. */
	return (WIFEXITED(status) && (WEXITSTATUS(status) == MONITOR_AGAIN ||
	    (again && !m->is_ready)));
}

static bool
is_present(const struct monitor *m)
{
	unsigned int	index;

	return (!m->named ||
	    interface_find(m->opts->ifname, &index) != INTERFACE_GONE);
}

/*
 * Wait before the next worker: less when the interface has just come back.
 * False when there shall be none.
 */
static bool
wait_to_start(struct monitor *m)
{
	const struct timespec	second = { 1, 0 };
	time_t			begin = now_seconds();
	bool			present = is_present(m);
	int			sig;

	if (begin - m->began > RAN_WELL)
		m->wait = WAIT_LEAST;
	while (!present || now_seconds() - begin < m->wait) {
		sig = sigtimedwait(&m->signals, NULL, &second);
		if (sig == SIGTERM || sig == SIGQUIT)
			return (false);
		if (sig != 0 && sig == m->opts->kept)
			m->waiting = true;
		if (!present && is_present(m)) {
			present = true;
			m->wait = WAIT_LEAST;
		} else if (present)
			present = is_present(m);
	}
	m->wait = m->wait * 2 < WAIT_MOST ? m->wait * 2 : WAIT_MOST;
	return (true);
}

int
monitor_run(const struct monitor_opts *opts, const struct monitor_ops *ops,
    void *arg)
{
	struct monitor	m = {
		.ops = ops, .arg = arg, .opts = opts, .wait = WAIT_LEAST,
	};
	unsigned int	index;
	bool		again;
	int		status;

	m.named = opts->ifname != NULL &&
	    interface_find(opts->ifname, &index) == INTERFACE_THERE;
	take_signals(&m);
	for (again = false;; again = true) {
		/* Want of memory or processes passes: try again later. */
		if (spawn(&m, again) == 0) {
			if (m.is_ready && !again)
				ops->ready(arg);
			status = attend(&m);
			if (!is_unfinished(&m, status, again))
				break;
		} else if (!again)
			return (EXIT_FAILURE);
		if (!wait_to_start(&m)) {
			if (m.waiting)
				ops->unserved(arg);
			return (EXIT_SUCCESS);
		}
	}
	if (!WIFEXITED(status))
		return (EXIT_FAILURE);
	return (WEXITSTATUS(status) == MONITOR_AGAIN ? EXIT_SUCCESS :
	    WEXITSTATUS(status));
}

void
monitor_ready(void)
{
	if (parent_fd == -1)
		return;
	while (write(parent_fd, "", 1) == -1 && errno == EINTR)
		continue;
}

int
monitor_fd(void)
{
	return (parent_fd);
}
