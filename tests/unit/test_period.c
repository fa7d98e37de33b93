/*
 * Periods of local time and the texts for them: in a zone with daylight saving,
 * where days have 23 and 25 hours, and in zones with more unusual changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/clock.h"
#include "query/period.h"

#define NOW	1795266000	/* Saturday 2026-11-21 14:00:00 in Berlin */
#define BERLIN	"CET-1CEST,M3.5.0,M10.5.0/3"

static void
set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static const struct {
	const char	*text;
	uint64_t	 begin;
	uint64_t	 end;
} good[] = {
	{ "2026-11-21T14:00", NOW, NOW },
	{ "2026-11-21 14:00:05", NOW + 5, NOW + 5 },
	{ "2026-11-21T14:00Z", NOW + 3600, NOW + 3600 },
	{ "2026-11-21T14:00:00+01:00", NOW, NOW },
	{ "2026-11-21T14:00:00-0530", NOW + 23400, NOW + 23400 },
	{ "2026-02-28T23:59:59Z", 1772323199, 1772323199 },
	{ "2024-02-29T00:00Z", 1709164800, 1709164800 },
	{ "2026-11-21", 1795215600, 1795302000 },
	{ "2026-03-29", 1774738800, 1774738800 + 23 * 3600 },
	{ "2026-10-25", 1792879200, 1792879200 + 25 * 3600 },
	{ "2024-02-29", 1709161200, 1709161200 + 86400 },
	{ "2026-11", 1793487600, 1793487600 + 30 * 86400 },
	{ "2026-10", 1790805600, 1793487600 },
	{ "2026-12", 1796079600, 1796079600 + 31 * 86400 },
	{ "2026-W47", 1794783600, 1794783600 + 7 * 86400 },
	{ "2026-W53", 1798412400, 1798412400 + 7 * 86400 },
	{ "2026-W01", 1766962800, 1766962800 + 7 * 86400 },
	{ "2026-W43", 1792360800, 1792360800 + 7 * 86400 + 3600 },
	{ "2026", 1767222000, 1798758000 },
	{ "now", NOW, NOW },
	{ "today", 1795215600, 1795302000 },
	{ "yesterday", 1795129200, 1795215600 },
	{ "this hour", NOW, NOW + 3600 },
	{ "last hour", NOW - 3600, NOW },
	{ "this day", 1795215600, 1795302000 },
	{ "last day", 1795129200, 1795215600 },
	{ "this week", 1794783600, 1794783600 + 7 * 86400 },
	{ "last week", 1794178800, 1794783600 },
	{ "this month", 1793487600, 1793487600 + 30 * 86400 },
	{ "last month", 1790805600, 1793487600 },
	{ "this year", 1767222000, 1798758000 },
	{ "last year", 1735686000, 1767222000 },
	{ "10:00", NOW - 4 * 3600, NOW - 4 * 3600 },
	{ "23:59:59", NOW + 35999, NOW + 35999 },
	{ "14:00Z", NOW + 3600, NOW + 3600 },
	{ "today 10:00", NOW - 4 * 3600, NOW - 4 * 3600 },
	{ "yesterday 22:00", NOW - 16 * 3600, NOW - 16 * 3600 },
	{ "yesterday 00:00:01", 1795129201, 1795129201 },
	{ "-5m", NOW - 300, NOW - 300 },
	{ "-1h", NOW - 3600, NOW - 3600 },
	{ "90 seconds ago", NOW - 90, NOW - 90 },
	{ "1 minute ago", NOW - 60, NOW - 60 },
	{ "2 hours ago", NOW - 7200, NOW - 7200 },
	{ "30 days ago", NOW - 30 * 86400 - 3600, NOW - 30 * 86400 - 3600 },
	{ "1 week ago", NOW - 7 * 86400, NOW - 7 * 86400 },
	{ "1 month ago", NOW - 31 * 86400 - 3600, NOW - 31 * 86400 - 3600 },
	{ "1 year ago", NOW - 365 * 86400, NOW - 365 * 86400 },
	{ "-90s", NOW - 90, NOW - 90 },
	{ "-5min", NOW - 300, NOW - 300 },
	{ "-24h", NOW - 86400, NOW - 86400 },
	{ "-7d", NOW - 7 * 86400, NOW - 7 * 86400 },
	/* Over the end of summer: the same time of day. */
	{ "-30d", NOW - 30 * 86400 - 3600, NOW - 30 * 86400 - 3600 },
	{ "-1w", NOW - 7 * 86400, NOW - 7 * 86400 },
	{ "-1mo", NOW - 31 * 86400 - 3600, NOW - 31 * 86400 - 3600 },
	{ "-1y", NOW - 365 * 86400, NOW - 365 * 86400 },
};

static void
said(void **state)
{
	struct calendar_period	p;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (period_parse(good[i].text, NOW, &p) == -1)
			fail_msg("%s", good[i].text);
		if (p.begin_ns != good[i].begin * NS_PER_S ||
		    p.end_ns != good[i].end * NS_PER_S)
			fail_msg("%s: %llu %llu", good[i].text,
			    (unsigned long long)p.begin_ns,
			    (unsigned long long)p.end_ns);
	}
}

static const char *const bad[] = {
	"", "x", "2026-", "2026-13", "2026-00", "2026-11-", "2026-11-31",
	"2026-02-29", "2026-11-00", "2026-11-21T", "2026-11-21T24:00",
	"2026-11-21T14", "2026-11-21T14:60", "2026-11-21T14:00:60",
	"2026-11-21T14:00:0", "2026-11-21T14:00z", "2026-11-21T14:00+1",
	"2026-11-21T14:00+01:00x", "2026-11-21T14:00+24:00", "2026-W00",
	"2026-W54", "2025-W53", "2026-W5", "2026-W471", "26-11-21",
	"20261121", "1969", "1969-12-31", "9999", "this", "this fortnight",
	"last instant", "next day", "Yesterday", "today ", "-7", "-d", "7d",
	"-7days", "24:00", "10:60", "10", "10:0", "tomorrow 10:00",
	"today 10", "todayish", "yesterday10:00", "2 hours", "hours ago",
	"2 fortnights ago", "2 hoursago", "2  hours ago", "-2 hours ago",
	"99999999999999999999 days ago", "-9999999d", "-200y", "--7d", "+7d",
	/* The clock was put forward. */
	"2026-03-29T02:30"
};

static void
not_said(void **state)
{
	struct calendar_period	p;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (period_parse(bad[i], NOW, &p) != -1)
			fail_msg("%s", bad[i]);
}

/*
 * Whatever the clock does, periods follow each other without a gap, every
 * instant is in its own, and their texts differ.
 */
static const struct zone {
	const char	*zone;
	uint64_t	 begin;		/* a change of the clock follows */
	enum calendar_grain grain;
	int		 periods;
	uint64_t	 shortest;
	uint64_t	 longest;
} zones[] = {
	{ BERLIN, 1774652400, CALENDAR_DAY, 3, 23 * 3600, 86400 },
	{ BERLIN, 1792792800, CALENDAR_DAY, 3, 86400, 25 * 3600 },
	{ BERLIN, 1774652400, CALENDAR_MINUTE, 3 * 1440, 60, 60 },
	{ BERLIN, 1792792800, CALENDAR_MINUTE, 3 * 1440, 60, 60 },
	{ BERLIN, 1774652400, CALENDAR_HOUR, 71, 3600, 3600 },
	{ BERLIN, 1792792800, CALENDAR_HOUR, 73, 3600, 3600 },
	{ BERLIN, 1774220400, CALENDAR_WEEK, 2, 167 * 3600, 168 * 3600 },
	{ BERLIN, 1772319600, CALENDAR_MONTH, 2, 30 * 86400,
	    31 * 86400 - 3600 },
	/* Midnight is not there, or twice. */
	{ "AAA3BBB,M3.5.0/0,M10.5.0/0", 1774494000, CALENDAR_DAY, 5,
	    23 * 3600, 86400 },
	{ "AAA3BBB,M3.5.0/0,M10.5.0/0", 1792634400, CALENDAR_DAY, 5, 86400,
	    25 * 3600 },
	/* Half an hour. */
	{ "AAA-10:30BBB-11,M10.1.0,M4.1.0", 1775221200, CALENDAR_HOUR, 49,
	    1800, 3600 },
	{ "UTC0", 1795219200, CALENDAR_DAY, 3, 86400, 86400 },
	{ "AAA-5:45", 1795198500, CALENDAR_DAY, 3, 86400, 86400 },
};

static void
check_zone(const struct zone *z)
{
	struct calendar_period	 p, q;
	char			 text[CALENDAR_LEN], last[CALENDAR_LEN] = "";
	uint64_t		 at = z->begin * NS_PER_S, len;
	uint64_t		 least = UINT64_MAX, most = 0;
	int			 i;

	set_zone(z->zone);
	for (i = 0; i < z->periods; i++, at = p.end_ns) {
		calendar_period(z->grain, at, &p);
		assert_int_equal(p.begin_ns, at);
		calendar_period(z->grain, p.end_ns - 1, &q);
		assert_int_equal(q.begin_ns, p.begin_ns);
		assert_int_equal(q.end_ns, p.end_ns);
		calendar_format(z->grain, p.begin_ns, text);
		assert_string_not_equal(text, last);
		memcpy(last, text, sizeof(last));
		len = (p.end_ns - p.begin_ns) / NS_PER_S;
		least = len < least ? len : least;
		most = len > most ? len : most;
	}
	assert_int_equal(least, z->shortest);
	assert_int_equal(most, z->longest);
}

static void
clock_changes(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		check_zone(&zones[i]);
	set_zone(BERLIN);
}

static void
early(void **state)
{
	struct calendar_period	p;

	(void)state;
	calendar_period(CALENDAR_MONTH, 0, &p);
	assert_int_equal(p.begin_ns, 0);
	calendar_period(CALENDAR_DAY, UINT64_MAX, &p);
	assert_true(p.begin_ns > 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(said),
		cmocka_unit_test(not_said),
		cmocka_unit_test(clock_changes),
		cmocka_unit_test(early),
	};

	set_zone(BERLIN);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
