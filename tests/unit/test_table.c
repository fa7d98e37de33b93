/*
 * The accounting table compared with a plain array: sums, the limit of rows
 * and the steps of losing detail, merging, order, colliding keys, failing
 * allocations.  Keys are pseudo-random.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/mman.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "packet/nets.h"
#include "table/table.h"

static uint64_t	rng;
static bool	fixed_seed;	/* tables get the seed 0 */

/* The table's source of seeds, taken over. */
void
arc4random_buf(void *buf, size_t len)
{
	static uint64_t	salt = 88172645463325252u;

	salt = salt * 6364136223846793005u + 1442695040888963407u;
	memset(buf, 0, len);
	if (!fixed_seed && len == sizeof(salt))
		memcpy(buf, &salt, len);
}

static uint64_t
next_random(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (rng);
}

static struct flow
make_flow(uint32_t src, uint32_t dst, uint16_t sport, uint8_t proto)
{
	struct flow	f;
	size_t		i;

	memset(&f, 0, sizeof(f));
	f.key.src[10] = f.key.src[11] = 0xff;
	f.key.dst[10] = f.key.dst[11] = 0xff;
	for (i = 0; i < 4; i++) {
		f.key.src[12 + i] = (uint8_t)(src >> 8 * i);
		f.key.dst[12 + i] = (uint8_t)(dst >> 8 * i);
	}
	f.key.sport = sport;
	f.key.dport = 80;
	f.key.proto = proto;
	f.key.family = FLOW_FAMILY_IP4;
	f.count.packets = 1;
	f.count.data = 10;
	f.count.ip = 50;
	return (f);
}

/* The row of a key, by looking at all of them. */
static const struct flow *
look_up(const struct table *t, const struct flow_key *k)
{
	size_t	i;

	for (i = 0; i < table_rows(t); i++)
		if (memcmp(&table_row(t, i)->key, k, sizeof(*k)) == 0)
			return (table_row(t, i));
	return (NULL);
}

/* At both ends of the batch: a new key, and the second of it. */
static void
test_new_rows_are_told(void **state)
{
	struct flow	 batch[TABLE_BATCH];
	struct table	*t = table_new(100000, NULL);
	size_t		 i;

	(void)state;
	for (i = 0; i < TABLE_BATCH; i++)
		batch[i] = make_flow(7, 7, 7, 6);
	batch[TABLE_BATCH - 1] = make_flow(8, 8, 8, 6);
	assert_true(table_add(t, batch, TABLE_BATCH) ==
	    (UINT64_C(1) << 63 | 1));
	assert_true(table_add(t, batch, TABLE_BATCH) == 0);
	batch[5] = make_flow(9, 9, 9, 6);
	assert_true(table_add(t, batch, TABLE_BATCH) == 1 << 5);
	table_free(t);
}

/* A table that was cleared is as a new one, also if it was full. */
static void
test_cleared_table_is_empty(void **state)
{
	struct flow	 f;
	struct table	*t = table_new(1024, NULL);
	uint32_t	 i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 5000; i++) {
			f = make_flow(i + round, i, 7, (uint8_t)i);
			(void)table_add(t, &f, 1);
		}
		assert_true(table_folded(t).packets > 0);
		table_clear(t);
		assert_int_equal(table_rows(t), 0);
		assert_int_equal(table_folded(t).packets, 0);
		assert_int_equal(table_total(t).packets, 0);
		f = make_flow(1, 1, 7, 1);
		assert_true(table_add(t, &f, 1) == 1);
		assert_true(table_add(t, &f, 1) == 0);
		assert_int_equal(table_rows(t), 1);
		assert_int_equal(table_total(t).packets, 2);
		table_clear(t);
	}
	table_free(t);
}

/* Add `other' rows of n VLANs, the last of which is that of a mixture. */
static void
add_others(struct table *t, unsigned n, bool restore)
{
	struct flow	f = { .count = { 1, 10, 50 } };
	unsigned	i;

	for (i = 0; i < n; i++) {
		flow_key_other(&f.key, 6);
		f.key.vlan = (i + 1 < n ? i : FLOW_VLAN_MIXED) & FLOW_VLAN_MASK;
		if (restore)
			table_restore(t, &f, 1);
		else
			(void)table_add(t, &f, 1);
	}
}

static void
check_others(const struct table *t, uint64_t each)
{
	const struct flow	*row;
	struct flow_key		 k;
	unsigned		 i;

	assert_int_equal(table_rows(t), 11);
	for (i = 0; i < 11; i++) {
		flow_key_other(&k, 6);
		k.vlan = (i < 10 ? i : FLOW_VLAN_MIXED) & FLOW_VLAN_MASK;
		row = look_up(t, &k);
		assert_non_null(row);
		assert_int_equal(row->count.packets, each);
		assert_int_equal(row->count.ip, 50 * each);
	}
}

/* Saved rows keep their VLANs when a table takes them again. */
static void
test_others_keep_their_vlans(void **state)
{
	struct table	*t = table_new(100000, NULL);
	struct table	*back = table_new(100000, NULL);
	size_t		 at = 0;

	(void)state;
	add_others(t, 11, true);
	check_others(t, 1);
	add_others(t, 11, false);
	check_others(t, 2);
	table_merge(back, t, &at, SIZE_MAX);
	check_others(back, 2);
	table_free(t);
	table_free(back);
}

/* In a full table they become one, and no key is there twice. */
static void
test_others_of_a_full_table(void **state)
{
	struct table		 *t = table_new(TABLE_ROWS_LEAST, NULL);
	const struct flow	**rows;
	size_t			  i;

	(void)state;
	add_others(t, FLOW_VLAN_MIXED, false);
	add_others(t, FLOW_VLAN_MIXED, true);
	rows = table_sorted(t);
	assert_non_null(rows);
	assert_in_range(table_rows(t), 1000, TABLE_ROWS_LEAST + 1);
	for (i = 1; i < table_rows(t); i++)
		assert_true(flow_key_cmp(&rows[i - 1]->key, &rows[i]->key) < 0);
	assert_int_equal(rows[table_rows(t) - 1]->key.vlan, FLOW_VLAN_MIXED);
	assert_int_equal(table_total(t).packets, 2 * FLOW_VLAN_MIXED);
	free(rows);
	table_free(t);
}

static void
test_exact_sums(void **state)
{
	enum { KEYS = 3000, ROUNDS = 200000 };
	static uint64_t	 truth[KEYS];
	struct flow	 batch[TABLE_BATCH], f;
	struct table	*t = table_new(100000, NULL);
	size_t		 n = 0, i;

	(void)state;
	rng = 1;
	for (i = 0; i < ROUNDS; i++) {
		uint32_t	key = (uint32_t)(next_random() % KEYS);

		truth[key]++;
		batch[n++] = make_flow(key, ~key, (uint16_t)key, 6);
		if (n == TABLE_BATCH || i == ROUNDS - 1) {
			table_add(t, batch, n);
			n = 0;
		}
	}
	assert_int_equal(table_rows(t), KEYS);
	for (i = 0; i < KEYS; i++) {
		f = make_flow((uint32_t)i, ~(uint32_t)i, (uint16_t)i, 6);
		assert_int_equal(look_up(t, &f.key)->count.packets, truth[i]);
	}
	assert_int_equal(table_total(t).ip, 50 * ROUNDS);
	assert_int_equal(table_folded(t).packets, 0);
	table_free(t);
}

/* One step of the cap: rows offered, what the last flow became. */
static const struct step {
	uint32_t	before;		/* distinct flows added first */
	uint16_t	flags;		/* of the row that takes a new flow */
} steps[] = {
	{ 700, 0 },
	{ 768, FLOW_DPORT_CLIENT },
	{ 900, FLOW_DPORT_CLIENT },
	{ 960, FLOW_DPORT_CLIENT | FLOW_NO_DST },
	{ 1008, FLOW_NO_PORTS | FLOW_NO_DST },
	{ 1024, FLOW_OTHER },
};

static void
test_cap_steps(void **state)
{
	struct flow	 f;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct table	*t = table_new(TABLE_ROWS_LEAST, NULL);
		uint32_t	 k;

		for (k = 0; k < steps[i].before; k++) {
			f = make_flow(k, k, 1, 17);
			table_add(t, &f, 1);
		}
		assert_int_equal(table_rows(t), steps[i].before);
		f = make_flow(77777, 88888, 9, 17);
		f.count.ip = 12345;
		table_add(t, &f, 1);
		assert_int_equal(table_row(t, table_rows(t) - 1)->key.flags,
		    steps[i].flags);
		assert_int_equal(table_total(t).ip,
		    12345 + 50 * (uint64_t)steps[i].before);
		table_free(t);
	}
}

static void
test_cap_flood(void **state)
{
	struct flow	 heavy = make_flow(1, 2, 3, 6), f;
	struct table	*t = table_new(5000, NULL);
	uint64_t	 i;

	(void)state;
	rng = 7;
	table_add(t, &heavy, 1);
	for (i = 0; i < 300000; i++) {
		f = make_flow((uint32_t)next_random(),
		    (uint32_t)next_random(), (uint16_t)i,
		    (uint8_t)next_random());
		table_add(t, &f, 1);
		if (i % 10 == 0)
			table_add(t, &heavy, 1);
	}
	assert_true(table_rows(t) <= 5000 + 256);
	assert_int_equal(table_total(t).packets, 300000 + 30001);
	assert_int_equal(look_up(t, &heavy.key)->count.packets, 30001);
	assert_true(table_folded(t).packets > 290000);
	assert_true(table_memory(t) < 6 * 1024 * 1024);
	table_free(t);
}

static void
test_remote_side_folds(void **state)
{
	struct nets	*local = nets_new();
	const char	*bad;
	struct table	*t;
	struct flow	 f;
	uint32_t	 k;
	const struct flow *last;

	(void)state;
	/* 1.0.0.0/8 in the order of make_flow(): low octet first. */
	assert_int_equal(nets_add(local, "1.0.0.0/8", &bad), 0);
	t = table_new(TABLE_ROWS_LEAST, local);
	for (k = 0; k < 960; k++) {
		f = make_flow(k << 8, k << 8, 1, 17);
		table_add(t, &f, 1);
	}
	f = make_flow(0x00000009, 0x00000001, 5, 17);	/* remote -> local */
	table_add(t, &f, 1);
	last = table_row(t, table_rows(t) - 1);
	assert_int_equal(last->key.flags, FLOW_DPORT_CLIENT | FLOW_NO_SRC);
	assert_int_equal(last->key.dst[12], 1);
	table_free(t);
	nets_free(local);
}

static void
test_merge_in_steps(void **state)
{
	struct table	*a = table_new(100000, NULL);
	struct table	*b = table_new(100000, NULL);
	struct flow	 f;
	size_t		 next = 0;
	uint32_t	 k;

	(void)state;
	for (k = 0; k < 2000; k++) {
		f = make_flow(k, 0, 0, 6);
		table_add(a, &f, 1);
		f = make_flow(k + 1000, 0, 0, 6);
		table_add(b, &f, 1);
	}
	flow_key_other(&f.key, 1);
	table_add(b, &f, 1);
	while (next < table_rows(b))
		table_merge(a, b, &next, 100);
	assert_int_equal(table_rows(a), 3001);
	assert_int_equal(table_total(a).packets, 4001);
	assert_true(flow_is_other(&table_row(a, 3000)->key));
	table_free(a);
	table_free(b);
}

static void
test_sorted(void **state)
{
	struct table		 *t = table_new(100000, NULL);
	const struct flow	**rows;
	struct flow		  f;
	size_t			  i;

	(void)state;
	rng = 3;
	for (i = 0; i < 20000; i++) {
		f = make_flow((uint32_t)next_random() % 64,
		    (uint32_t)next_random() % 64, (uint16_t)next_random(), 6);
		f.key.family = i % 2 ? FLOW_FAMILY_IP6 : FLOW_FAMILY_IP4;
		table_add(t, &f, 1);
	}
	flow_key_other(&f.key, 6);
	table_add(t, &f, 1);
	rows = table_sorted(t);
	assert_non_null(rows);
	for (i = 1; i < table_rows(t); i++)
		assert_true(flow_key_cmp(&rows[i - 1]->key,
		    &rows[i]->key) < 0);
	assert_true(flow_is_other(&rows[table_rows(t) - 1]->key));
	free(rows);
	table_free(t);
}

/* With --ports service no flow has the port of its client: nothing is lost. */
static void
test_clients_without_ports(void **state)
{
	struct table	*t = table_new(TABLE_ROWS_LEAST, NULL);
	struct flow	 f;
	uint32_t	 k;

	(void)state;
	table_without_clients(t);
	for (k = 0; k < 1000; k++) {
		f = make_flow(k, k, 0, 6);
		f.key.flags = FLOW_SPORT_CLIENT;
		table_add(t, &f, 1);
	}
	/* Only the last sixteenth loses something, the remote host. */
	assert_int_equal(table_folded(t).packets, 1000 - 960);
	table_free(t);
}

/* Rows that have lost detail, merged, are not counted as folded again. */
static void
test_merge_counts_folds_once(void **state)
{
	struct table	*a = table_new(TABLE_ROWS_LEAST, NULL);
	struct table	*b = table_new(TABLE_ROWS_LEAST, NULL);
	struct flow	 f;
	size_t		 next = 0;
	uint64_t	 folded;
	uint32_t	 k;

	(void)state;
	for (k = 0; k < 3000; k++) {
		f = make_flow(k, k, (uint16_t)k, 6);
		table_add(a, &f, 1);
		f = make_flow(~k, ~k, (uint16_t)k, 6);
		table_add(b, &f, 1);
	}
	assert_int_equal(table_folded(b).packets, 3000 - 768);
	folded = table_folded(a).packets;
	while (next < table_rows(b))
		table_merge(a, b, &next, 100);
	assert_int_equal(table_total(a).packets, 6000);
	/* All of b is folded now: 768 rows of it here, the rest before. */
	assert_int_equal(table_folded(a).packets, folded + 3000);
	table_free(a);
	table_free(b);
}

/* Rows of each table, of 1024 at most; is the earlier merged into the later? */
static const struct {
	uint32_t	earlier, later;
	bool		takes;
} directions[] = {
	{ 0, 100, true },
	{ 10, 100, true },
	{ 100, 100, false },
	{ 100, 10, false },
	{ 68, 700, true },
	{ 69, 700, false },	/* one of them would lose its ports */
	{ 10, 1024, false },	/* flows from before a flood keep detail */
};

static void
test_merge_direction(void **state)
{
	struct table	*earlier, *later;
	struct flow	 f;
	uint32_t	 k;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(directions) / sizeof(directions[0]); i++) {
		earlier = table_new(TABLE_ROWS_LEAST, NULL);
		later = table_new(TABLE_ROWS_LEAST, NULL);
		for (k = 0; k < directions[i].later; k++) {
			f = make_flow(k, k, 1, 17);
			table_add(later, &f, 1);
			if (k < directions[i].earlier)
				table_add(earlier, &f, 1);
		}
		for (; k < directions[i].earlier; k++) {
			f = make_flow(k, k, 1, 17);
			table_add(earlier, &f, 1);
		}
		assert_int_equal(table_takes_earlier(later, earlier),
		    directions[i].takes);
		table_free(earlier);
		table_free(later);
	}
}

/* A table read back in another order is the table that was written. */
static void
test_restore_keeps_detail(void **state)
{
	struct table		 *a = table_new(TABLE_ROWS_LEAST, NULL);
	struct table		 *b = table_new(TABLE_ROWS_LEAST, NULL);
	const struct flow	**rows;
	struct flow		  f;
	size_t			  i, n;

	(void)state;
	for (i = 0; i < 3000; i++) {
		f = make_flow((uint32_t)(i * 2654435761u), 5, (uint16_t)i,
		    (uint8_t)i);
		table_add(a, &f, 1);
	}
	rows = table_sorted(a);
	n = table_rows(a);
	for (i = n; i > 0; i--)
		table_restore(b, rows[i - 1], 1);
	assert_int_equal(table_rows(b), n);
	assert_int_equal(table_folded(b).packets, 0);
	for (i = 0; i < n; i++)
		assert_memory_equal(look_up(b, &rows[i]->key), rows[i],
		    sizeof(*rows[i]));
	free(rows);
	table_free(a);
	table_free(b);
}

/* 1500 flows whose hashes under the seed 0 agree in their last 14 bits. */
enum { COLLIDING = 1500 };

static void
make_colliding(struct flow flows[COLLIDING])
{
	struct flow	f;
	uint32_t	k;
	int		n = 0;

	for (k = 0; n < COLLIDING; k++) {
		f = make_flow(k, 1, 2, 17);
		if ((XXH3_64bits_withSeed(&f.key, sizeof(f.key), 0) &
		    0x3fff) == 0x1234)
			flows[n++] = f;
	}
}

static void
test_colliding_keys_are_harmless(void **state)
{
	static struct flow	 flows[COLLIDING];
	struct table		*t = table_new(100000, NULL);
	int			 i;

	(void)state;
	make_colliding(flows);
	for (i = 0; i < COLLIDING; i++)
		table_add(t, &flows[i], 1);
	assert_int_equal(table_rows(t), COLLIDING);
	assert_true(table_worst_probe(t) < 40);
	table_free(t);
}

/* Even who knew the seed would meet the bound, and lose detail only. */
static void
test_probes_are_bounded(void **state)
{
	static struct flow	 flows[COLLIDING];
	struct table		*t;
	int			 i;

	(void)state;
	make_colliding(flows);
	fixed_seed = true;
	t = table_new(100000, NULL);
	fixed_seed = false;
	for (i = 0; i < 2 * COLLIDING; i++)
		table_add(t, &flows[i % COLLIDING], 1);
	assert_int_equal(table_worst_probe(t), 256);
	assert_int_equal(table_total(t).packets, 2 * COLLIDING);
	assert_int_equal(look_up(t, &flows[255].key)->count.packets, 2);
	assert_int_equal(table_folded(t).packets, 2 * (COLLIDING - 256));
	table_free(t);
}

/* Half full, as it is at most: how far does the worst look-up go? */
static void
test_worst_probe_of_random_keys(void **state)
{
	struct table	*t = table_new(1 << 20, NULL);
	struct flow	 f;
	uint32_t	 k;

	(void)state;
	for (k = 0; k < 3u << 18; k++) {
		f = make_flow(k, k * 3, (uint16_t)k, 6);
		table_add(t, &f, 1);
	}
	assert_int_equal(table_rows(t), 3u << 18);
	assert_true(table_worst_probe(t) < 128);
	table_free(t);
}

static void
test_memory_bound(void **state)
{
	struct table	*t = table_new(1 << 18, NULL);
	struct flow	 f;
	uint32_t	 k;

	(void)state;
	for (k = 0; k < 1u << 20; k++) {
		f = make_flow(k, k * 3, (uint16_t)k, (uint8_t)k);
		table_add(t, &f, 1);
	}
	assert_int_equal(table_rows(t), (1 << 18) + 256);
	assert_true(table_memory(t) <= 72 * (size_t)(1 << 18) + 65536);
	assert_int_equal(table_total(t).packets, 1 << 20);
	table_free(t);
}

/* What was expected finds its index made, but never more than the cap. */
static void
test_expected_rows(void **state)
{
	struct table	*t = table_new(1 << 18, NULL);
	struct flow	 f;
	size_t		 memory = 0;
	uint32_t	 k;

	(void)state;
	for (k = 0; k < 100000; k++) {
		if (k == 1000) {
			table_expect(t, 100000);
			memory = table_memory(t);
			table_expect(t, 0);
		}
		f = make_flow(k, k * 3, (uint16_t)k, 6);
		table_add(t, &f, 1);
	}
	assert_int_equal(table_rows(t), 100000);
	assert_int_equal(table_total(t).packets, 100000);
	/* One more chunk of rows. */
	assert_int_equal(table_memory(t), memory + 65536 * sizeof(f));
	table_expect(t, SIZE_MAX);
	assert_true(table_memory(t) <= 72 * (size_t)(1 << 18) + 65536);
	table_free(t);
}

#ifndef __SANITIZE_ADDRESS__	/* it has mapped all addresses itself */
/*
 * Memory is refused from the second chunk of rows on: what is known keeps
 * its detail, everything is counted.
 */
static void
test_memory_refused(void **state)
{
	struct rlimit	 before, none;
	struct table	*t = table_new(1 << 20, NULL);
	struct flow	 f = make_flow(0, 0, 0, 6);
	uint32_t	 k;

	(void)state;
	table_add(t, &f, 1);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none = before;
	none.rlim_cur = 1 << 20;	/* less than is in use */
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	for (k = 0; k < 100000; k++) {
		f = make_flow(k, 0, 0, 6);
		table_add(t, &f, 1);
	}
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_int_equal(table_rows(t), 1024 + 1);
	assert_int_equal(table_total(t).packets, 100001);
	assert_int_equal(table_folded(t).packets, 100000 - 1024);
	table_free(t);
}
#endif

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_new_rows_are_told),
		cmocka_unit_test(test_cleared_table_is_empty),
		cmocka_unit_test(test_others_keep_their_vlans),
		cmocka_unit_test(test_others_of_a_full_table),
		cmocka_unit_test(test_exact_sums),
		cmocka_unit_test(test_cap_steps),
		cmocka_unit_test(test_cap_flood),
		cmocka_unit_test(test_remote_side_folds),
		cmocka_unit_test(test_merge_in_steps),
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_clients_without_ports),
		cmocka_unit_test(test_merge_counts_folds_once),
		cmocka_unit_test(test_merge_direction),
		cmocka_unit_test(test_restore_keeps_detail),
		cmocka_unit_test(test_colliding_keys_are_harmless),
		cmocka_unit_test(test_probes_are_bounded),
		cmocka_unit_test(test_worst_probe_of_random_keys),
		cmocka_unit_test(test_memory_bound),
		cmocka_unit_test(test_expected_rows),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(test_memory_refused),
#endif
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
