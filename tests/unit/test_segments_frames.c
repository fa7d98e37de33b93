/*
 * Frames that stand for several packets, as a ring describes them: random
 * headers, tunnels and sizes, in all that was captured or only its beginning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"
#include "packet/segments.h"
#include "wire_model.h"

#define ETHERNET	1
#define RUNS		50000

static struct ledger	ledger;
static enum flow_ports	ports;

/* Count a frame, of which so many octets are there, in memory of that size. */
static void
run(const struct out *o, size_t caplen, size_t wirelen, size_t size, bool udp)
{
	uint8_t			*octets = malloc(caplen);
	struct frame		 f = { .octets = octets,
				    .caplen = (uint32_t)caplen,
				    .wirelen = (uint32_t)wirelen,
				    .gso_size = (uint16_t)size,
				    .gso_udp = udp };
	const struct frame	*from[1];
	struct flow		 flow;
	uint64_t		 verdicts[DECODED_VERDICTS] = { 0 };

	assert_non_null(octets);
	memcpy(octets, o->at, caplen);
	memset(&wire_got, 0, sizeof(wire_got));
	memset(&ledger, 0, sizeof(ledger));
	if (segments_decode(decode_for_link(ETHERNET), ports, &f, &flow, from,
	    verdicts, &wire_got.tally, &ledger) == 1) {
		assert_ptr_equal(from[0], &f);
		assert_int_equal(segments_count(decode_for_link(ETHERNET), &f),
		    f.gso_size == 0 ? 0 : flow.count.packets);
		wire_add(&wire_got, &flow);
	}
	wire_got.wire_bytes = wirelen + ledger.v[LEDGER_WIRE_BYTES];
	wire_got.segments = ledger.v[LEDGER_SEGMENTS];
	free(octets);
}

static size_t
captured(const struct out *o)
{
	return (o->n > DECODE_SNAPLEN && wire_below(2) == 0 ? DECODE_SNAPLEN :
	    o->n);
}

static void
random_frames(void **state)
{
	struct shape	s;
	struct out	o;
	unsigned	i;
	size_t		size;

	(void)state;
	ports = FLOW_PORTS_ALL;
	for (i = 0; i < RUNS; i++) {
		do
			s = wire_choose();
		while (s.proto == 132);
		(void)wire_frame(&o, &s, &size);
		run(&o, captured(&o), o.n, size, s.proto == 17);
		wire_same();
	}
}

/* Without ports, data bytes are what IP carries. */
static void
without_ports(void **state)
{
	struct shape	s = { .proto = 6, .offset = 8, .port = 80 };
	struct out	o;

	(void)state;
	ports = FLOW_PORTS_NONE;
	(void)wire_cut(&s, 1000, 300, 0x18);
	wire_make(&o, &s, 1000, 1000, 0x18);
	run(&o, o.n, o.n, 300, false);
	assert_int_equal(wire_got.flow.count.packets, 4);
	assert_int_equal(wire_got.flow.count.ip, 1000 + 4 * 52);
	assert_int_equal(wire_got.flow.count.data, 1000 + 4 * 32);
	assert_int_equal(wire_got.flow.key.proto, 0);
}

/*
 * A program that sends datagrams to the port of a tunnel: each may have headers
 * of VXLAN and a packet in it, or anything else.
 */
static void
datagrams(void **state)
{
	struct shape	s = { .proto = 17, .port = 4789 };
	struct out	o;

	(void)state;
	ports = FLOW_PORTS_ALL;
	assert_int_equal(wire_cut(&s, 1000, 100, 0), 10);
	wire_make(&o, &s, 1000, 1000, 0);
	run(&o, o.n, o.n, 100, true);
	wire_same();
	/* VXLAN, Ethernet, IPv4 of 78 bytes, UDP: 100 bytes of payload. */
	memcpy(o.at + 42, "\x08\0\0\0\0\0\7\0", 8);
	memcpy(o.at + 62, "\x08\0", 2);
	memcpy(o.at + 64, "\x45\0\0\x4e\0\0\0\0\x40\x11", 10);
	put_be16(o.at + 84, 1);
	put_be16(o.at + 86, 53);
	run(&o, o.n, o.n, 100, true);
	wire_same();
	/* The same as one datagram in a tunnel, which the kernel will cut. */
	put_be16(o.at + 66, (uint16_t)(o.n - 64));
	run(&o, o.n, o.n, 100, true);
	assert_int_equal(wire_got.flow.count.packets, 10);
	assert_int_equal(wire_got.flow.count.ip, 950 + 10 * 78);
}

/* Linux kept the length of a long IPv6 packet in an option that no segment has. */
static void
jumbo_option(void **state)
{
	static const uint8_t	option[8] = { 6, 0, 0xc2, 4, 0, 2, 0, 0 };
	const size_t		data = 100000, headers = 40 + 20;
	struct out		o = { .n = 14 + 40 + 8 + 20 };

	(void)state;
	ports = FLOW_PORTS_ALL;
	memset(o.at, 0, sizeof(o.at));
	put_be16(o.at + 12, 0x86dd);
	o.at[14] = 0x60;
	memcpy(o.at + 54, option, sizeof(option));
	put_be32(o.at + 58, (uint32_t)(8 + 20 + data));
	o.at[62 + 12] = 0x50;
	run(&o, o.n, 14 + 48 + 20 + data, 1000, false);
	assert_int_equal(wire_got.flow.count.packets, 100);
	assert_int_equal(wire_got.flow.count.ip, data + 100 * headers);
	assert_int_equal(wire_got.flow.count.data, data);
	assert_int_equal(wire_got.wire_bytes, data + 100 * (14 + headers));
	assert_int_equal(wire_got.tally.sums[1][6].bytes,
	    data + 100 * headers);
}

/* Whatever is in it, no octet outside the frame is read. */
static void
damaged(void **state)
{
	struct shape	s;
	struct out	o;
	unsigned	i;
	size_t		k, n;

	(void)state;
	for (i = 0; i < RUNS; i++) {
		ports = (enum flow_ports)wire_below(FLOW_PORTS_MODES);
		s = wire_choose();
		wire_make(&o, &s, 300, 300, 0);
		for (k = 12 + wire_below(20); k < o.n; k += 1 + wire_below(60))
			o.at[k] = (uint8_t)wire_below(256);
		n = 1 + wire_below((unsigned)o.n);
		run(&o, n, o.n, 1 + wire_below(400), wire_below(2) == 0);
		assert_in_range(wire_got.flow.count.packets, 0, o.n);
		assert_in_range(wire_got.flow.count.ip, 0,
		    65575 + o.n * o.n);
		assert_in_range(wire_got.wire_bytes, o.n, o.n * (o.n + 1));
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(random_frames),
		cmocka_unit_test(without_ports),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(jumbo_option),
		cmocka_unit_test(damaged),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
