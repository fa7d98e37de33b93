/*
 * Frames that are longer than the wire allows: which are noted, and how many
 * bytes are missing at least.  And frames that the kernel knows to be several
 * packets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"
#include "packet/coverage.h"
#include "packet/joined.h"

#define ETHERNET	1

static const struct {
	uint32_t	ip;		/* bytes of the IP packet */
	uint8_t		proto;
	uint8_t		offset;		/* of TCP, in words */
	uint32_t	mtu;
	bool		zeros;		/* MAC addresses of zeros */
	uint64_t	frames, bytes;
} cases[] = {
	{ 1500, 6, 5, 1500, false, 0, 0 },
	{ 1501, 6, 5, 1500, false, 1, 40 },
	/* 1460 bytes of data in each packet. */
	{ 40 + 2 * 1460, 6, 5, 1500, false, 1, 40 },
	{ 40 + 2 * 1460 + 1, 6, 5, 1500, false, 1, 80 },
	/* Time stamps: 1448. */
	{ 52 + 44 * 1448, 6, 8, 1500, false, 1, 43 * 52 },
	{ 28 + 3 * 1472, 17, 0, 1500, false, 1, 56 },
	{ 65535, 6, 5, 65536, false, 0, 0 },
	{ 65535, 6, 5, 1500, true, 0, 0 },
	/* A protocol that nothing joins: IP's header is repeated. */
	{ 20 + 2 * 1480, 47, 0, 1500, false, 1, 20 },
	/* An MTU that holds no headers. */
	{ 45, 6, 5, 40, false, 1, 4 * 40 },
};

static void
make(uint8_t frame[64], size_t i)
{
	memset(frame, 0, 64);
	frame[6] = cases[i].zeros ? 0 : 0x52;
	put_be16(frame + 12, 0x0800);
	frame[14] = 0x45;
	put_be16(frame + 16, (uint16_t)cases[i].ip);
	frame[23] = cases[i].proto;
	frame[46] = (uint8_t)(cases[i].offset << 4);
}

static void
what_is_missing(void **state)
{
	uint8_t		octets[64];
	struct frame	f = { .octets = octets, .caplen = sizeof(octets) };
	struct ledger	l;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(octets, i);
		memset(&l, 0, sizeof(l));
		f.wirelen = 14 + cases[i].ip;
		joined_note(&l, decode_for_link(ETHERNET), &f, 1,
		    cases[i].mtu);
		if (l.v[LEDGER_JOINED] != cases[i].frames ||
		    l.v[LEDGER_JOINED_BYTES] != cases[i].bytes)
			fail_msg("%zu: %llu frames, %llu bytes", i,
			    (unsigned long long)l.v[LEDGER_JOINED],
			    (unsigned long long)l.v[LEDGER_JOINED_BYTES]);
	}
}

/* A long frame that is not IP, or is damaged, is no joined one. */
static void
no_packets(void **state)
{
	uint8_t		octets[64] = { [6] = 1, [12] = 8, [13] = 6 };
	struct frame	f[2] = {
		{ .octets = octets, .caplen = 64, .wirelen = 9000 },
		{ .octets = octets, .caplen = 5, .wirelen = 9000 },
	};
	struct ledger	l = { .v = { 0 } };

	(void)state;
	joined_note(&l, decode_for_link(ETHERNET), f, 2, 1500);
	assert_int_equal(ledger_used(&l), 0);
}

/* Where the kernel counts, frames are known to stand for more packets. */
static void
packets_seen(void **state)
{
	struct ledger	l = { .v = { [LEDGER_FRAMES] = 1000,
			    [LEDGER_IP] = 990, [LEDGER_NONIP] = 10,
			    [LEDGER_SEGMENTS] = 8000 } };
	char		text[COVERAGE_LEN];

	(void)state;
	assert_string_equal(coverage_short(&l, true, text),
	    "100% of 9,000 packets seen; 0 dropped; 10 not IP");
	l.v[LEDGER_DROP_KERNEL] = 1000;
	assert_string_equal(coverage_short(&l, true, text),
	    "90.0% of 10,000 packets seen; 1,000 dropped by the capture "
	    "buffer, 0 by the interface; 0 gaps, 0 s; 10 not IP");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(no_packets),
		cmocka_unit_test(packets_seen),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
