/*
 * Which blocks the history has: those of one name are told apart by what they
 * say of themselves, whatever their number; and no time is that of no block.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "history/history_impl.h"
#include "opened.h"
#include "rowset.h"
#include "scratch.h"

#define NSEC	UINT64_C(1000000000)
/* 2026-01-01 00:00 UTC, and a block every five minutes from then on. */
#define BEGIN	(UINT64_C(1767225600) * NSEC)
#define LENGTH	(300 * NSEC)

static char	dirname[SCRATCH_LEN];

static int
setup(void **state)
{
	(void)state;
	return (scratch_make(dirname));
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dirname));
}

static struct history *
open_history(enum history_mode mode)
{
	return (opened(dirname, mode, 120));
}

static struct history_account
account(struct history *h, const char *name)
{
	struct history_account	a;

	assert_int_equal(history_account(h, name, &a), 1);
	return (a);
}

/* ---- blocks ---- */

/* A block of these generations, at their time, of one packet each. */
static struct block_info
block(uint64_t instance, uint64_t first, uint64_t last)
{
	struct block_info	b;

	info_make(&b, instance, last, first);
	b.begin_ns = BEGIN + first * LENGTH;
	b.end_ns = BEGIN + (last + 1) * LENGTH - 1;
	b.duration_ns = b.end_ns - b.begin_ns;
	b.rows = last - first + 1;
	b.total.packets = b.total.data = b.total.ip = b.rows;
	return (b);
}

/* Another one of the same name. */
static struct block_info
other(uint64_t instance, uint64_t first, uint64_t last, uint64_t later)
{
	struct block_info	b = block(instance, first, last);

	b.begin_ns += later * LENGTH;
	b.end_ns += later * LENGTH;
	return (b);
}

static struct flow
row_of(const struct block_info *b)
{
	struct flow	f = { .key = { .sport = 80, .dport = 1025 } };

	f.key.family = FLOW_FAMILY_IP4;
	f.key.proto = 6;
	f.key.src[12] = f.key.dst[12] = 10;
	f.key.dst[15] = 1;
	f.count = b->total;
	return (f);
}

static enum history_known
known(struct history *h, const char *name, struct block_info b)
{
	struct history_account	a = account(h, name);

	return (history_knows(h, &a, &b));
}

/* Add it, which is then known. */
static void
add(struct history *h, const char *name, struct block_info b)
{
	struct flow	row = row_of(&b);

	assert_int_equal(history_feed_begin(h, name), 0);
	assert_int_equal(history_feed_block(h, &b), 0);
	assert_int_equal(history_feed_rows(h, &row, 1), 0);
	assert_int_equal(history_feed_commit(h, NULL), 0);
	assert_int_equal(known(h, name, b), HISTORY_KNOWN);
}

static uint64_t
packets(struct history *h, const char *name)
{
	struct history_account	a = account(h, name);
	struct history_range	r = { 0, UINT32_MAX };
	struct history_totals	t;

	assert_int_equal(history_total(h, &a, r, &t), 0);
	return (t.total.packets);
}

/* ---- names and blocks ---- */

static void
blocks_of_one_name_are_told_apart(void **state)
{
	struct history	*h = open_history(HISTORY_CREATE);
	struct block_info b;

	(void)state;
	add(h, "eth0", block(7, 3, 3));
	add(h, "eth0", block(7, 4, 4));
	assert_int_equal(known(h, "eth0", block(7, 5, 5)), HISTORY_NEW);
	assert_int_equal(known(h, "eth0", block(8, 3, 3)), HISTORY_NEW);
	assert_int_equal(known(h, "eth0", other(7, 3, 3, 90)),
	    HISTORY_CONFLICT);
	add(h, "eth0", other(7, 3, 3, 90));
	assert_int_equal(known(h, "eth0", block(7, 3, 3)), HISTORY_KNOWN);
	/* Each number of a header counts. */
	b = block(7, 4, 4);
	b.total.ip++;
	assert_int_equal(known(h, "eth0", b), HISTORY_CONFLICT);
	b = block(7, 4, 4);
	b.end_ns++;
	assert_int_equal(known(h, "eth0", b), HISTORY_CONFLICT);
	b = block(7, 4, 4);
	b.ledger.v[LEDGER_FRAMES]++;
	assert_int_equal(known(h, "eth0", b), HISTORY_CONFLICT);
	/* But not how the block is encoded. */
	b = block(7, 4, 4);
	b.checksum = 99;
	assert_int_equal(known(h, "eth0", b), HISTORY_KNOWN);
	assert_int_equal(packets(h, "eth0"), 3);
	assert_int_equal(history_close(h), 0);
}

static void
parts_of_what_is_known(void **state)
{
	struct history		*h = open_history(HISTORY_CREATE);
	struct block_info	 b;

	(void)state;
	add(h, "eth0", block(7, 3, 5));
	add(h, "eth0", block(7, 6, 6));
	/* A summary of both. */
	assert_int_equal(known(h, "eth0", block(7, 3, 6)), HISTORY_KNOWN);
	/* One that says to be, and is more. */
	b = block(7, 3, 6);
	b.total.packets++;
	assert_int_equal(known(h, "eth0", b), HISTORY_OVERLAP);
	/* What a save that failed has left, written again with the next. */
	assert_int_equal(known(h, "eth0", block(7, 5, 7)), HISTORY_OVERLAP);
	assert_int_equal(known(h, "eth0", block(7, 6, 8)), HISTORY_OVERLAP);
	/* Part of a block, or at another time: another block. */
	assert_int_equal(known(h, "eth0", other(7, 4, 4, 50)),
	    HISTORY_CONFLICT);
	assert_int_equal(known(h, "eth0", other(7, 5, 8, 50)),
	    HISTORY_CONFLICT);
	add(h, "eth0", other(7, 5, 8, 50));
	assert_int_equal(known(h, "eth0", block(7, 7, 7)), HISTORY_NEW);
	assert_int_equal(packets(h, "eth0"), 8);
	assert_int_equal(history_close(h), 0);
}

#define MANY	300

static void
many_blocks_in_any_order(void **state)
{
	struct history	*h = open_history(HISTORY_CREATE);
	uint64_t	 rng = 5, order[MANY], swap;
	size_t		 i, j;

	(void)state;
	for (i = 0; i < MANY; i++)
		order[i] = i + 1;
	/* The first half as they come, the others as they may. */
	for (i = MANY - 1; i > MANY / 2; i--) {
		j = MANY / 2 + (size_t)random_next(&rng) % (i - MANY / 2 + 1);
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	for (i = 0; i < MANY; i++) {
		assert_int_equal(i == 0 ? HISTORY_NEW : known(h, "eth0",
		    block(7, order[i], order[i])), HISTORY_NEW);
		add(h, "eth0", block(7, order[i], order[i]));
	}
	for (i = 1; i <= MANY; i++) {
		assert_int_equal(known(h, "eth0", block(7, i, i)),
		    HISTORY_KNOWN);
		assert_int_equal(known(h, "eth0", other(7, i, i, 5)),
		    HISTORY_CONFLICT);
	}
	assert_int_equal(packets(h, "eth0"), MANY);
	assert_int_equal(history_close(h), 0);
}

static void
what_another_account_has_not(void **state)
{
	struct history		*h = open_history(HISTORY_CREATE);
	struct history_account	 a, b;
	uint64_t		 n, i;

	(void)state;
	for (i = 1; i < 300; i++) {
		add(h, "eth0", block(7, i, i));
		if (i % 3 != 0)
			add(h, "eth1", block(7, i, i));
	}
	add(h, "eth0", other(7, 5, 5, 1000));
	add(h, "eth1", other(7, 6, 6, 1000));
	a = account(h, "eth0");
	b = account(h, "eth1");
	assert_int_equal(history_missing(h, &a, h, &b, &n), 0);
	assert_int_equal(n, 99 + 1);
	/* The name is known there, but not the block. */
	assert_int_equal(history_missing(h, &b, h, &a, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(history_count_again(h, &a, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(history_close(h), 0);
}

/* ---- as format 2 had it ---- */

/* One item for generations side by side: the last one, and no blocks. */
static void
forget_blocks(struct history *h, uint64_t first, uint64_t last)
{
	struct history_account	a = account(h, "eth0");
	uint8_t			key[21], value[8], *to = key;
	uint64_t		i;

	assert_int_equal(store_begin(h->store), 0);
	for (i = last; i >= first; i--) {
		*key = KEY_EPOCH;
		to = put_be(key + 1, a.id, 4);
		to = put_be(to, 7, 8);
		(void)put_be(to, i, 8);
		assert_int_equal(store_delete(h->store, key, sizeof(key)), 0);
	}
	(void)put_be(value, last, 8);
	assert_int_equal(store_put(h->store, key, sizeof(key), value,
	    sizeof(value)), 0);
	assert_int_equal(store_commit(h->store), 0);
}

static void
blocks_that_format_2_noted(void **state)
{
	struct history		*h = open_history(HISTORY_CREATE);
	struct history_account	 a;
	uint64_t		 i;

	(void)state;
	for (i = 1; i <= 20; i++)
		add(h, "eth0", block(7, i, i));
	forget_blocks(h, 1, 20);
	/* As long as its hours are kept they tell. */
	assert_int_equal(known(h, "eth0", block(7, 9, 9)), HISTORY_KNOWN);
	assert_int_equal(known(h, "eth0", other(7, 9, 9, 900)),
	    HISTORY_CONFLICT);
	add(h, "eth0", other(7, 9, 9, 900));
	add(h, "eth0", block(7, 21, 21));
	add(h, "eth0", other(7, 22, 22, 2000));
	/* Then the name is all there is. */
	a = account(h, "eth0");
	assert_int_equal(history_prune(h, &a, HISTORY_HOUR, a.last), 0);
	assert_true(a.kept[HISTORY_HOUR] > history_hour(&(struct block_info){
	    .begin_ns = BEGIN, .end_ns = BEGIN }));
	assert_int_equal(known(h, "eth0", block(7, 9, 9)), HISTORY_KNOWN);
	assert_int_equal(known(h, "eth0", other(7, 21, 21, 1)),
	    HISTORY_CONFLICT);
	assert_int_equal(known(h, "eth0", other(7, 9, 9, 900)),
	    HISTORY_KNOWN);
	assert_int_equal(packets(h, "eth0"), 23);
	assert_int_equal(history_close(h), 0);
}

/* ---- times ---- */

static struct block_info
block_at(uint64_t epoch, uint64_t begin_ns, uint64_t end_ns)
{
	struct block_info	b = block(7, epoch, epoch);

	b.begin_ns = begin_ns;
	b.end_ns = end_ns;
	return (b);
}

static int
count_row(void *arg, const struct history_row *row)
{
	*(uint64_t *)arg += row->count[0].packets;
	return (0);
}

/* Packets of the services of a range, as answers add them up. */
static uint64_t
rows_of(struct history *h, uint32_t from, uint32_t until)
{
	struct history_account	a = account(h, "eth0");
	struct history_range	r = { from, until };
	uint64_t		n = 0;

	assert_int_equal(history_each(h, &a, HISTORY_SERVICE, r, NULL,
	    count_row, &n), 0);
	return (n);
}

/* All that is over is summed up. */
static void
close_all(struct history *h)
{
	struct history_account	a;
	unsigned		n = 0;

	do {
		assert_int_equal(history_feed_begin(h, "eth0"), 0);
		assert_int_equal(history_feed_commit(h, NULL), 0);
		a = account(h, "eth0");
		assert_true(++n < 50);
	} while (a.closed < a.last && a.closed < (uint64_t)time(NULL) / 3600);
}

static void
no_time_is_that_of_no_block(void **state)
{
	/* The last hour that 64 bits of nanoseconds have. */
	const uint32_t	 end = (uint32_t)(UINT64_MAX / HISTORY_HOUR_NS);
	struct history	*h = open_history(HISTORY_CREATE);

	(void)state;
	add(h, "eth0", block_at(1, 0, 0));
	assert_int_equal(account(h, "eth0").first, 0);
	assert_int_equal(packets(h, "eth0"), 1);
	assert_int_equal(rows_of(h, 0, 1), 1);
	add(h, "eth0", block_at(2, 0, 1000));
	add(h, "eth0", block_at(3, 1, 0));
	assert_int_equal(rows_of(h, 0, 1), 3);
	add(h, "eth0", block_at(4, HISTORY_HOUR_NS, HISTORY_HOUR_NS));
	add(h, "eth0", block_at(5, BEGIN, BEGIN + LENGTH));
	assert_int_equal(account(h, "eth0").first, 0);
	close_all(h);
	assert_int_equal(rows_of(h, 0, 1), 3);
	assert_int_equal(rows_of(h, 0, 24), 4);
	assert_int_equal(rows_of(h, 0, UINT32_MAX), 5);
	/* 2106-02-07, and the end. */
	add(h, "eth0", block_at(6, (NSEC << 32) + 5, (NSEC << 32) + 5));
	add(h, "eth0", block_at(7, UINT64_MAX, UINT64_MAX));
	assert_int_equal(account(h, "eth0").last, end);
	assert_int_equal(rows_of(h, end, UINT32_MAX), 1);
	assert_int_equal(rows_of(h, 0, UINT32_MAX), 7);
	assert_int_equal(packets(h, "eth0"), 7);
	/* One that comes late for what is summed up. */
	add(h, "eth0", block_at(8, 7, 7));
	assert_int_equal(rows_of(h, 0, 1), 4);
	assert_int_equal(rows_of(h, 0, 24), 5);
	assert_int_equal(rows_of(h, 0, UINT32_MAX), 8);
	assert_int_equal(history_close(h), 0);
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		CASE(blocks_of_one_name_are_told_apart),
		CASE(parts_of_what_is_known),
		CASE(many_blocks_in_any_order),
		CASE(what_another_account_has_not),
		CASE(blocks_that_format_2_noted),
		CASE(no_time_is_that_of_no_block),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
