/*
 * The order of a table's rows: keys with few values per field, including those
 * that sorting by machine words could confuse, in numbers that cover every
 * branch of the sort.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/parallel.h"
#include "table/table.h"

static uint64_t	rng = 88172645463325252u;

static unsigned
choose(unsigned n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return ((unsigned)(rng >> 32) % n);
}

/* Folded away, mapped, mapped zero, and what no sound row holds. */
static void
choose_address(uint8_t a[16])
{
	static const uint8_t	addresses[][16] = {
		{ 0 },
		{ [10] = 0xff, [11] = 0xff },
		{ [10] = 0xff, [11] = 0xff, [15] = 1 },
		{ [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 },
		{ [10] = 0xff, [11] = 0xff, 10, 0, 0, 17 },
		{ [10] = 0xff, [11] = 0xff, 255, 255, 255, 255 },
		{ [10] = 0xff, [11] = 0xfe, 255, 0, 0, 1 },
		{ [11] = 1, 255, 255, 255, 255 },
		{ [9] = 1, [12] = 255 },
		{ 0x20, 1, 0xd, 0xb8, [15] = 1 },
		{ 0x20, 1, 0xd, 0xb8, [12] = 1 },
		{ 0x20, 1, 0xd, 0xb8, [12] = 0x40 },
		{ 255, 255, 255, 255, 255, 255, 255, 255,
		    255, 255, 255, 255, 255, 255, 255, 255 },
	};

	memcpy(a, addresses[choose(sizeof(addresses) / 16)], 16);
}

static struct flow
choose_flow(void)
{
	static const uint8_t	families[] = { FLOW_FAMILY_IP4,
	    FLOW_FAMILY_IP4, FLOW_FAMILY_IP6, FLOW_FAMILY_NONE };
	static const uint16_t	ports[] = { 0, 1, 63, 64, 65, 443, 65535 };
	struct flow		f;

	memset(&f, 0, sizeof(f));
	choose_address(f.key.src);
	choose_address(f.key.dst);
	f.key.family = families[choose(4)] & FLOW_FAMILY_MASK;
	f.key.proto = (uint8_t)(choose(3) * 127);
	f.key.sport = ports[choose(7)];
	f.key.dport = ports[choose(7)];
	f.key.flags = (uint8_t)choose(16);
	f.key.vlan = choose(3) * 100 & FLOW_VLAN_MASK;
	f.count.packets = 1;
	return (f);
}

static void
check_order(size_t n)
{
	struct table		 *t = table_new(200000, NULL);
	const struct flow	**rows;
	struct flow		  f;
	size_t			  i;

	for (i = 0; i < n; i++) {
		f = choose_flow();
		table_add(t, &f, 1);
	}
	flow_key_other(&f.key, 17);
	table_add(t, &f, 1);
	assert_non_null(rows = table_sorted(t));
	for (i = 1; i < table_rows(t); i++)
		assert_true(flow_key_cmp(&rows[i - 1]->key,
		    &rows[i]->key) < 0);
	free(rows);
	table_free(t);
}

static void
test_order(void **state)
{
	static const size_t	sizes[] = { 0, 1, 2, 20, 30, 500, 60000 };
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		check_order(sizes[i]);
}

/* Spread over all values: the radix passes with something in every part. */
static void
test_order_of_spread_keys(void **state)
{
	struct table		 *t = table_new(200000, NULL);
	const struct flow	**rows;
	struct flow		  f = choose_flow();
	uint32_t		  i, n;

	(void)state;
	for (i = 0; i < 60000; i++) {
		f.key.family = i % 3 == 0 ? FLOW_FAMILY_IP6 : FLOW_FAMILY_IP4;
		memset(f.key.src, i % 3 == 0 ? 0x20 : 0, 10);
		memset(f.key.src + 10, 0xff, 2);
		n = (uint32_t)choose(UINT32_MAX);
		memcpy(f.key.src + (i % 2 == 0 ? 12 : 4 * (i % 3)), &n, 4);
		table_add(t, &f, 1);
	}
	assert_non_null(rows = table_sorted(t));
	for (i = 1; i < table_rows(t); i++)
		assert_true(flow_key_cmp(&rows[i - 1]->key,
		    &rows[i]->key) < 0);
	free(rows);
	table_free(t);
}

/* Rows of few ranks and of many, for as many threads as there may be. */
static void
check_threads(size_t n, bool spread)
{
	struct flow		 *flows = calloc(n, sizeof(*flows));
	const struct flow	**rows = calloc(n, sizeof(*rows));
	const struct flow	**one, **many;
	unsigned		  threads;
	size_t			  i;
	uint32_t		  number;

	for (i = 0; i < n; i++) {
		flows[i] = choose_flow();
		number = spread ? choose(UINT32_MAX) : (uint32_t)i;
		memcpy(flows[i].key.dst + (spread ? 12 : 4), &number, 4);
		flows[i].key.sport = (uint16_t)i;
		rows[i] = &flows[i];
	}
	assert_non_null(one = table_sorted_rows(rows, n, 1));
	for (i = 1; i < n; i++)
		assert_true(flow_key_cmp(&one[i - 1]->key, &one[i]->key) < 0);
	for (threads = 2; threads <= PARALLEL_MOST; threads++) {
		many = table_sorted_rows(rows, n, threads);
		assert_non_null(many);
		assert_memory_equal(one, many, n * sizeof(*one));
		free(many);
	}
	free(one);
	free(rows);
	free(flows);
}

static void
test_order_by_threads(void **state)
{
	static const size_t	sizes[] = { 1, 16383, 16384, 24577, 66000 };
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		check_threads(sizes[i], false);
		check_threads(sizes[i], true);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_spread_keys),
		cmocka_unit_test(test_order_by_threads),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
