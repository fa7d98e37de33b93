/*
 * Spans of time as people write them: a number and s, min, h, d, w, mo or y.
 * No state but the zone that TZ names (tzset(3)); any thread.
 */
#ifndef AGE_H
#define AGE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/*
 * Parse a text of len octets as whole hours: `12h', `35d', `8w', `6mo' or
 * `6m' (of 30 days), `2y' (of 365).  Returns 0, or -1 if the text is not of
 * that form or means 570 years or more.
 */
int	age_hours(const char *text, size_t len, uint32_t *hours);

/*
 * The time that lies the span before `now': `90s', `15min', ... `2y'.  Days
 * and longer units go by the calendar, to the same local time of day.  `m' is
 * refused: it could be a minute or a month.  Returns 0, or -1 if the text is
 * not of that form or the result is no valid time.
 */
int	age_before(const char *text, time_t now, time_t *then);

/* Enough for any span below, with the terminating NUL. */
#define AGE_LEN	32

/* `90.0 s', `2.0 min', `36.0 hours' or `365.0 days'.  Returns buf. */
char	*age_format(uint64_t ns, char buf[AGE_LEN]);

#endif
