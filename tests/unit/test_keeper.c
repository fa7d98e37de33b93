/*
 * The keeper is killed, or power is cut, before, during and after every system
 * call that changes files, and a second time while it recovers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* Then at a call of the restart.  False: it has made fewer. */
static bool
crash_again(struct run *r, unsigned call, unsigned loss)
{
	r->second.crash_at = call;
	r->second.instant = BEFORE_CALL;
	r->second.loss = loss;
	(void)keeper_run(r);
	return (keeper_recovering() >= call);
}

/*
 * Killed; and power cut, or killed, at or after every call of the restart.  In
 * the short form each of them loses one thing, in the long form each in turn.
 */
static void
two_crashes(const char *program)
{
	struct run	r = { .program = program };
	unsigned	i, j, n = keeper_calls(program), loss;
	bool		reached;

	r.first.instant = AFTER_CALL;
	for (i = keeper_known(program) + 1; i <= n; i++) {
		r.first.crash_at = i;
		for (reached = true, j = 1; reached; j++) {
			reached = false;
			for (loss = 0; loss < DISK_LOSSES; loss++) {
				r.resume = (keeper_long() ? i + loss : i) % 2;
				if (keeper_long() ||
				    loss == (i + j) % DISK_LOSSES)
					reached |= crash_again(&r, j, loss);
			}
		}
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
