/*
 * Ages such as `36h' or `6m': parsed to hours, and counted by the calendar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/age.h"

/* 2026-11-21 14:00:00 in Berlin. */
#define NOW	((time_t)1795266000)

static const struct {
	const char	*text;
	uint32_t	 hours;
} good[] = {
	{ "0h", 0 }, { "12h", 12 }, { "35d", 840 }, { "8w", 1344 },
	{ "6m", 4320 }, { "6mo", 4320 }, { "2y", 17520 },
	{ "1000000h", 1000000 }, { "569y", 4984440 }
};

static const char *const bad[] = {
	"", "h", "12", "-1d", "+1d", " 1d", "1 d", "1dd", "1D", "1days",
	"90s", "15min", "1000001h", "570y", "99999999h", "0x1h", "1.5d"
};

static void
hours(void **state)
{
	uint32_t	h;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(age_hours(good[i].text,
		    strlen(good[i].text), &h), 0);
		assert_int_equal(h, good[i].hours);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (age_hours(bad[i], strlen(bad[i]), &h) != -1)
			fail_msg("%s: %u", bad[i], h);
	/* What follows is not of it. */
	assert_int_equal(age_hours("35d,days=2y", 3, &h), 0);
	assert_int_equal(h, 840);
	assert_int_equal(age_hours("35d,days=2y", 4, &h), -1);
	assert_int_equal(age_hours("35", 1, &h), -1);
}

static void
moments(void **state)
{
	time_t	t;

	(void)state;
	assert_int_equal(setenv("TZ", "Europe/Berlin", 1), 0);
	tzset();
	assert_int_equal(age_before("90s", NOW, &t), 0);
	assert_int_equal(t, NOW - 90);
	assert_int_equal(age_before("15min", NOW, &t), 0);
	assert_int_equal(t, NOW - 900);
	assert_int_equal(age_before("12h", NOW, &t), 0);
	assert_int_equal(t, NOW - 12 * 3600);
	/* Across the end of summer time, to the same time of day. */
	assert_int_equal(age_before("30d", NOW, &t), 0);
	assert_int_equal(t, NOW - 30 * 86400 - 3600);
	assert_int_equal(age_before("1mo", NOW, &t), 0);
	assert_int_equal(t, NOW - 31 * 86400 - 3600);
	/* Minutes or months? */
	assert_int_equal(age_before("5m", NOW, &t), -1);
	assert_int_equal(age_before("", NOW, &t), -1);
	assert_int_equal(age_before("5", NOW, &t), -1);
	assert_int_equal(age_before("5d ", NOW, &t), -1);
}

static void
spans(void **state)
{
	static const struct {
		uint64_t	 ms;
		const char	*text;
	} cases[] = {
		{ 0, "0.0 s" }, { 500, "0.5 s" }, { 119900, "119.9 s" },
		{ 119999, "2.0 min" }, { 120000, "2.0 min" },
		{ 7199999, "2.0 hours" }, { 172799000, "48.0 hours" },
		{ UINT64_C(31536000000), "365.0 days" },
		{ UINT64_C(18446744073709), "213504.0 days" },
	};
	char	buf[AGE_LEN];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(age_format(cases[i].ms * 1000000, buf),
		    cases[i].text);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(hours),
		cmocka_unit_test(moments),
		cmocka_unit_test(spans),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
