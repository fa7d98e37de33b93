/*
 * The token bucket that limits clients of the control socket: full at first,
 * then filled at its rate, however often it is looked at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/bucket.h"
#include "within.h"

#define MS	UINT64_C(1000000)

/* Tokens that somebody gets who takes what there is until `end'. */
static int
taken(struct bucket *b, uint64_t from, uint64_t end, uint64_t step)
{
	int	n = 0;

	for (; from < end; from += step)
		for (; bucket_has(b, from); n++)
			bucket_take(b, 1);
	return (n);
}

static void
rate(void **state)
{
	static const uint64_t	steps[] = { 1, 7, 50, 333 };
	struct bucket		b;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		b = (struct bucket){ .most = 200, .rate = 80 };
		assert_true(within(taken(&b, MS, 10001 * MS, steps[i] * MS),
		    200 + 770, 200 + 800));
	}
}

static void
debt(void **state)
{
	struct bucket	b = { .most = 10, .rate = 10 };

	(void)state;
	assert_true(bucket_has(&b, MS));
	bucket_take(&b, 30);
	assert_false(bucket_has(&b, MS));
	assert_false(bucket_has(&b, 2000 * MS));
	assert_true(bucket_has(&b, 2150 * MS));
	/* Never more than it holds. */
	assert_int_equal(taken(&b, 100000 * MS, 100001 * MS, MS), 10);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(rate),
		cmocka_unit_test(debt),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
