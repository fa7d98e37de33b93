/*
 * The clocks of the system as nanoseconds.  Owns no state.
 */
#include <limits.h>

#include "clock.h"

static uint64_t
now(clockid_t clock)
{
	struct timespec	ts;

	(void)clock_gettime(clock, &ts);
	return ((uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec);
}

uint64_t
now_wall(void)
{
	return (now(CLOCK_REALTIME));
}

uint64_t
now_mono(void)
{
	return (now(CLOCK_MONOTONIC));
}

uint64_t
now_boot(void)
{
#ifdef CLOCK_BOOTTIME
	return (now(CLOCK_BOOTTIME));
#else
	return (now_mono());
#endif
}

uint64_t
thread_cpu_ns(void)
{
	return (now(CLOCK_THREAD_CPUTIME_ID));
}

int64_t
now_mono_ms(void)
{
	return ((int64_t)(now_mono() / NS_PER_MS));
}

int
ms_until(uint64_t when, uint64_t now)
{
	uint64_t	ms;

	if (when == UINT64_MAX)
		return (-1);
	if (when <= now)
		return (0);
	ms = (when - now + NS_PER_MS - 1) / NS_PER_MS;
	return (ms < INT_MAX ? (int)ms : INT_MAX);
}

struct timespec
mono_timespec(uint64_t ns)
{
	struct timespec	ts = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S)
	};

	return (ts);
}
