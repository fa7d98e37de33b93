/*
 * Run a command, wait for it and for all its descendants, and append their
 * cost to the report: CPU seconds (user and system), KiB of the largest
 * process, exit status, elapsed seconds, KiB read from disks.
 *
 *	cost [-p pidfile] report command [argument ...]
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double
seconds(const struct timeval *t)
{
	return ((double)t->tv_sec + (double)t->tv_usec / 1e6);
}

static double
now(void)
{
	struct timespec	t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return ((double)t.tv_sec + (double)t.tv_nsec / 1e9);
}

static void
write_pid(const char *path, pid_t pid)
{
	FILE	*f = fopen(path, "w");

	if (f == NULL || fprintf(f, "%ld\n", (long)pid) < 0 || fclose(f) != 0)
		err(1, "%s", path);
}

/* Wait until no process is left: orphans become children of this one. */
static void
wait_all(pid_t command, const char *path, double begin)
{
	struct rusage	u;
	double		cpu = 0;
	long		rss = 0, blocks = 0;
	int		status, result = 0;
	pid_t		pid;
	FILE		*report;

	while ((pid = wait4(-1, &status, 0, &u)) > 0 || errno == EINTR) {
		if (pid <= 0)
			continue;
		cpu += seconds(&u.ru_utime) + seconds(&u.ru_stime);
		rss = u.ru_maxrss > rss ? u.ru_maxrss : rss;
		blocks += u.ru_inblock;
		if (pid == command)
			result = WIFEXITED(status) ? WEXITSTATUS(status) :
			    128 + WTERMSIG(status);
	}
	if ((report = fopen(path, "a")) == NULL)
		err(1, "%s", path);
	fprintf(report, "%.3f %ld %d %.3f %ld\n", cpu, rss, result,
	    now() - begin, blocks / 2);
	if (fclose(report) != 0)
		err(1, "%s", path);
}

int
main(int argc, char **argv)
{
	const char	*pidfile = NULL;
	double		 begin = now();
	pid_t		 pid;

	if (argc > 3 && strcmp(argv[1], "-p") == 0) {
		pidfile = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 3)
		errx(127, "usage: cost [-p pidfile] report command ...");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		err(1, "prctl");
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (pidfile != NULL)
		write_pid(pidfile, pid);
	wait_all(pid, argv[1], begin);
	return (0);
}
