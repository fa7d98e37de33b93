/*
 * base/heap.c: every permutation of a few elements, some of them equal, is
 * returned in order; and the largest of many are those that a sort finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/heap.h"

#define FEW	7
#define MANY	5000
#define KEPT	100

static bool
less(const void *arg, size_t a, size_t b)
{
	const unsigned	*value = arg;

	return (value[a] < value[b]);
}

/* Elements come out in ascending order, each of them once. */
static void
expect_sorted(struct heap *h, size_t n)
{
	const unsigned	*value = h->arg;
	bool		 seen[FEW] = { false };
	unsigned	 last = 0;
	size_t		 x;

	for (; n > 0; n--) {
		assert_int_equal(h->n, n);
		x = heap_pop(h);
		assert_in_range(x, 0, FEW - 1);
		assert_false(seen[x]);
		seen[x] = true;
		assert_true(value[x] >= last);
		last = value[x];
	}
	assert_int_equal(h->n, 0);
}

static void
try_both(const unsigned *value, size_t n)
{
	size_t		item[FEW], i;
	struct heap	h = { item, n, less, value };

	for (i = 0; i < n; i++)
		item[i] = i;
	heap_build(&h);
	expect_sorted(&h, n);
	for (i = 0; i < n; i++)
		heap_push(&h, i);
	expect_sorted(&h, n);
}

static void
permute(unsigned *value, size_t n, size_t at)
{
	unsigned	x;
	size_t		i;

	if (at == n)
		try_both(value, n);
	for (i = at; i < n; i++) {
		x = value[at];
		value[at] = value[i];
		value[i] = x;
		permute(value, n, at + 1);
		value[i] = value[at];
		value[at] = x;
	}
}

static void
all_orders(void **state)
{
	unsigned	distinct[FEW] = { 1, 2, 3, 4, 5, 6, 7 };
	unsigned	equal[FEW] = { 1, 1, 2, 2, 2, 3, 3 };
	size_t		n;

	(void)state;
	for (n = 1; n <= FEW; n++) {
		permute(distinct, n, 0);
		permute(equal, n, 0);
	}
}

static int
ascending(const void *a, const void *b)
{
	const unsigned	*x = a, *y = b;

	return ((*x > *y) - (*x < *y));
}

/* The way of --top: the least of those that are kept is on top. */
static void
greatest(void **state)
{
	static unsigned	value[MANY];
	size_t		item[KEPT], i;
	struct heap	h = { item, 0, less, value };
	unsigned	x = 1;

	(void)state;
	for (i = 0; i < MANY; i++) {
		x = x * 1103515245 + 12345;
		value[i] = x >> 8;
		if (h.n < KEPT)
			heap_push(&h, i);
		else if (value[i] > value[h.item[0]]) {
			h.item[0] = i;
			heap_sink(&h);
		}
	}
	for (i = 0; i < KEPT; i++)
		item[KEPT - 1 - i] = value[heap_pop(&h)];
	qsort(value, MANY, sizeof(value[0]), ascending);
	for (i = 0; i < KEPT; i++)
		assert_int_equal(item[i], value[MANY - 1 - i]);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(all_orders),
		cmocka_unit_test(greatest),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
