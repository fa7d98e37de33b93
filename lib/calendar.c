/*
 * Periods of local time.  The C library knows the zones; no state of its
 * own.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calendar.h"

#define NSEC	UINT64_C(1000000000)

static const struct grain {
	const char	*name;
	const char	*format;	/* of strftime(3) */
} grains[CALENDAR_GRAINS] = {
	[CALENDAR_INSTANT] = { "instant", "%Y-%m-%dT%H:%M:%S" },
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

/* An offset from UTC as ISO 8601 has it: `+01:00', or `Z' for none. */
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
	time_t		t = (time_t)(ns / NSEC);
	struct tm	tm;
	size_t		len;

	if (localtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	len = strftime(buf, CALENDAR_LEN, grains[g].format, &tm);
	buf[len] = '\0';
	if (g == CALENDAR_INSTANT || g == CALENDAR_HOUR)
		put_offset(tm.tm_gmtoff, buf + len, CALENDAR_LEN - len);
	return (buf);
}
