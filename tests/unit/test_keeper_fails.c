/*
 * Every system call of the keeper that changes files fails, with each error,
 * alone or with all later ones; then it is killed, or power is cut.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "keeper_runs.h"

static const int	errors[] = { ENOSPC, EIO, EROFS, EACCES, EINTR };

#define ERRORS		(sizeof(errors) / sizeof(errors[0]))
#define LENGTHS		3

/* Every call fails with every error, alone and with those behind it. */
static void
failing(const char *program)
{
	static const unsigned	lengths[] = { 1, 2, 3, 5, 10, 20 };
	struct run		r = { .program = program };
	unsigned		i, n = keeper_calls(program), e, l;

	for (i = 1; i <= n; i++)
		for (l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++)
			for (e = 0; e < ERRORS; e++) {
				if (lengths[l] > 1 && e > 1)
					break;
				r.first.fail_from = i;
				r.first.fail_to = i + lengths[l] - 1;
				r.first.error = errors[e];
				(void)keeper_run(&r);
			}
}

/*
 * Calls fail, and not long after that the daemon is killed, or power is cut;
 * then, or soon after the restart.  In the short form one, two or four fail
 * from each call on, in the long form all of that in turn.
 */
static void
failing_then_crash(const char *program)
{
	static const unsigned	lengths[LENGTHS] = { 1, 2, 4 };
	struct run		r = { .program = program, .first.error = EIO };
	unsigned		i, j, l, n = keeper_calls(program);

	for (i = 1; i <= n; i++)
		for (l = 0; l < LENGTHS; l++)
			for (j = 0; j < DISK_LOSSES * DISK_LOSSES; j++) {
				if (!keeper_long() &&
				    (i + strlen(program)) % LENGTHS != l)
					break;
				r.first.fail_from = i;
				r.first.fail_to = i + lengths[l] - 1;
				r.first.crash_at = i + lengths[l] + j;
				r.first.instant = BEFORE_CALL;
				r.first.loss = j % DISK_LOSSES;
				r.second.loss = j / DISK_LOSSES;
				r.resume = (i + j) % 3 != 0;
				(void)keeper_run(&r);
			}
}

/*
 * A call fails, the save file is moved away and the daemon is killed: a dump
 * that could not be removed counts no more.
 */
static void
failing_then_moved(const char *program)
{
	struct run	r = { .program = program, .first.fail_from = 1 };
	char		text[64];
	unsigned	e, n;

	n = (unsigned)strlcpy(text, program, sizeof(text)) - 1;
	(void)strlcat(text, text[n] == 'e' ? "rsm" : "sm", sizeof(text));
	n = keeper_calls(text);
	(void)strlcat(text, "k", sizeof(text));
	for (r.program = text; r.first.fail_from <= n; r.first.fail_from++)
		for (e = 0; e < 2; e++) {
			r.first.fail_to = r.first.fail_from;
			r.first.error = errors[e];
			r.resume = (r.first.fail_from + e) % 2 == 0;
			(void)keeper_run(&r);
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
		failing, failing_then_crash, failing_then_moved,
	};
	const struct CMUnitTest all[] = {
		{ "failing calls", all_programs, NULL, NULL, &tests[0] },
		{ "failing calls, then a crash", all_programs, NULL, NULL, &tests[1] },
		{ "failing calls, the save file moved away", all_programs,
		    NULL, NULL, &tests[2] },
	};

	return (cmocka_run_group_tests(all, NULL, NULL));
}
