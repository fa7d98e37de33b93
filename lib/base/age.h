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
 * The whole hours that the text of len octets says: `12h', `35d', `8w',
 * `6mo' or `6m' (of 30 days), `2y' (of 365).  0, or -1 if it is no such text
 * or says 570 years or more.
 */
int	age_hours(const char *text, size_t len, uint32_t *hours);

/*
 * The moment that lies so long before `now': `90s', `15min', ... `2y'.  Days
 * and longer go by the calendar, to the same local time of day.  No m: it may
 * be a minute or a month.  0, or -1 if it is no such text or no such time.
 */
int	age_before(const char *text, time_t now, time_t *then);

#endif
