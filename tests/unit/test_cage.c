/*
 * The sandbox of trafstatd's web server: every case is a child process that
 * enters it and then tries something.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "daemon/landlock.h"
#include "names/names.h"
#include "tools/trafstatd/trafstatd.h"

static char	dir[] = "/tmp/trafd-cage.XXXXXX";
static char	run_dir[64], temp_dir[64], state_dir[64];

/* 0, or an errno. */
typedef int	attempt_fn(void);

static int
opens(const char *path, int flags)
{
	int	fd = open(path, flags, 0600);

	if (fd == -1)
		return (errno);
	(void)close(fd);
	return (0);
}

static int
read_passwords(void)
{
	return (opens("/etc/passwd", O_RDONLY));
}

static int
list_home(void)
{
	return (opens("/root", O_RDONLY | O_DIRECTORY));
}

static int
write_run_dir(void)
{
	char	path[128];

	(void)snprintf(path, sizeof(path), "%s/new", run_dir);
	return (opens(path, O_WRONLY | O_CREAT));
}

static int
read_account(void)
{
	char	path[128];

	(void)snprintf(path, sizeof(path), "%s/account", state_dir);
	return (opens(path, O_RDONLY));
}

static int
write_account(void)
{
	char	path[128];

	(void)snprintf(path, sizeof(path), "%s/account", state_dir);
	return (opens(path, O_WRONLY));
}

static int
list_run_dir(void)
{
	DIR	*d = opendir(run_dir);

	if (d == NULL)
		return (errno);
	(void)closedir(d);
	return (0);
}

static int
make_temporary(void)
{
	char	path[128];
	int	fd;

	(void)snprintf(path, sizeof(path), "%s/temp.XXXXXX", getenv("TMPDIR"));
	fd = mkstemp(path);
	if (fd == -1 || write(fd, "x", 1) != 1 || unlink(path) == -1)
		return (errno);
	(void)close(fd);
	return (0);
}

static int
name_protocol(void)
{
	struct names_opts	 opts = { .numeric = true };
	struct names		*n = names_new(&opts);
	bool			 named = strcmp(names_proto(n, 6), "tcp") == 0;

	names_free(n);
	return (named ? 0 : ENOENT);
}

static int
make_socket(int domain)
{
	int	fd = socket(domain, SOCK_STREAM, 0);

	if (fd == -1)
		return (errno);
	(void)close(fd);
	return (0);
}

static int
call_out(void)
{
	return (make_socket(AF_INET));
}

static int
call_out6(void)
{
	return (make_socket(AF_INET6));
}

static int
ask_daemon(void)
{
	return (make_socket(AF_UNIX));
}

static int
start_program(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
	return (errno);
}

#ifndef __SANITIZE_ADDRESS__
static int
start_process(void)
{
	pid_t	pid = fork();

	if (pid == 0)
		_exit(0);
	return (pid == -1 ? errno : 0);
}

static int
signal_parent(void)
{
	return (kill(getppid(), 0) == -1 ? errno : 0);
}
#endif

struct attempts {
	const char	*what;
	attempt_fn	*attempt;
	bool		 allowed;
	bool		 file;		/* by Landlock */
};

/* Of the web server. */
static const struct attempts	cases[] = {
	{ "list the run directory", list_run_dir, true, true },
	{ "make a temporary file", make_temporary, true, true },
	{ "name a protocol", name_protocol, true, true },
	{ "ask a daemon", ask_daemon, true, false },
	{ "read /etc/passwd", read_passwords, false, true },
	{ "list what is root's", list_home, false, true },
	{ "write in the run directory", write_run_dir, false, true },
	{ "call out", call_out, false, false },
	{ "call out by IPv6", call_out6, false, false },
	{ "start a program", start_program, false, false },
#ifndef __SANITIZE_ADDRESS__
	{ "start a process", start_process, false, false },
	{ "signal the parent", signal_parent, false, false },
#endif
	{ "read an account", read_account, false, true },
};

/* Of the process that reads the history. */
static const struct attempts	history_cases[] = {
	{ "read an account", read_account, true, true },
	{ "write an account", write_account, false, true },
	{ "list the run directory", list_run_dir, false, true },
	{ "make a temporary file", make_temporary, false, true },
	{ "read /etc/passwd", read_passwords, false, true },
	{ "write in the run directory", write_run_dir, false, true },
	{ "ask a daemon", ask_daemon, false, false },
	{ "call out", call_out, false, false },
	{ "start a program", start_program, false, false },
#ifndef __SANITIZE_ADDRESS__
	{ "start a process", start_process, false, false },
#endif
};

/* Of the process that queries the resolver. */
static const struct attempts	resolver_cases[] = {
	{ "open a socket to call out", call_out, true, false },
	{ "read /etc/passwd", read_passwords, true, true },
	{ "read an account", read_account, false, true },
	{ "write an account", write_account, false, true },
	{ "list the run directory", list_run_dir, false, true },
	{ "write in the run directory", write_run_dir, false, true },
	{ "make a temporary file", make_temporary, false, true },
	{ "start a program", start_program, false, false },
#ifndef __SANITIZE_ADDRESS__
	{ "start a process", start_process, false, false },
	{ "signal the parent", signal_parent, false, false },
#endif
};

static int
enter_server(void)
{
	return (cage_enter(run_dir));
}

static int
enter_history(void)
{
	return (cage_enter_history(state_dir));
}

static int
outcome(attempt_fn *attempt, attempt_fn *enter)
{
	int	status;
	pid_t	pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (enter() == -1)
			_exit(255);
		_exit(attempt());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (WEXITSTATUS(status));
}

static void
try_all(const struct attempts *list, size_t n, attempt_fn *enter)
{
	uint64_t	handled;
	int		ruleset = landlock_begin(&handled);
	size_t		i;
	int		rc;

	for (i = 0; i < n; i++) {
		if (list[i].file && ruleset == -1 && !list[i].allowed)
			continue;	/* a kernel without */
		rc = outcome(list[i].attempt, enter);
		if ((rc == 0) != list[i].allowed)
			fail_msg("%s: %s", list[i].what, strerror(rc));
		if (!list[i].allowed && rc != EACCES && rc != EPERM)
			fail_msg("%s: %s", list[i].what, strerror(rc));
	}
	if (ruleset != -1)
		(void)close(ruleset);
}

static void
in_the_cage(void **state)
{
	(void)state;
	try_all(cases, sizeof(cases) / sizeof(cases[0]), enter_server);
}

static void
in_the_cage_of_the_history(void **state)
{
	(void)state;
	try_all(history_cases, sizeof(history_cases) /
	    sizeof(history_cases[0]), enter_history);
}

static void
in_the_cage_of_the_resolver(void **state)
{
	(void)state;
	try_all(resolver_cases, sizeof(resolver_cases) /
	    sizeof(resolver_cases[0]), cage_enter_resolver);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(in_the_cage),
		cmocka_unit_test(in_the_cage_of_the_history),
		cmocka_unit_test(in_the_cage_of_the_resolver),
	};
	char			path[128];
	int			rc, fd;

	if (mkdtemp(dir) == NULL)
		return (1);
	(void)snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	(void)snprintf(temp_dir, sizeof(temp_dir), "%s/temp", dir);
	(void)snprintf(state_dir, sizeof(state_dir), "%s/state", dir);
	(void)snprintf(path, sizeof(path), "%s/account", state_dir);
	if (mkdir(run_dir, 0755) == -1 || mkdir(temp_dir, 0755) == -1 ||
	    mkdir(state_dir, 0755) == -1 ||
	    (fd = open(path, O_WRONLY | O_CREAT, 0644)) == -1 ||
	    setenv("TMPDIR", temp_dir, 1) == -1)
		return (1);
	(void)close(fd);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	(void)rmdir(state_dir);
	(void)rmdir(run_dir);
	(void)rmdir(temp_dir);
	(void)rmdir(dir);
	return (rc);
}
