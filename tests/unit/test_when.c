/*
 * Times of reports: what -b and -e accept, which blocks they choose, and how
 * times are printed, in a time zone with daylight saving.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/when.h"

#define S	NS_PER_S

#define SUMMER	1784635200	/* 2026-07-21 14:00:00 in Berlin, DST */
#define WINTER	1795266000	/* 2026-11-21 14:00:00 in Berlin */

static const struct {
	const char	*text;
	time_t		 now;
	int		 rc;
	enum when_kind	 kind;
	uint64_t	 value;
} cases[] = {
	{ "#1", WINTER, 0, WHEN_NUMBER, 1 },
	{ "#000123", WINTER, 0, WHEN_NUMBER, 123 },
	{ "30", WINTER, 0, WHEN_TIME, WINTER + 1800 },
	{ "30.07", WINTER, 0, WHEN_TIME, WINTER + 1807 },
	{ "1400", WINTER, 0, WHEN_TIME, WINTER },
	{ "221400", WINTER, 0, WHEN_TIME, WINTER + 86400 },
	{ "11211401.59", WINTER, 0, WHEN_TIME, WINTER + 119 },
	{ "2611211400", SUMMER, 0, WHEN_TIME, WINTER },
	{ "2607211400", WINTER, 0, WHEN_TIME, SUMMER },
	{ "7001020100", WINTER, 0, WHEN_TIME, 86400 },
	{ "6901010100", WINTER, 0, WHEN_TIME, UINT64_C(3124224000) },
	{ "2402291200", WINTER, 0, WHEN_TIME, 1709204400 },
	{ "2302291200", WINTER, -1, WHEN_ANY, 0 },
	{ "2611311200", WINTER, -1, WHEN_ANY, 0 },
	{ "2613011200", WINTER, -1, WHEN_ANY, 0 },
	{ "2600011200", WINTER, -1, WHEN_ANY, 0 },
	{ "2601001200", WINTER, -1, WHEN_ANY, 0 },
	{ "2400", WINTER, -1, WHEN_ANY, 0 },
	{ "60", WINTER, -1, WHEN_ANY, 0 },
	{ "30.60", WINTER, -1, WHEN_ANY, 0 },
	{ "30.", WINTER, -1, WHEN_ANY, 0 },
	{ "30.7", WINTER, -1, WHEN_ANY, 0 },
	{ "30.071", WINTER, -1, WHEN_ANY, 0 },
	{ ".30", WINTER, -1, WHEN_ANY, 0 },
	{ "3", WINTER, -1, WHEN_ANY, 0 },
	{ "123", WINTER, -1, WHEN_ANY, 0 },
	{ "202611211400", WINTER, -1, WHEN_ANY, 0 },
	{ "-1", WINTER, -1, WHEN_ANY, 0 },
	{ "14:00", WINTER, -1, WHEN_ANY, 0 },
	{ "", WINTER, -1, WHEN_ANY, 0 },
	{ "#", WINTER, -1, WHEN_ANY, 0 },
	{ "#-1", WINTER, -1, WHEN_ANY, 0 },
	{ "#1x", WINTER, -1, WHEN_ANY, 0 },
	{ "#9999999999999999999", WINTER, -1, WHEN_ANY, 0 },
};

static void
parses(void **state)
{
	struct when	w;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (sizeof(time_t) < 8 && cases[i].value > INT32_MAX)
			continue;
		w.kind = WHEN_ANY;
		w.value = 0;
		print_message("%s\n", cases[i].text);
		assert_int_equal(when_parse(cases[i].text, cases[i].now, &w),
		    cases[i].rc);
		assert_int_equal(w.kind, cases[i].kind);
		assert_int_equal(w.value, cases[i].value);
	}
}

static const struct {
	struct when_range range;
	uint64_t	  number, begin, end;
	bool		  in;
} ranges[] = {
	{ { { WHEN_ANY, 0 }, { WHEN_ANY, 0 } }, 1, 5, 9, true },
	{ { { WHEN_NUMBER, 2 }, { WHEN_NUMBER, 4 } }, 1, 5, 9, false },
	{ { { WHEN_NUMBER, 2 }, { WHEN_NUMBER, 4 } }, 2, 5, 9, true },
	{ { { WHEN_NUMBER, 2 }, { WHEN_NUMBER, 4 } }, 4, 5, 9, true },
	{ { { WHEN_NUMBER, 2 }, { WHEN_NUMBER, 4 } }, 5, 5, 9, false },
	{ { { WHEN_TIME, 5 }, { WHEN_ANY, 0 } }, 1, 5 * S, 9 * S, true },
	{ { { WHEN_TIME, 5 }, { WHEN_ANY, 0 } }, 1, 5 * S - 1, 9 * S,
	    false },
	/* A block that is listed as ending at :09 ends at :09. */
	{ { { WHEN_ANY, 0 }, { WHEN_TIME, 9 } }, 1, 5, 10 * S - 1, true },
	{ { { WHEN_ANY, 0 }, { WHEN_TIME, 9 } }, 1, 5, 10 * S, false },
	/* It must lie in the range as a whole. */
	{ { { WHEN_TIME, 5 }, { WHEN_TIME, 9 } }, 1, 4 * S, 9 * S,
	    false },
	{ { { WHEN_TIME, 5 }, { WHEN_TIME, 9 } }, 1, 5 * S, 11 * S,
	    false },
	{ { { WHEN_TIME, 5 }, { WHEN_NUMBER, 3 } }, 3, 5 * S, 11 * S,
	    true },
};

static void
chooses(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		print_message("range %zu\n", i);
		assert_int_equal(when_in_range(&ranges[i].range,
		    ranges[i].number, ranges[i].begin, ranges[i].end),
		    ranges[i].in);
	}
}

static void
prints(void **state)
{
	char	buf[WHEN_LEN];

	(void)state;
	assert_string_equal(when_local(WINTER * S, buf), "Nov 21 14:00:00");
	assert_string_equal(when_local(SUMMER * S, buf), "Jul 21 14:00:00");
	assert_string_equal(when_local(3600 * S, buf), "Jan  1 02:00:00");
	assert_string_equal(when_iso(WINTER * S + S - 1, buf),
	    "2026-11-21T13:00:00Z");
	assert_string_equal(when_iso(0, buf), "1970-01-01T00:00:00Z");
	if (sizeof(time_t) < 8)
		return;
	/* The farthest that 64 bits of nanoseconds reach still fits. */
	assert_string_equal(when_iso(UINT64_MAX, buf), "2554-07-21T23:34:33Z");
	assert_int_equal(when_local(UINT64_MAX, buf)[0], 'J');
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(chooses),
		cmocka_unit_test(prints),
	};

	/* A rule of its own needs no time zone files. */
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
