/*
 * The periods of traffic limits (trafdb limit), in months of all lengths and
 * across changes of daylight saving.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/when.h"
#include "tools/trafdb/limit.h"

static const struct {
	const char	*zone;
	enum limit_period period;
	uint32_t	 day;
	const char	*now;		/* all of UTC */
	const char	*begin;
	const char	*end;
} cases[] = {
	{ "UTC", LIMIT_MONTH, 1, "2026-11-22T12", "2026-11-01T00",
	    "2026-12-01T00" },
	{ "UTC", LIMIT_MONTH, 15, "2026-01-10T12", "2025-12-15T00",
	    "2026-01-15T00" },
	{ "UTC", LIMIT_MONTH, 15, "2026-12-20T12", "2026-12-15T00",
	    "2027-01-15T00" },
	/* The 31st is the last day of a shorter month. */
	{ "UTC", LIMIT_MONTH, 31, "2026-02-15T12", "2026-01-31T00",
	    "2026-02-28T00" },
	{ "UTC", LIMIT_MONTH, 31, "2026-02-28T00", "2026-02-28T00",
	    "2026-03-31T00" },
	{ "UTC", LIMIT_MONTH, 30, "2028-02-29T00", "2028-02-29T00",
	    "2028-03-30T00" },
	{ "UTC", LIMIT_MONTH, 31, "2026-05-01T00", "2026-04-30T00",
	    "2026-05-31T00" },
	/* Months and days with a change of the clock. */
	{ "Europe/Berlin", LIMIT_MONTH, 1, "2026-03-31T21", "2026-02-28T23",
	    "2026-03-31T22" },
	{ "Europe/Berlin", LIMIT_DAY, 1, "2026-03-29T12", "2026-03-28T23",
	    "2026-03-29T22" },
	{ "Europe/Berlin", LIMIT_DAY, 1, "2026-10-25T12", "2026-10-24T22",
	    "2026-10-25T23" },
	{ "America/New_York", LIMIT_MONTH, 31, "2026-03-01T04",
	    "2026-02-28T05", "2026-03-31T04" },
	/* Sunday is the last day of a week, or the first. */
	{ "UTC", LIMIT_WEEK, 1, "2026-11-22T23", "2026-11-16T00",
	    "2026-11-23T00" },
	{ "UTC", LIMIT_WEEK, 7, "2026-11-22T00", "2026-11-22T00",
	    "2026-11-29T00" },
	{ "UTC", LIMIT_WEEK, 3, "2026-11-24T00", "2026-11-18T00",
	    "2026-11-25T00" },
	/* The next whole hour of UTC. */
	{ "Asia/Kolkata", LIMIT_DAY, 1, "2026-11-22T12", "2026-11-21T19",
	    "2026-11-22T19" },
};

static void
set_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

static uint64_t
seconds(const char *text)
{
	struct tm	tm = { .tm_isdst = 0 };

	assert_non_null(strptime(text, "%Y-%m-%dT%H", &tm));
	return ((uint64_t)timegm(&tm));
}

static void
check_hour(uint32_t hour, const char *text)
{
	char	iso[WHEN_LEN], whole[WHEN_LEN];

	assert_string_equal(when_iso(hour * HISTORY_HOUR_NS, iso),
	    when_iso(seconds(text) * UINT64_C(1000000000), whole));
}

static void
calendar(void **state)
{
	struct limit		l = { .name = "" };
	struct history_range	r;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_zone(cases[i].zone);
		l.period = cases[i].period;
		l.day = cases[i].day;
		limit_period(&l, seconds(cases[i].now), &r);
		check_hour(r.from, cases[i].begin);
		check_hour(r.until, cases[i].end);
	}
}

/* The period that begins where this one ends; r becomes it. */
static void
next_period(const struct limit *l, struct history_range *r)
{
	uint64_t		end = r->until * UINT64_C(3600);
	struct history_range	last, next;

	assert_true(r->from < r->until);
	limit_period(l, end - 1, &last);
	assert_int_equal(last.from, r->from);
	limit_period(l, end, &next);
	assert_int_equal(next.from, r->until);
	*r = next;
}

/* Each hour is in one period, also where midnight is left out. */
static void
side_by_side(void **state)
{
	static const char *const	zones[] = {
		"UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana",
		"Asia/Beirut", "Africa/Cairo"
	};
	struct limit			l = { .day = 1 };
	struct history_range		r;
	size_t				i;
	int				n, p;

	(void)state;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		for (p = LIMIT_DAY; p <= LIMIT_MONTH; p++) {
			set_zone(zones[i]);
			l.period = (enum limit_period)p;
			limit_period(&l, seconds("2016-01-05T00"), &r);
			for (n = 0; n < 800; n++)
				next_period(&l, &r);
		}
}

/* ---- whose traffic ---- */

#define ID	"3f2a9c0d1e5b77c8aa0123456789abcdef0123456789abcdef0123456789abcd"

static const struct {
	const char	*user, *unit, *program, *container;
	bool		 matches;
} picks[] = {
	{ "anna", NULL, NULL, NULL, true },
	{ "1000", NULL, NULL, NULL, true },
	{ "ann", NULL, NULL, NULL, false },
	{ "100", NULL, NULL, NULL, false },
	{ "-", NULL, NULL, NULL, false },
	{ NULL, "docker-" ID ".scope", NULL, NULL, true },
	{ NULL, "/system.slice/docker-" ID ".scope", NULL, NULL, true },
	{ NULL, "docker-" ID ".scope/init", NULL, NULL, true },
	{ NULL, "/system.slice/docker-" ID ".scope/init", NULL, NULL, true },
	{ NULL, "system.slice", NULL, NULL, true },
	{ NULL, "/system.slice", NULL, NULL, true },
	{ NULL, "init", NULL, NULL, true },
	{ NULL, "/init", NULL, NULL, false },
	{ NULL, "/system.sl", NULL, NULL, false },
	{ NULL, "system.sl", NULL, NULL, false },
	{ NULL, "slice", NULL, NULL, false },
	{ NULL, "/", NULL, NULL, false },
	{ NULL, NULL, "chromium-browse", NULL, true },
	{ NULL, NULL, "chromium-browser", NULL, true },
	{ NULL, NULL, "chromium", NULL, false },
	{ NULL, NULL, NULL, "docker/3f2a9c0d1e5b", true },
	{ NULL, NULL, NULL, "3f2a9c0d1e5b", true },
	{ NULL, NULL, NULL, "docker/" ID, true },
	{ NULL, NULL, NULL, ID, true },
	{ NULL, NULL, NULL, "podman/3f2a9c0d1e5b", false },
	{ NULL, NULL, NULL, "3f2a9c0d1e5", false },
	{ NULL, NULL, NULL, "3f2a9c0d1e5b77", false },
	/* All that is given must hold. */
	{ "anna", "system.slice", "chromium-browse", "docker/" ID, true },
	{ "bob", "system.slice", "chromium-browse", "docker/" ID, false },
	{ "anna", "system.slice", "curl", NULL, false },
};

static void
budgets_match_owners(void **state)
{
	const struct owner	o = { .uid = 1000, .user = "anna",
				    .unit = "/system.slice/docker-" ID
				    ".scope/init",
				    .program = "chromium-browse" };
	const char		*words[LIMIT_OWNER_WORDS];
	struct limit_owner	 l;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(picks) / sizeof(picks[0]); i++) {
		words[LIMIT_USER] = picks[i].user;
		words[LIMIT_UNIT] = picks[i].unit;
		words[LIMIT_PROGRAM] = picks[i].program;
		words[LIMIT_CONTAINER] = picks[i].container;
		assert_int_equal(limit_owner_set(&l, words), -1);
		assert_true(limit_has_owner(&l));
		if (limit_owner_matches(&l, &o) != picks[i].matches)
			fail_msg("case %zu: %s", i, l.text);
	}
}

static void
owners_without_uid_or_container(void **state)
{
	const struct owner	o = { .uid = OWNER_NO_UID, .unit = "/",
				    .program = OWNER_BEFORE };
	const char		*words[LIMIT_OWNER_WORDS] = {
		"-", "/", OWNER_BEFORE, NULL
	};
	struct limit_owner	 l;

	(void)state;
	assert_int_equal(limit_owner_set(&l, words), -1);
	assert_string_equal(l.text, "user -, unit /, program (before trafd)");
	assert_true(limit_owner_matches(&l, &o));
	words[LIMIT_CONTAINER] = "docker/3f2a9c0d1e5b";
	assert_int_equal(limit_owner_set(&l, words), -1);
	assert_false(limit_owner_matches(&l, &o));
	words[LIMIT_CONTAINER] = "a\nb";
	assert_int_equal(limit_owner_set(&l, words), LIMIT_CONTAINER);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(calendar),
		cmocka_unit_test(side_by_side),
		cmocka_unit_test(budgets_match_owners),
		cmocka_unit_test(owners_without_uid_or_container),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
