/*
 * Streams of the data trace: each octet is passed on once, whatever comes twice
 * or out of order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "iptrace/data_spans.h"

#define LENGTH	10000u
#define GAPS	4096u	/* that are kept */

static uint8_t	passed[LENGTH];

static void
note(void *arg, uint64_t from, uint64_t to)
{
	(void)arg;
	assert_true(from < to);
	assert_true(to <= LENGTH);
	while (from < to)
		passed[from++]++;
}

static void
in_order_is_one_number(void **state)
{
	struct data_spans	s = { 0 };

	(void)state;
	memset(passed, 0, sizeof(passed));
	data_spans_add(&s, 0, 10, note, NULL);
	data_spans_add(&s, 10, 30, note, NULL);
	data_spans_add(&s, 5, 20, note, NULL);
	assert_int_equal(s.next, 30);
	assert_null(s.ahead);
	assert_int_equal(passed[0], 1);
	assert_int_equal(passed[29], 1);
	assert_int_equal(passed[30], 0);
	assert_int_equal(data_spans_end(&s), 30);
}

static void
a_gap_is_filled_once(void **state)
{
	struct data_spans	s = { 0 };

	(void)state;
	memset(passed, 0, sizeof(passed));
	data_spans_add(&s, 20, 30, note, NULL);
	data_spans_add(&s, 40, 50, note, NULL);
	assert_int_equal(s.next, 0);
	assert_int_equal(data_spans_end(&s), 50);
	data_spans_add(&s, 10, 60, note, NULL);
	assert_int_equal(s.n, 1);
	data_spans_add(&s, 0, 10, note, NULL);
	assert_int_equal(s.next, 60);
	assert_int_equal(s.n, 0);
	data_spans_add(&s, 0, 60, note, NULL);
	assert_int_equal(passed[0] + passed[15] + passed[25] + passed[35] +
	    passed[45] + passed[59], 6);
	data_spans_free(&s);
}

static void
what_comes_late_starts_there(void **state)
{
	struct data_spans	s = { 0 };

	(void)state;
	memset(passed, 0, sizeof(passed));
	data_spans_begin(&s, 100);
	data_spans_add(&s, 50, 120, note, NULL);
	assert_int_equal(passed[99], 0);
	assert_int_equal(passed[100], 1);
	assert_int_equal(s.next, 120);
	data_spans_free(&s);
}

/* Segments of 1 to 40 octets, each octet several times, in any order. */
static void
any_order_passes_each_octet_once(void **state)
{
	struct data_spans	s = { 0 };
	uint64_t		from, to;
	unsigned int		round, i, seed = 1;

	(void)state;
	for (round = 0; round < 20; round++) {
		memset(passed, 0, sizeof(passed));
		s = (struct data_spans){ 0 };
		for (i = 0; i < 3000; i++) {
			seed = seed * 1103515245u + 12345u;
			from = seed / 65536u % LENGTH;
			seed = seed * 1103515245u + 12345u;
			to = from + 1 + seed / 65536u % 40u;
			data_spans_add(&s, from, to < LENGTH ? to : LENGTH,
			    note, NULL);
		}
		data_spans_add(&s, 0, LENGTH, note, NULL);
		for (i = 0; i < LENGTH; i++)
			assert_int_equal(passed[i], 1);
		assert_int_equal(s.next, LENGTH);
		assert_int_equal(s.n, 0);
		data_spans_free(&s);
	}
}

static void
too_many_gaps_pass_nothing_twice(void **state)
{
	struct data_spans	s = { 0 };
	uint64_t		i;

	(void)state;
	memset(passed, 0, sizeof(passed));
	for (i = 1; i < LENGTH; i += 2)
		data_spans_add(&s, i, i + 1, note, NULL);
	assert_int_equal(s.n, GAPS);
	data_spans_add(&s, 0, LENGTH, note, NULL);
	assert_int_equal(s.next, LENGTH);
	/* The first gaps were given up. */
	for (i = 0; i < LENGTH; i++)
		assert_int_equal(passed[i], i % 2 == 1 ||
		    i >= LENGTH - 2 * GAPS ? 1 : 0);
	data_spans_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_is_one_number),
		cmocka_unit_test(a_gap_is_filled_once),
		cmocka_unit_test(what_comes_late_starts_there),
		cmocka_unit_test(any_order_passes_each_octet_once),
		cmocka_unit_test(too_many_gaps_pass_nothing_twice),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
