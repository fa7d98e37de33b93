/*
 * When a trace gets another file, and which files are its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "iptrace/rotate.h"

static void
in_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

static void
spans(void **state)
{
	static const struct {
		const char	*text;
		uint32_t	 seconds;	/* 0: refused */
	} cases[] = {
		{ "30s", 30 }, { "5m", 300 }, { "5min", 300 }, { "1h", 3600 },
		{ "1d", 86400 }, { "366d", 366 * 86400 }, { "367d", 0 },
		{ "0s", 0 }, { "", 0 }, { "5", 0 }, { "s", 0 }, { "5x", 0 },
		{ "-5s", 0 }, { "5 s", 0 }, { "99999999999999999999s", 0 },
	};
	uint32_t	seconds;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		seconds = 0;
		assert_int_equal(rotate_parse_span(cases[i].text, &seconds),
		    cases[i].seconds == 0 ? -1 : 0);
		assert_int_equal(seconds, cases[i].seconds);
	}
}

/* Europe, 2026: summer time from March 29, 01:00 UTC, to October 25. */
#define EUROPE		"CET-1CEST,M3.5.0,M10.5.0/3"
#define MARCH_29	1774738800	/* 00:00 +01:00 */
#define OCTOBER_25	1792879200	/* 00:00 +02:00 */
#define H		3600

static void
boundaries(void **state)
{
	static const struct {
		time_t		now;
		uint32_t	seconds;
		time_t		next;
	} cases[] = {
		{ MARCH_29, 30, MARCH_29 + 30 },
		{ MARCH_29 + 29, 30, MARCH_29 + 30 },
		{ MARCH_29 - 1, H, MARCH_29 },
		{ MARCH_29, H, MARCH_29 + H },
		/* From 01:59 to 03:00. */
		{ MARCH_29 + 2 * H - 60, H, MARCH_29 + 2 * H },
		{ MARCH_29 + 2 * H, H, MARCH_29 + 3 * H },
		/* 06:00 is five hours after midnight. */
		{ MARCH_29, 6 * H, MARCH_29 + 5 * H },
		{ MARCH_29 + 5 * H, 6 * H, MARCH_29 + 11 * H },
		{ MARCH_29, 24 * H, MARCH_29 + 23 * H },
		{ MARCH_29 + 22 * H, 6 * H, MARCH_29 + 23 * H },
		{ MARCH_29, 48 * H, MARCH_29 + 47 * H },
		/* The hour from 02:00 to 03:00 comes twice. */
		{ OCTOBER_25 + 2 * H, H, OCTOBER_25 + 3 * H },
		{ OCTOBER_25 + 2 * H + 1800, H, OCTOBER_25 + 3 * H },
		{ OCTOBER_25 + 3 * H, H, OCTOBER_25 + 4 * H },
		{ OCTOBER_25, 6 * H, OCTOBER_25 + 7 * H },
		{ OCTOBER_25 + 3 * H + 60, 6 * H, OCTOBER_25 + 7 * H },
		{ OCTOBER_25, 24 * H, OCTOBER_25 + 25 * H },
		/* What does not divide the day begins again at midnight. */
		{ OCTOBER_25 - 60, 7 * 60, OCTOBER_25 },
		{ OCTOBER_25, 7 * 60, OCTOBER_25 + 7 * 60 },
		{ MARCH_29 + 22 * H, 5 * H, MARCH_29 + 23 * H },
	};
	size_t	i;

	(void)state;
	in_zone(EUROPE);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(rotate_next(cases[i].now, cases[i].seconds),
		    cases[i].next);
}

/* Whatever the zone, the next boundary is later, and not too late. */
static void
boundaries_of_a_year(void **state)
{
	static const char *const zones[] = { "UTC0", EUROPE, "IST-5:30",
	    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0" };
	static const uint32_t	 spans[] = { 1, 30, 300, 420, H, 6 * H, 7 * H,
	    24 * H, 72 * H };
	time_t			 now, next;
	size_t			 z, s;

	(void)state;
	for (z = 0; z < 4; z++) {
		in_zone(zones[z]);
		for (s = 0; s < 9; s++)
			for (now = 1767225600; now < 1798761600;
			    now += 5003) {
				next = rotate_next(now, spans[s]);
				assert_true(next > now);
				assert_true(next <= now +
				    (time_t)spans[s] + H);
			}
	}
}

static void
names(void **state)
{
	char	text[ROTATE_STAMP];

	(void)state;
	in_zone(EUROPE);
	rotate_stamp(1796078400, 0, text);
	assert_string_equal(text, "20261130T224000Z");
	rotate_stamp(1796078400, 12, text);
	assert_string_equal(text, "20261130T224000Z-12");
}

static void
own_names_are_exact(void **state)
{
	static const struct {
		const char	*name;
		bool		 own, zst;
		unsigned int	 number;
	} cases[] = {
		{ "t.20261130T224000Z", true, false, 0 },
		{ "t.20261130T224000Z-3", true, false, 3 },
		{ "t.20261130T224000Z.zst", true, true, 0 },
		{ "t.20261130T224000Z-3.zst", true, true, 3 },
		{ "t", false, false, 0 },
		{ "t.old", false, false, 0 },
		{ "t.20261130T224000Z.idx", false, false, 0 },
		{ "t.20261130T224000Z-0", false, false, 0 },
		{ "t.20261130T224000Z-", false, false, 0 },
		{ "t.20261130T224000Z-3x", false, false, 0 },
		{ "t.20261130T224000Zx", false, false, 0 },
		{ "t.20261130T22400Z", false, false, 0 },
		{ "t.2026113aT224000Z", false, false, 0 },
		{ "tt.20261130T224000Z", false, false, 0 },
		{ ".t.20261130T224000Z.zst.new", false, false, 0 },
		{ "t.20261130T224000Z-99999999999", false, false, 0 },
	};
	struct rotated	r;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(rotate_is_own("t", cases[i].name, &r),
		    cases[i].own);
		if (!cases[i].own)
			continue;
		assert_int_equal(r.zst, cases[i].zst);
		assert_int_equal(r.number, cases[i].number);
	}
}

static void
age_is_by_time_and_number(void **state)
{
	struct rotated	a, b, c;

	(void)state;
	assert_true(rotate_is_own("t", "t.20261130T224000Z-9", &a));
	assert_true(rotate_is_own("t", "t.20261130T224000Z-10.zst", &b));
	assert_true(rotate_is_own("t", "t.20261130T224001Z", &c));
	assert_true(rotate_compare(&a, &b) < 0);
	assert_true(rotate_compare(&c, &b) > 0);
	assert_int_equal(rotate_compare(&a, &a), 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(spans),
		cmocka_unit_test(boundaries),
		cmocka_unit_test(boundaries_of_a_year),
		cmocka_unit_test(names),
		cmocka_unit_test(own_names_are_exact),
		cmocka_unit_test(age_is_by_time_and_number),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
