/*
 * The times of --since and --until, as people say them: dates, names of
 * periods, and how long ago.  Local time, as TZ says.
 */
#ifndef PERIOD_H
#define PERIOD_H

#include <stdint.h>
#include <time.h>

#include "base/calendar.h"

/*
 * Parse, relative to `now', in seconds since 1970 UTC:
 *
 *	2026-11-21T14:00[:05][Z|+01:00]	an instant; a blank may stand for T
 *	2026-11-21, 2026-11, 2026-W47, 2026
 *	now, today, yesterday
 *	this|last hour|day|week|month|year
 *	-N followed by s, min, h, d, w, mo or y: an instant
 *
 * An instant is a period that ends when it begins.  Returns 0, or -1 if the
 * text is none of these or the calendar lacks such a time.
 */
int	period_parse(const char *text, time_t now, struct calendar_period *);

#endif
