/*
 * Local time in periods: minutes, hours, days, ISO weeks and months of the
 * zone that TZ names (tzset(3)).  Days follow the calendar: one may have 23 or
 * 25 hours.  Times are nanoseconds since 1970 UTC.  No state; any thread.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum calendar_grain {
	CALENDAR_INSTANT,	/* no period: a moment */
	CALENDAR_MINUTE,
	CALENDAR_HOUR,
	CALENDAR_DAY,
	CALENDAR_WEEK,		/* from Monday, ISO 8601 */
	CALENDAR_MONTH,
	CALENDAR_GRAINS
};

/* Longest text of a period, with the terminating NUL. */
#define CALENDAR_LEN	32

/* A half-open interval: begin belongs to it, end does not. */
struct calendar_period {
	uint64_t	begin_ns;
	uint64_t	end_ns;
};

/* The period of that grain that contains ns. */
void		 calendar_period(enum calendar_grain, uint64_t ns,
		    struct calendar_period *);

/* Do texts of this grain have a time of day, as those of hours? */
bool		 calendar_has_clock(enum calendar_grain);

/* The name of a grain: `hour', `day', ... */
const char	*calendar_name(enum calendar_grain);

/*
 * The text of the period that begins at ns: `2026-11-21T14:00:00+01:00' for
 * a minute, an hour or a moment, `2026-11-21', `2026-W47', `2026-11'.  The
 * texts sort by time (those with a time of day within the same offset from
 * UTC).  Returns buf.
 */
char		*calendar_format(enum calendar_grain, uint64_t ns,
		    char buf[CALENDAR_LEN]);

/*
 * The same for people: `2026-11-21 14:00 CET' for a minute or an hour, with
 * seconds for a moment.  Returns buf.
 */
char		*calendar_people(enum calendar_grain, uint64_t ns,
		    char buf[CALENDAR_LEN]);

#endif
