/*
 * The times of --since and --until: dates, names of periods, and spans before
 * now.  Local time, as TZ says.  No state; any thread.
 */
#ifndef PERIOD_H
#define PERIOD_H

#include <stdint.h>
#include <time.h>

#include "base/calendar.h"

/*
 * Parse, relative to `now', in seconds since 1970 UTC:
 *
 *	2026-11-21T14:00[:05][Z|+01:00]	a moment; a space may replace T
 *	2026-11-21, 2026-11, 2026-W47, 2026
 *	14:00[:05][Z|+01:00]			that moment today
 *	now, today, yesterday
 *	today 14:00[:05], yesterday 14:00[:05]	a moment
 *	this|last hour|day|week|month|year
 *	-N followed by s, min, m, h, d, w, mo or y: a moment; m is min
 *	N seconds|minutes|hours|days|weeks|months|years ago: a moment
 *
 * A moment is returned as a period whose begin and end are equal.  Returns 0,
 * or -1 if the text has none of these forms or the time does not exist.
 */
int	period_parse(const char *text, time_t now, struct calendar_period *);

#endif
