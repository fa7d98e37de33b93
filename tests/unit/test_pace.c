/*
 * Estimates of running periods: numbers, and their texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/clock.h"
#include "packet/pace.h"

#define HOUR	(3600 * NS_PER_S)
#define DAY	(24 * HOUR)

static void
bytes_are_scaled_to_the_whole_period(void **state)
{
	static const struct {
		uint64_t	octets, accounted, length, estimate;
	} t[] = {
		{ 1000, 10 * DAY, 30 * DAY, 3000 },
		{ 1000, HOUR, 23 * HOUR, 23000 },
		{ 1, 2 * DAY, 3 * DAY, 2 },		/* 1.5, rounded */
		{ 0, 10 * DAY, 30 * DAY, 0 },
		{ 1000, 30 * DAY / 100, 30 * DAY, 100000 },
		{ 1000, 30 * DAY / 100 - 1, 30 * DAY, PACE_UNKNOWN },
		{ 1000, 0, 30 * DAY, PACE_UNKNOWN },
		{ 1000, 31 * DAY, 30 * DAY, 1000 },	/* a long block */
		{ UINT64_C(1) << 62, DAY, 30 * DAY, INT64_MAX },
	};
	struct pace	p;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		p = (struct pace){ t[i].octets, t[i].accounted, DAY,
		    DAY + t[i].length };
		assert_int_equal(pace_estimate(&p), t[i].estimate);
	}
}

static void
gaps_are_not_accounted(void **state)
{
	struct ledger	l = { .v = { 0 } };

	(void)state;
	assert_int_equal(pace_accounted(100, 90, &l), 90);
	assert_int_equal(pace_accounted(100, 0, &l), 100);
	/* The duration lacks 10 without a daemon, not 20 without interface. */
	l.v[LEDGER_GAP_NS] = 30;
	l.v[LEDGER_DOWN_NS] = 10;
	l.v[LEDGER_AWAY_NS] = 20;
	assert_int_equal(pace_accounted(100, 90, &l), 70);
	assert_int_equal(pace_accounted(100, 0, &l), 70);
	/* The wall clock may have been set back. */
	assert_int_equal(pace_accounted(0, 90, &l), 70);
	/* Older blocks do not say which. */
	l.v[LEDGER_DOWN_NS] = l.v[LEDGER_AWAY_NS] = 0;
	assert_int_equal(pace_accounted(100, 100, &l), 70);
	assert_int_equal(pace_accounted(100, 60, &l), 60);
	assert_int_equal(pace_accounted(20, 20, &l), 0);
}

static void
the_end_is_the_last_day_or_a_time(void **state)
{
	char		buf[PACE_LEN];
	struct pace	p = { .begin_ns = 1793487600 * NS_PER_S };
	const uint64_t	now = p.begin_ns + DAY;

	(void)state;
	/* 2026-12-01 00:00 in Berlin. */
	p.end_ns = 1796079600 * NS_PER_S;
	assert_string_equal(pace_end(&p, now, buf), "Nov 30");
	p.end_ns += HOUR / 2;
	assert_string_equal(pace_end(&p, now, buf), "Dec 1 00:30");
	p.end_ns = (1796079600 + 31 * 86400) * NS_PER_S;
	assert_string_equal(pace_end(&p, now, buf), "Dec 31");
	p.end_ns += DAY;
	assert_string_equal(pace_end(&p, now, buf), "Jan 1 2027");
}

static void
the_share_has_a_fitting_unit(void **state)
{
	char		buf[PACE_LEN];
	struct pace	p = { .accounted_ns = DAY / 2, .begin_ns = DAY };

	(void)state;
	p.end_ns = 31 * DAY;
	assert_string_equal(pace_share(&p, buf), "0.5 of 30.0 days accounted");
	p.end_ns = 2 * DAY + HOUR;
	assert_string_equal(pace_share(&p, buf),
	    "12.0 of 25.0 hours accounted");
	p.accounted_ns = HOUR / 4;
	p.end_ns = DAY + HOUR;
	assert_string_equal(pace_share(&p, buf),
	    "15.0 of 60.0 minutes accounted");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(bytes_are_scaled_to_the_whole_period),
		cmocka_unit_test(gaps_are_not_accounted),
		cmocka_unit_test(the_end_is_the_last_day_or_a_time),
		cmocka_unit_test(the_share_has_a_fitting_unit),
	};

	if (setenv("TZ", "Europe/Berlin", 1) == -1)
		return (1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
