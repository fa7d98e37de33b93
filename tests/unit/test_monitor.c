/*
 * The parent of --monitor while its worker has not said that it is ready: it
 * can be stopped, whatever the worker does, and keeps requests for it.  All
 * else is in tests/cli/monitor.bats, with real daemons.
 */
#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "daemon/monitor.h"

/* What the processes tell: `w' a worker runs, `r' ready, `u' unserved. */
struct told {
	char	what;
	pid_t	pid;
};

static int	told[2];	/* a pipe to the test */
static int	go[2];		/* a pipe to the worker: get ready */
static pid_t	parent;

static void
tell(char what)
{
	struct told	t = { what, getpid() };

	if (write(told[1], &t, sizeof(t)) != sizeof(t))
		abort();
}

static pid_t
hear(char what)
{
	struct pollfd	p = { .fd = told[0], .events = POLLIN };
	struct told	t;

	assert_int_equal(poll(&p, 1, 20000), 1);
	assert_int_equal(read(told[0], &t, sizeof(t)), sizeof(t));
	assert_int_equal(t.what, what);
	return (t.pid);
}

static void
hear_nothing(void)
{
	struct pollfd	p = { .fd = told[0], .events = POLLIN };

	assert_int_equal(poll(&p, 1, 0), 0);
}

/* ---- workers ---- */

static void
hang(void)
{
	tell('w');
	for (;;)
		pause();
}

static int
hangs(void *arg, bool again)
{
	(void)arg;
	(void)again;
	hang();
	return (0);
}

static int
hangs_and_ignores(void *arg, bool again)
{
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	return (hangs(arg, again));
}

static int
is_stopped(void *arg, bool again)
{
	tell('w');
	(void)raise(SIGSTOP);
	return (hangs(arg, again));
}

static int
hangs_again(void *arg, bool again)
{
	if (again)
		return (hangs_and_ignores(arg, again));
	tell('w');
	monitor_ready();
	return (MONITOR_AGAIN);
}

/* Ends well if it receives both requests, but not before it is ready. */
static int
takes_requests(void *arg, bool again)
{
	sigset_t	both;
	char		octet;
	int		first, second;

	(void)arg;
	(void)again;
	tell('w');
	if (read(go[0], &octet, 1) != 1)
		return (1);
	(void)sigemptyset(&both);
	(void)sigaddset(&both, SIGHUP);
	(void)sigaddset(&both, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &both, NULL);
	monitor_ready();
	if (sigwait(&both, &first) != 0 || sigwait(&both, &second) != 0)
		return (1);
	return (first != second ? 0 : 1);
}

/* ---- the parent ---- */

static void
on_ready(void *arg)
{
	(void)arg;
	tell('r');
}

static void
on_unserved(void *arg)
{
	(void)arg;
	tell('u');
}

static void
start(int (*work)(void *, bool))
{
	const struct monitor_ops	ops = { .work = work,
					    .ready = on_ready,
					    .unserved = on_unserved };
	const struct monitor_opts	opts = { .name = "test",
					    .kept = SIGINT };

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	(void)fflush(stdout);	/* a worker calls exit(3) */
	parent = fork();
	assert_int_not_equal(parent, -1);
	if (parent == 0)
		_exit(monitor_run(&opts, &ops, NULL));
}

/* The exit status of the parent; -1 if it has not ended within two seconds. */
static int
end_of_parent(void)
{
	const struct timespec	pause = { .tv_nsec = 10000000 };
	uint64_t		begin = now_mono();
	int			status, rc = -1;

	while (waitpid(parent, &status, WNOHANG) != parent) {
		if (now_mono() - begin < 2 * NS_PER_S) {
			nanosleep(&pause, NULL);
			continue;
		}
		(void)kill(parent, SIGKILL);
		(void)waitpid(parent, &status, 0);
		break;
	}
	if (WIFEXITED(status))
		rc = WEXITSTATUS(status);
	return (rc);
}

static void
close_pipes(void)
{
	int	i;

	for (i = 0; i < 2; i++) {
		(void)close(told[i]);
		(void)close(go[i]);
	}
}

/* The parent ends with this status, and its worker with it. */
static void
assert_ends(pid_t worker, int status)
{
	int	got = end_of_parent();

	if (kill(worker, SIGKILL) == 0)
		fail_msg("the worker has outlived its parent");
	assert_int_equal(errno, ESRCH);
	assert_int_equal(got, status);
}

static void
term_ends_a_start(void **state)
{
	static int	(*const workers[])(void *, bool) = {
		hangs, hangs_and_ignores, is_stopped,
	};
	static const int	signals[] = { SIGTERM, SIGQUIT };
	pid_t			worker;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(workers) / sizeof(workers[0]); i++) {
		start(workers[i]);
		worker = hear('w');
		assert_int_equal(kill(parent, signals[i % 2]), 0);
		assert_ends(worker, EXIT_FAILURE);
		hear_nothing();
		close_pipes();
	}
}

/* A request to save that came meanwhile is named. */
static void
term_ends_a_restart(void **state)
{
	pid_t	worker;

	(void)state;
	start(hangs_again);
	(void)hear('w');
	(void)hear('r');
	worker = hear('w');
	assert_int_equal(kill(parent, SIGINT), 0);
	assert_int_equal(kill(parent, SIGTERM), 0);
	assert_ends(worker, EXIT_SUCCESS);
	(void)hear('u');
	close_pipes();
}

static void
requests_wait_for_a_start(void **state)
{
	pid_t	worker;

	(void)state;
	start(takes_requests);
	worker = hear('w');
	assert_int_equal(kill(parent, SIGHUP), 0);
	assert_int_equal(kill(parent, SIGINT), 0);
	assert_int_equal(write(go[1], "", 1), 1);
	(void)hear('r');
	assert_ends(worker, EXIT_SUCCESS);
	hear_nothing();
	close_pipes();
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(term_ends_a_start),
		cmocka_unit_test(term_ends_a_restart),
		cmocka_unit_test(requests_wait_for_a_start),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
