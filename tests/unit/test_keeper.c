/*
 * The keeper is killed, or power is cut, before, during and after every system
 * call that changes files, and a second time while it recovers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "keeper_runs.h"

static void
no_fault(const char *program)
{
	(void)keeper_calls(program);
}

/* Killed, or power cut, before, within and after every call. */
static void
one_crash(const char *program)
{
	struct run	r = { .program = program };
	const unsigned	half = (unsigned)DISK_INSTANTS * (unsigned)DISK_LOSSES;
	unsigned	i, n = keeper_calls(program), variant;

	for (i = keeper_known(program) + 1; i <= n; i++)
		for (variant = 0; variant < half * 2; variant++) {
			r.first.crash_at = i;
			r.first.instant = variant % DISK_INSTANTS;
			r.first.loss = variant / DISK_INSTANTS % DISK_LOSSES;
			r.resume = variant >= half;
			(void)keeper_run(&r);
		}
}

/* Killed; and power cut, or killed, at or after every call of the restart. */
static void
two_crashes(const char *program)
{
	struct run	r = { .program = program };
	unsigned	i, j, more, n = keeper_calls(program), variant;

	for (i = keeper_known(program) + 1; i <= n; i++)
		for (variant = 0; variant < DISK_LOSSES; variant++)
			for (more = j = 1; j <= more + 1; j++) {
				r.first.crash_at = i;
				r.first.instant = AFTER_CALL;
				r.second.crash_at = j;
				r.second.instant = BEFORE_CALL;
				r.second.loss = variant;
				r.resume = (i + variant) % 2 == 0;
				(void)keeper_run(&r);
				more = keeper_recovering();
			}
}

static void
all_programs(void **state)
{
	void	(*test)(const char *) = *(void (**)(const char *))*state;

	assert_int_equal(keeper_all(test), 0);
}

int
main(void)
{
	static void	(*tests[])(const char *) = {
		no_fault, one_crash, two_crashes,
	};
	const struct CMUnitTest all[] = {
		{ "no fault", all_programs, NULL, NULL, &tests[0] },
		{ "one crash", all_programs, NULL, NULL, &tests[1] },
		{ "two crashes", all_programs, NULL, NULL, &tests[2] },
	};

	return (cmocka_run_group_tests(all, NULL, NULL));
}
