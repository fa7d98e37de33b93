/*
 * The clocks: of the wall, monotonic, and of a thread's own work.  All in
 * nanoseconds, in 64 bits; none of them fails.  Any thread.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S	UINT64_C(1000000000)
#define NS_PER_MS	UINT64_C(1000000)

/* Time since 1970 UTC.  It jumps if somebody sets the clock. */
uint64_t	now_wall(void);

/* Time since an unspecified start.  It never jumps: use it for durations. */
uint64_t	now_mono(void);

/*
 * The same, but it goes on while the machine is suspended, where the system
 * has such a clock.
 */
uint64_t	now_boot(void);

/*
 * Processor time that the calling thread has used.  A limit in this time
 * holds however busy the machine is.
 */
uint64_t	thread_cpu_ns(void);

/* now_mono() in whole milliseconds, as poll(2) counts. */
int64_t		now_mono_ms(void);

/*
 * Whole milliseconds from now to when, both by now_mono(), for poll(2):
 * rounded up, 0 if it is over, -1 if when is UINT64_MAX.
 */
int		ms_until(uint64_t when, uint64_t now);

/* A moment of now_mono() for pthread_cond_timedwait(3) and its like. */
struct timespec	mono_timespec(uint64_t ns);

#endif
