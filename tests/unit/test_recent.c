/*
 * packet/recent.c adds up packets of one flow before they reach the table: the
 * table must be the same, row by row and in the same order, as without it, for
 * pseudo-random frames.
 */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet/recent.h"
#include "table/table.h"
#include "within.h"

#define LINK_ETHERNET	1
#define FRAMES		60000
#define LENGTH		90

static uint8_t		octets[FRAMES][LENGTH];
static struct frame	frames[FRAMES];
static uint64_t		rng;

static uint32_t
draw(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return ((uint32_t)(rng >> 32) % below);
}

/* What may follow the addresses of Ethernet: plain, and all that is not. */
static const struct shape {
	uint8_t		head[4];	/* type and what follows */
	uint8_t		headlen;
	uint8_t		ip;		/* first octet of the IP header */
	uint8_t		fragment;
	uint8_t		caplen;
} shapes[] = {
	{ { 0x08, 0x00 }, 2, 0x45, 0, LENGTH },
	{ { 0x08, 0x00 }, 2, 0x45, 0x40, LENGTH },	/* do not fragment */
	{ { 0x08, 0x00 }, 2, 0x45, 0x20, LENGTH },	/* the first one */
	{ { 0x08, 0x00 }, 2, 0x45, 0x01, LENGTH },	/* a later one */
	{ { 0x08, 0x00 }, 2, 0x46, 0, LENGTH },		/* options */
	{ { 0x08, 0x00 }, 2, 0x55, 0, LENGTH },		/* no such version */
	{ { 0x08, 0x00 }, 2, 0x45, 0, 14 + 20 + 13 },	/* cut */
	{ { 0x08, 0x00 }, 2, 0x45, 0, 30 },
	{ { 0x81, 0x00, 0x00, 0x64 }, 4, 0x08, 0, LENGTH }, /* VLAN, cut */
	{ { 0x86, 0xdd }, 2, 0x60, 0, LENGTH },
	{ { 0x08, 0x06 }, 2, 0x00, 0, LENGTH },		/* ARP */
};

static const uint8_t	protocols[] = { 6, 6, 17, 1, 50, 132, 0 };

static void
make_frame(size_t i, uint32_t flows, uint32_t plain)
{
	const struct shape	*s = &shapes[draw(100) < plain ? 0 :
	    draw(sizeof(shapes) / sizeof(shapes[0]))];
	uint32_t		 flow = draw(flows);
	uint8_t			*ip = octets[i] + 12 + s->headlen;

	memset(octets[i], 0, LENGTH);
	memcpy(octets[i] + 12, s->head, s->headlen);
	ip[0] = s->ip;
	ip[2] = (uint8_t)draw(6);		/* lengths: some too short */
	ip[3] = (uint8_t)draw(256);
	ip[6] = s->fragment;
	ip[9] = protocols[flow % sizeof(protocols)];
	memcpy(ip + 14, &flow, 2);
	memcpy(ip + 18, &flow, 2);
	ip[21] = (uint8_t)(flow >> 16);
	ip[23] = (uint8_t)(flow % 3);
	ip[32] = (uint8_t)draw(256);		/* TCP's offset, and flags */
	frames[i] = (struct frame){ .octets = octets[i],
	    .caplen = s->caplen, .wirelen = LENGTH };
}

/* The ordinary way. */
static struct table *
count_plainly(enum flow_ports ports, size_t rows,
    uint64_t counts[DECODED_VERDICTS])
{
	struct table	*t = table_new(rows, NULL);
	struct flow	 flows[TABLE_BATCH];
	const struct frame *from[TABLE_BATCH];
	size_t		 i, n;

	for (i = 0; i < FRAMES; i += n) {
		n = FRAMES - i < TABLE_BATCH ? FRAMES - i : TABLE_BATCH;
		table_add(t, flows, decode_frames(decode_for_link(
		    LINK_ETHERNET), ports, frames + i, n, flows, from,
		    counts, NULL));
	}
	return (t);
}

static struct table *
count_recent(enum flow_ports ports, size_t rows,
    uint64_t counts[DECODED_VERDICTS])
{
	struct recent	*r = recent_new(ports);
	struct table	*t = table_new(rows, NULL);
	struct flow	 flows[TABLE_BATCH];
	const struct frame *from[TABLE_BATCH];
	size_t		 i, n;

	for (i = 0; i < FRAMES; i += n) {
		n = recent_frames_for(r, TABLE_BATCH);
		n = FRAMES - i < n ? FRAMES - i : n;
		table_add(t, flows, recent_frames(r, frames + i, n, flows,
		    from, counts));
	}
	while ((n = recent_rest(r, flows, TABLE_BATCH)) > 0)
		table_add(t, flows, n);
	recent_free(r);
	return (t);
}

static void
compare(enum flow_ports ports, size_t rows)
{
	uint64_t	 want[DECODED_VERDICTS] = { 0 };
	uint64_t	 got[DECODED_VERDICTS] = { 0 };
	struct table	*a = count_plainly(ports, rows, want);
	struct table	*b = count_recent(ports, rows, got);
	size_t		 i;

	assert_memory_equal(want, got, sizeof(want));
	assert_int_equal(table_rows(a), table_rows(b));
	for (i = 0; i < table_rows(a); i++)
		assert_memory_equal(table_row(a, i), table_row(b, i),
		    sizeof(struct flow));
	assert_int_equal(table_folded(a).ip, table_folded(b).ip);
	table_free(a);
	table_free(b);
}

/* Flows, plain packets in a hundred, rows of the table. */
static const struct {
	uint32_t	flows, plain;
	size_t		rows;
} cases[] = {
	{ 40, 100, 100000 },
	{ 40, 0, 100000 },
	{ 2000, 97, 100000 },
	{ 2000, 97, 1024 },		/* too few: detail is given up */
	{ 200000, 100, 100000 },	/* not worth while: it rests */
};

static void
test_same_table(void **state)
{
	enum flow_ports	ports;
	size_t		c, i;

	(void)state;
	for (c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		rng = 1 + c;
		for (i = 0; i < FRAMES; i++)
			make_frame(i, cases[c].flows, cases[c].plain);
		for (ports = 0; ports < FLOW_PORTS_MODES; ports++)
			compare(ports, cases[c].rows);
	}
}

/* How many flows the frames of a range become before the rest is taken. */
static size_t
given(struct recent *r, size_t from, size_t to)
{
	uint64_t	counts[DECODED_VERDICTS] = { 0 };
	struct flow	flows[TABLE_BATCH];
	const struct frame *from_of[TABLE_BATCH];
	size_t		n, sum = 0;

	for (; from < to; from += n) {
		n = recent_frames_for(r, TABLE_BATCH);
		n = to - from < n ? to - from : n;
		sum += recent_frames(r, frames + from, n, flows, from_of,
		    counts);
	}
	return (sum);
}

static void
test_adds_up(void **state)
{
	struct recent	*r = recent_new(FLOW_PORTS_ALL);
	size_t		 i;

	(void)state;
	rng = 7;
	for (i = 0; i < FRAMES; i++)
		make_frame(i, 10, 100);
	assert_true(within(given(r, 0, FRAMES), 10, FRAMES / 8));
	recent_free(r);
}

/* No packet belongs to a flow that was there: after a while it gives up. */
static void
test_rests(void **state)
{
	struct recent	*r = recent_new(FLOW_PORTS_ALL);
	size_t		 i, asked;

	(void)state;
	rng = 8;
	for (i = 0; i < FRAMES; i++)
		make_frame(i, 10000000, 100);
	assert_int_equal(recent_frames_for(r, TABLE_BATCH), TABLE_BATCH / 2);
	given(r, 0, FRAMES / 2);
	assert_int_equal(recent_frames_for(r, TABLE_BATCH), TABLE_BATCH);
	for (asked = 0; recent_frames_for(r, TABLE_BATCH) == TABLE_BATCH &&
	    asked < 100; asked++)
		given(r, 0, FRAMES);
	assert_true(within(asked, 1, 99));
	recent_free(r);
}

/* When the rest ends between two calls for the frames of one room, they fit. */
static void
test_room_holds_when_the_rest_ends(void **state)
{
	struct recent	*r = recent_new(FLOW_PORTS_ALL);
	uint64_t	counts[DECODED_VERDICTS] = { 0 };
	struct flow	flows[2 * TABLE_BATCH];
	const struct frame *from[2 * TABLE_BATCH];
	size_t		i, n, out, before = 0;

	(void)state;
	rng = 9;
	/* Many flows, so that it rests, but some packets are held back ... */
	for (i = 0; i < FRAMES / 2; i++)
		make_frame(i, 5000, 100);
	/* ... and flows that take their slots. */
	for (; i < FRAMES; i++)
		make_frame(i, 10000000, 100);
	given(r, 0, FRAMES / 2);
	assert_int_equal(recent_frames_for(r, TABLE_BATCH), TABLE_BATCH);
	for (i = 0; before < 2; i = (i + n) % (FRAMES / 2 - TABLE_BATCH)) {
		n = recent_frames_for(r, TABLE_BATCH);
		before += n < TABLE_BATCH;
		out = recent_frames(r, frames + FRAMES / 2 + i, n * 3 / 4, flows,
		    from, counts);
		out += recent_frames(r, frames + FRAMES / 2 + i + n * 3 / 4,
		    n / 4, flows + out, from + out, counts);
		assert_true(out <= TABLE_BATCH);
	}
	recent_free(r);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_same_table),
		cmocka_unit_test(test_adds_up),
		cmocka_unit_test(test_rests),
		cmocka_unit_test(test_room_holds_when_the_rest_ends),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
