/*
 * The privileged parent.  It reads no packets and no files, and one byte from
 * its child.  Otherwise it learns only how its child ended and whether the
 * interface exists.  It keeps a signal that came while there was no child.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <poll.h>
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
#define LATE		2	/* seconds: one that ends may miss `kept' */
#define LOOK_MS		20	/* until signals are looked for in a start */
#define PATIENCE	NS_PER_S /* for a start to end after SIGTERM, ns */
#define RAN_WELL	60	/* seconds, then the wait is WAIT_LEAST again */

struct monitor {
	const struct monitor_ops	*ops;
	void		*arg;
	const struct monitor_opts	*opts;
	bool		 named;		/* an interface had this ifname */
	sigset_t	 signals;
	sigset_t	 starting;	/* those taken before it is ready */
	sigset_t	 before;	/* the signal mask of the child */
	pid_t		 child;
	int		 fd;		/* our end of the child's socket */
	bool		 again;		/* it is not the first child */
	bool		 is_ready;	/* the child called monitor_ready() */
	bool		 leaving;	/* SIGTERM or SIGQUIT was forwarded */
	uint64_t	 left_at;	/* when it was, first; now_mono() */
	bool		 waiting;	/* `kept' waits for the next child */
	time_t		 asked;		/* when `kept' was forwarded, or 0 */
	time_t		 wait;		/* seconds, before the next child */
	time_t		 began;		/* the child; monotonic seconds */
};

/*
 * In the child: a socket whose other end the parent has.  The child sends one
 * byte when everything works.  If the parent ends, the child reads the end.
 */
static int	parent_fd = -1;

static time_t
now_seconds(void)
{
	return ((time_t)(now_mono() / NS_PER_S));
}

/* SIGCHLD needs a handler: sigwait(3) does not report an ignored signal. */
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
	/* A request for a dump waits: before it is ready, it would be fatal. */
	m->starting = m->signals;
	(void)sigdelset(&m->starting, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &m->signals, &m->before);
}

__attribute__((noreturn))
static void
be_child(const struct monitor *m, int fd)
{
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &m->before, NULL);
	parent_fd = fd;
	exit(m->ops->work(m->arg, m->again));
}

/* Start a worker.  0, or -1. */
static int
spawn(struct monitor *m)
{
	int	fds[2];

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
		be_child(m, fds[1]);
	}
	(void)close(fds[1]);
	m->fd = fds[0];
	return (0);
}

/* Forward a signal.  If no worker is ready, `kept' waits for the next one. */
static void
hand_on(struct monitor *m, int sig)
{
	if (!m->leaving && (sig == SIGTERM || sig == SIGQUIT)) {
		m->leaving = true;
		m->left_at = now_mono();
	}
	if (sig == m->opts->kept && !m->is_ready) {
		m->waiting = true;
		return;
	}
	if (sig == m->opts->kept)
		m->asked = now_seconds();
	(void)kill(m->child, sig);
}

/* Note whether the worker has become ready since the last call. */
static void
look_if_ready(struct monitor *m)
{
	char	octet;

	if (m->is_ready || recv(m->fd, &octet, 1, MSG_DONTWAIT) != 1)
		return;
	m->is_ready = true;
	if (!m->again)
		m->ops->ready(m->arg);
}

/*
 * The next signal, or 0 after a while if the worker is not ready.  What it does
 * until then may take any time, and what has not begun loses nothing: if it
 * does not end as it is told, kill it.
 */
static int
next_signal(struct monitor *m)
{
	const struct timespec	now = { .tv_sec = 0 };
	struct pollfd		p = { .fd = m->fd, .events = POLLIN };
	int			sig;

	if (m->is_ready)
		return (sigwait(&m->signals, &sig) == 0 ? sig : 0);
	if (m->leaving && now_mono() - m->left_at >= PATIENCE)
		(void)kill(m->child, SIGKILL);
	(void)poll(&p, 1, LOOK_MS);
	sig = sigtimedwait(&m->starting, NULL, &now);
	return (sig > 0 ? sig : 0);
}

/* Forward signals until the worker has ended.  Returns its wait status. */
static int
attend(struct monitor *m)
{
	int	sig, status;

	m->asked = 0;
	while (waitpid(m->child, &status, WNOHANG) != m->child) {
		look_if_ready(m);
		if (m->is_ready && m->waiting) {
			m->waiting = false;
			hand_on(m, m->opts->kept);
		}
		sig = next_signal(m);
		if (sig != 0 && sig != SIGCHLD)
			hand_on(m, sig);
	}
	look_if_ready(m);
	(void)close(m->fd);
	if (m->asked != 0 && now_seconds() - m->asked <= LATE)
		m->waiting = true;
	return (status);
}

/* Must another worker be started after this end? */
static bool
is_unfinished(const struct monitor *m, int status)
{
	if (m->leaving)
		return (false);
	if (WIFSIGNALED(status) && (m->is_ready || m->again)) {
		log_errorx("restarting: %s: killed by signal %d (%s)",
		    m->opts->name, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
		return (true);
	}
	/* If the first worker does not get ready, that is a user error. */
	return (WIFEXITED(status) && (WEXITSTATUS(status) == MONITOR_AGAIN ||
	    (m->again && !m->is_ready)));
}

/* Was the interface there before?  If it is missing now, tell the parent. */
static bool
is_present(const struct monitor *m, bool was)
{
	unsigned int	index;
	bool		present = !m->named ||
	    interface_find(m->opts->ifname, &index) != INTERFACE_GONE;

	if (was && !present)
		m->ops->away(m->arg);
	return (present);
}

/*
 * Wait for the time `wait' and for the interface before the next worker is
 * started.  False if SIGTERM or SIGQUIT has come.
 */
static bool
wait_to_start(struct monitor *m)
{
	const struct timespec	second = { 1, 0 };
	time_t			begin = now_seconds();
	bool			present = is_present(m, true);
	int			sig;

	if (begin - m->began > RAN_WELL)
		m->wait = WAIT_LEAST;
	while (!present || now_seconds() - begin < m->wait) {
		sig = sigtimedwait(&m->signals, NULL, &second);
		if (sig == SIGTERM || sig == SIGQUIT)
			return (false);
		if (sig != 0 && sig == m->opts->kept)
			m->waiting = true;
		if (!present && is_present(m, false)) {
			present = true;
			m->wait = WAIT_LEAST;
		} else if (present)
			present = is_present(m, true);
	}
	m->wait = m->wait * 2 < WAIT_MOST ? m->wait * 2 : WAIT_MOST;
	return (true);
}

/* The exit status for that of the last worker. */
static int
result(const struct monitor *m, int status)
{
	if (m->waiting && !m->is_ready)
		m->ops->unserved(m->arg);
	if (m->leaving && !m->is_ready && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGKILL)
		log_warnx("daemon process killed: %s: it was starting and did "
		    "not end on request", m->opts->name);
	/* That a worker was told to end while it was starting is no failure,
	 * but a daemon that never was ready has not been started. */
	if (!WIFEXITED(status))
		return (m->leaving && m->again && !m->is_ready ?
		    EXIT_SUCCESS : EXIT_FAILURE);
	return (WEXITSTATUS(status) == MONITOR_AGAIN ? EXIT_SUCCESS :
	    WEXITSTATUS(status));
}

int
monitor_run(const struct monitor_opts *opts, const struct monitor_ops *ops,
    void *arg)
{
	struct monitor	m = {
		.ops = ops, .arg = arg, .opts = opts, .wait = WAIT_LEAST,
	};
	unsigned int	index;
	int		status;

	m.named = opts->ifname != NULL &&
	    interface_find(opts->ifname, &index) == INTERFACE_THERE;
	take_signals(&m);
	for (;; m.again = true) {
		/* A lack of memory or processes may pass: try again later. */
		if (spawn(&m) == 0) {
			status = attend(&m);
			if (!is_unfinished(&m, status))
				return (result(&m, status));
		} else if (!m.again)
			return (EXIT_FAILURE);
		if (!wait_to_start(&m)) {
			if (m.waiting)
				ops->unserved(arg);
			return (EXIT_SUCCESS);
		}
	}
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
