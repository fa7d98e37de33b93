/*
 * Tests only: preloaded into a program, makes reading seem slow.  Each pread(2)
 * advances the monotonic clock by a second, and the SLOWREAD_SIGINT-th one
 * sends SIGINT to the program.
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long	reads;

static ssize_t
slow_read(int fd, void *buf, size_t n, off_t at)
{
	const char	*wanted = getenv("SLOWREAD_SIGINT");

	reads++;
	if (wanted != NULL && strtol(wanted, NULL, 10) == reads)
		raise(SIGINT);
	return (syscall(SYS_pread64, fd, buf, n, at));
}

ssize_t
pread(int fd, void *buf, size_t n, off_t at)
{
	return (slow_read(fd, buf, n, at));
}

ssize_t
pread64(int fd, void *buf, size_t n, off64_t at)
{
	return (slow_read(fd, buf, n, at));
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	if (syscall(SYS_clock_gettime, clock, ts) == -1)
		return (-1);
	if (clock == CLOCK_MONOTONIC) {
		ts->tv_sec = reads;
		ts->tv_nsec = 0;
	}
	return (0);
}
