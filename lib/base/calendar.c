/*
 * Periods of local time, computed by mktime(3) and localtime_r(3).  No state.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calendar.h"
#include "clock.h"

#define DAY_MOST	((time_t)30 * 3600)	/* no day is longer */

static const struct grain {
	const char	*name;
	const char	*format;	/* of strftime(3) */
} grains[CALENDAR_GRAINS] = {
	[CALENDAR_INSTANT] = { "instant", "%Y-%m-%dT%H:%M:%S" },
	[CALENDAR_MINUTE] = { "minute", "%Y-%m-%dT%H:%M:%S" },
	[CALENDAR_HOUR] = { "hour", "%Y-%m-%dT%H:%M:%S" },
	[CALENDAR_DAY] = { "day", "%Y-%m-%d" },
	[CALENDAR_WEEK] = { "week", "%G-W%V" },
	[CALENDAR_MONTH] = { "month", "%Y-%m" },
};

const char *
calendar_name(enum calendar_grain g)
{
	return (grains[g].name);
}

bool
calendar_has_clock(enum calendar_grain g)
{
	return (g == CALENDAR_INSTANT || g == CALENDAR_MINUTE ||
	    g == CALENDAR_HOUR);
}

static void
local_time(time_t t, struct tm *tm)
{
	if (localtime_r(&t, tm) == NULL)
		memset(tm, 0, sizeof(*tm));
}

/* The calendar day as a number that grows with time. */
static long
day_number(const struct tm *tm)
{
	return ((long)tm->tm_year * 400 + tm->tm_yday);
}

/*
 * The first second of a day.  Where clocks change at midnight, 00:00 does not
 * exist or occurs twice; noon is unique, so search back from there.
 */
static time_t
day_begin(int year, int month, int mday)
{
	struct tm	day = { .tm_year = year, .tm_mon = month,
			    .tm_mday = mday, .tm_hour = 12, .tm_isdst = -1 };
	struct tm	tm;
	time_t		high = mktime(&day), low = high - DAY_MOST, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		local_time(middle, &tm);
		if (day_number(&tm) < day_number(&day))
			low = middle;
		else
			high = middle;
	}
	return (high);
}

/* An hour also ends where the offset from UTC changes. */
static void
hour_period(time_t t, const struct tm *tm, time_t *begin, time_t *end)
{
	time_t		low = t - tm->tm_min * 60L - tm->tm_sec, at;
	struct tm	other;

	*begin = low;
	*end = low + 3600;
	for (at = low; at <= low + 3600; at += 60) {
		local_time(at, &other);
		if (other.tm_gmtoff == tm->tm_gmtoff)
			continue;
		if (at <= t)
			*begin = at + 60;
		else {
			*end = at;
			break;
		}
	}
}

void
calendar_period(enum calendar_grain g, uint64_t ns, struct calendar_period *p)
{
	time_t		t = (time_t)(ns / NS_PER_S), begin = t, end = t + 1;
	struct tm	tm;
	int		monday;

	local_time(t, &tm);
	monday = tm.tm_mday - (tm.tm_wday + 6) % 7;
	switch (g) {
	case CALENDAR_MINUTE:
		begin = t - tm.tm_sec;
		end = begin + 60;
		break;
	case CALENDAR_HOUR:
		hour_period(t, &tm, &begin, &end);
		break;
	case CALENDAR_DAY:
		begin = day_begin(tm.tm_year, tm.tm_mon, tm.tm_mday);
		end = day_begin(tm.tm_year, tm.tm_mon, tm.tm_mday + 1);
		break;
	case CALENDAR_WEEK:
		begin = day_begin(tm.tm_year, tm.tm_mon, monday);
		end = day_begin(tm.tm_year, tm.tm_mon, monday + 7);
		break;
	case CALENDAR_MONTH:
		begin = day_begin(tm.tm_year, tm.tm_mon, 1);
		end = day_begin(tm.tm_year, tm.tm_mon + 1, 1);
		break;
	default:
		break;
	}
	/* East of UTC the first local day of 1970 begins before the epoch. */
	p->begin_ns = begin < 0 ? 0 : (uint64_t)begin * NS_PER_S;
	p->end_ns = (uint64_t)end > UINT64_MAX / NS_PER_S ? UINT64_MAX :
	    (uint64_t)end * NS_PER_S;
}

/* An offset from UTC as ISO 8601 writes it: `+01:00', or `Z' for zero. */
static void
put_offset(long seconds, char *buf, size_t len)
{
	long	minutes = labs(seconds) / 60;

	if (seconds == 0)
		(void)snprintf(buf, len, "Z");
	else
		(void)snprintf(buf, len, "%c%02ld:%02ld",
		    seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

char *
calendar_format(enum calendar_grain g, uint64_t ns, char buf[CALENDAR_LEN])
{
	struct tm	tm;
	size_t		len;

	local_time((time_t)(ns / NS_PER_S), &tm);
	len = strftime(buf, CALENDAR_LEN, grains[g].format, &tm);
	buf[len] = '\0';
	if (calendar_has_clock(g))
		put_offset(tm.tm_gmtoff, buf + len, CALENDAR_LEN - len);
	return (buf);
}

char *
calendar_people(enum calendar_grain g, uint64_t ns, char buf[CALENDAR_LEN])
{
	struct tm	tm;

	if (!calendar_has_clock(g))
		return (calendar_format(g, ns, buf));
	local_time((time_t)(ns / NS_PER_S), &tm);
	/* The zone's abbreviation may be too long for the buffer. */
	if (strftime(buf, CALENDAR_LEN, g == CALENDAR_INSTANT ?
	    "%Y-%m-%d %H:%M:%S %Z" : "%Y-%m-%d %H:%M %Z", &tm) == 0)
		return (calendar_format(g, ns, buf));
	return (buf);
}
