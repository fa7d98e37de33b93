/*
 * Orders of rows (-S): each sorts a shuffled set into one defined sequence,
 * with the `other' rows last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query/order.h"

#define NROWS	7

/* A row a letter: the sequences below are spelled with them. */
static struct flow	rows[NROWS];
static const char	letters[] = "abcdeox";

static void
set(size_t i, uint8_t src, uint8_t dst, uint16_t sport, uint16_t dport,
    uint64_t data, uint64_t ip)
{
	struct flow	*f = &rows[i];

	memset(f, 0, sizeof(*f));
	f->key.family = FLOW_FAMILY_IP4;
	memset(f->key.src + 10, 0xff, 2);
	memset(f->key.dst + 10, 0xff, 2);
	f->key.src[15] = src;
	f->key.dst[15] = dst;
	f->key.sport = sport;
	f->key.dport = dport;
	f->key.proto = 6;
	f->count.packets = 1;
	f->count.data = data;
	f->count.ip = ip;
}

static int
make_rows(void **state)
{
	(void)state;
	set(0, 1, 9, 80, 5, 10, 50);
	set(1, 2, 8, 70, 6, 20, 40);
	set(2, 3, 7, 60, 7, 30, 40);
	set(3, 3, 7, 60, 8, 30, 40);
	set(4, 4, 6, 50, 9, 1, UINT64_MAX);
	/* Larger than all others, and yet last. */
	set(5, 0, 0, 0, 0, UINT64_MAX, UINT64_MAX);
	flow_key_other(&rows[5].key, 0);
	/* IPv6 behind IPv4. */
	set(6, 0, 0, 65535, 65535, 5, 5);
	memset(rows[6].key.src, 0, 16);
	memset(rows[6].key.dst, 0, 16);
	rows[6].key.family = FLOW_FAMILY_IP6;
	return (0);
}

static const struct {
	const char	*name;
	const char	*expected;
} cases[] = {
	{ "all", "eabcdxo" },
	{ "a", "eabcdxo" },
	{ "bytes", "cdbaxeo" },
	{ "b", "cdbaxeo" },
	{ "from", "abcdexo" },
	{ "f", "abcdexo" },
	{ "to", "ecdbaxo" },
	{ "t", "ecdbaxo" },
	{ "srcport", "ecdbaxo" },
	{ "src", "ecdbaxo" },
	{ "s", "ecdbaxo" },
	{ "dstport", "abcdexo" },
	{ "d", "abcdexo" },
};

static void
check(const struct order *o, const char *expected, size_t rotation)
{
	const struct flow	*v[NROWS];
	char			 got[NROWS + 1] = "";
	size_t			 i;

	for (i = 0; i < NROWS; i++)
		v[i] = &rows[(i * 3 + rotation) % NROWS];
	assert_int_equal(order_sort(o, v, NROWS), 0);
	for (i = 0; i < NROWS; i++)
		got[i] = letters[v[i] - rows];
	assert_string_equal(got, expected);
}

static void
sorts(void **state)
{
	const struct order	*o;
	size_t			 i, rotation;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("order %s\n", cases[i].name);
		assert_non_null(o = order_find(cases[i].name));
		for (rotation = 0; rotation < NROWS; rotation++)
			check(o, cases[i].expected, rotation);
	}
	check(order_default, "eabcdxo", 0);
}

static void
refuses(void **state)
{
	(void)state;
	assert_null(order_find(""));
	assert_null(order_find("x"));
	assert_null(order_find("fromage"));
	assert_null(order_find("From"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(sorts),
		cmocka_unit_test(refuses),
	};

	return (cmocka_run_group_tests(tests, make_rows, NULL));
}
