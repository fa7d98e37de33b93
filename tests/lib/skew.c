/*
 * Tests only: preloaded into a daemon, adds the number of seconds in the file
 * SKEW_FILE, which may have decimals, to the wall clock, and the second number
 * there, if there is one, to the clock that goes on while the machine is
 * suspended.  The monotonic clock is not changed.
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
skew(double *wall, double *boot)
{
	static int	fd = -2;
	char		text[32] = "", *end;

	*wall = *boot = 0;
	if (fd == -2)
		fd = open(getenv("SKEW_FILE"), O_RDONLY | O_CLOEXEC);
	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return;
	*wall = strtod(text, &end);
	*boot = strtod(end, NULL);
}

static void
add(struct timespec *ts, double seconds)
{
	long	whole = (long)seconds;

	ts->tv_sec += whole;
	ts->tv_nsec += (long)((seconds - (double)whole) * 1e9);
	if (ts->tv_nsec < 0) {
		ts->tv_sec--;
		ts->tv_nsec += 1000000000;
	} else if (ts->tv_nsec >= 1000000000) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000;
	}
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	double	wall, boot;

	if (syscall(SYS_clock_gettime, clock, ts) == -1)
		return (-1);
	skew(&wall, &boot);
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		add(ts, wall);
	if (clock == CLOCK_BOOTTIME)
		add(ts, boot);
	return (0);
}

int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec	ts;

	(void)tz;
	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return (-1);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return (0);
}

time_t
time(time_t *t)
{
	struct timespec	ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return (-1);
	if (t != NULL)
		*t = ts.tv_sec;
	return (ts.tv_sec);
}
