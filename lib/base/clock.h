/*
 * The clocks: of the wall, monotonic, and of a thread's own work.  All in
 * nanoseconds, in 64 bits; none of them fails.  Any thread.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
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
 * Notices that somebody sets the wall clock.
 *
 *	start -> look*
 *
 * offset_ns is how far the wall clock is ahead of now_boot().  Where the system
 * has no clock that goes on while the machine is suspended, a suspension looks
 * as if the clock was set forward.  One thread at a time.
 */
struct clock_watch {
	int64_t	offset_ns;	/* as of the last change that was noticed */
};

/* A change of at least this much is a jump; NTP slews by less at once. */
#define CLOCK_JUMP_NS	((int64_t)(NS_PER_S / 2))

void		clock_watch_start(struct clock_watch *);

/*
 * By how much the wall clock has been set since the last change that was
 * noticed, or 0.  Changes too small to matter are not noticed before they have
 * added up, so that times which follow the result do not tremble.
 */
int64_t		clock_watch_look(struct clock_watch *);

/* A time by a clock that was set by shift_ns since; not before 1970. */
uint64_t	clock_shifted(uint64_t when_ns, int64_t shift_ns);

/*
 * Is this 2020 or later?  If not, the clock was not set yet: a computer without
 * a battery starts in 1970, or some years later.
 */
bool		clock_is_set(uint64_t wall_ns);

/*
 * A name for the clock now_boot() of this boot and container; "" if the system
 * does not say.  Two processes in which it is the same read the same clock.
 */
#define CLOCK_NAME_LEN	64
void		clock_boot_name(char name[CLOCK_NAME_LEN]);

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
