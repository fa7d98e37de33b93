/*
 * What is said when the interface's own counters and the account differ.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet/closure.h"

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

struct counters {
	uint64_t	rx_packets, rx_bytes, tx_packets, tx_bytes;
};

/* The account has 1000 packets with 100,000 bytes. */
static struct ledger
ledger_of(struct counters c)
{
	struct ledger	l = { { 0 } };

	l.v[LEDGER_FRAMES] = 1000;
	l.v[LEDGER_WIRE_BYTES] = 100000;
	l.v[LEDGER_RX_PACKETS_BEGIN] = 7;
	l.v[LEDGER_RX_BYTES_BEGIN] = 700;
	l.v[LEDGER_TX_PACKETS_BEGIN] = 5;
	l.v[LEDGER_TX_BYTES_BEGIN] = 500;
	l.v[LEDGER_RX_PACKETS_END] = 7 + c.rx_packets;
	l.v[LEDGER_RX_BYTES_END] = 700 + c.rx_bytes;
	l.v[LEDGER_TX_PACKETS_END] = 5 + c.tx_packets;
	l.v[LEDGER_TX_BYTES_END] = 500 + c.tx_bytes;
	return (l);
}

static void
assert_says(const struct ledger *l, bool filtered, const char *text)
{
	char	buf[CLOSURE_LEN];

	assert_non_null(closure_format(l, filtered, buf));
	assert_string_equal(buf, text);
}

static void
the_same(void **state)
{
	struct ledger	l = ledger_of((struct counters){ 600, 60000, 400,
	    40000 });
	struct closure	c;

	(void)state;
	assert_true(closure_get(&l, &c));
	assert_int_equal(c.iface_packets, 1000);
	assert_int_equal(c.iface_bytes, 100000);
	assert_int_equal(c.packets, 1000);
	assert_int_equal(c.bytes, 100000);
	assert_says(&l, true, "the interface itself counted the same: 1,000 "
	    "packets, 100,000 bytes");
	l.v[LEDGER_JOINED] = 3;
	assert_says(&l, false, "the interface itself counted the same: 1,000 "
	    "packets, 100,000 bytes; it counts joined frames once, too");
}

static void
unknown(void **state)
{
	struct ledger	l = { { 0 } };
	char		buf[CLOSURE_LEN];

	(void)state;
	l.v[LEDGER_FRAMES] = 10;	/* a capture, or `any' */
	assert_null(closure_format(&l, false, buf));
	l = ledger_of((struct counters){ 1, 1, 1, 1 });
	l.v[LEDGER_TX_BYTES_END] = 0;	/* a sum of two interfaces */
	assert_null(closure_format(&l, false, buf));
}

static void
numbers(void **state)
{
	struct ledger	l = ledger_of((struct counters){ 1000, 120000, 1000,
	    80000 });

	(void)state;
	l.v[LEDGER_FRAMES] = 500;
	l.v[LEDGER_SEGMENTS] = 1000;
	assert_says(&l, true, "the interface itself counted 2,000 packets, "
	    "200,000 bytes, the account 1,500 (-25.00%), 100,000 (-50.00%); "
	    "the filter leaves packets out");
	l = ledger_of((struct counters){ 0, 0, 0, 0 });
	l.v[LEDGER_FRAMES] = 1;
	l.v[LEDGER_WIRE_BYTES] = 60;
	assert_says(&l, false, "the interface itself counted 0 packets, "
	    "0 bytes, the account 1, 60; its counters are "
	    "read a moment earlier or later");
}

static void
reasons(void **state)
{
	static const struct {
		struct counters		 c;
		enum ledger_entry	 entry;
		uint64_t		 n;
		const char		*why;
	} cases[] = {
		{ { 1000, 100000, 1000, 100000 }, LEDGER_GAPS, 0,
		    "it counts each packet twice, as sent and as received" },
		{ { 1100, 110000, 0, 0 }, LEDGER_DROP_KERNEL, 100,
		    "packets were dropped" },
		{ { 1100, 110000, 0, 0 }, LEDGER_DROP_KERNEL, 50,
		    "frames passed it that trafd was not given" },
		{ { 3000, 130000, 0, 0 }, LEDGER_JOINED, 100,
		    "segmentation offload had joined packets before trafd "
		    "received them" },
		{ { 3000, 130000, 0, 0 }, LEDGER_GAP_NS, 100,
		    "nothing was counted in the gaps" },
		{ { 1016, 101600, 0, 0 }, LEDGER_GAPS, 0,
		    "its counters are read a moment earlier or later" },
		{ { 1017, 101700, 0, 0 }, LEDGER_GAPS, 0,
		    "frames passed it that trafd was not given" },
		{ { 984, 98400, 0, 0 }, LEDGER_GAPS, 0,
		    "its counters are read a moment earlier or later" },
		{ { 983, 98300, 0, 0 }, LEDGER_GAPS, 0,
		    "it does not count all frames that trafd was given" },
		{ { 1000, 30000, 0, 0 }, LEDGER_SEGMENTS, 2000,
		    "it counts a frame that segmentation offload has joined "
		    "once, with one header; the account is that of the wire" },
		{ { 1000, 30000, 0, 0 }, LEDGER_SEGMENTS, 1000,
		    "it counts a frame that segmentation offload has joined "
		    "once, with one header; the account is that of the wire" },
		{ { 1000, 104000, 0, 0 }, LEDGER_GAPS, 0,
		    "it counts 4 bytes more a packet, of the link layer" },
		{ { 1000, 99000, 0, 0 }, LEDGER_GAPS, 0,
		    "it counts 1 byte less a packet, of the link layer" },
		{ { 1000, 99001, 0, 0 }, LEDGER_GAPS, 0,
		    "it counts headers of the link layer in another way" },
	};
	struct ledger	l;
	char		buf[CLOSURE_LEN];
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		l = ledger_of(cases[i].c);
		l.v[cases[i].entry] = cases[i].n;
		assert_non_null(closure_format(&l, false, buf));
		assert_non_null(strstr(buf, "; "));
		assert_string_equal(strstr(buf, "; ") + 2, cases[i].why);
	}
}

/* The longest text fits. */
static void
fits(void **state)
{
	struct ledger	l = { { 0 } };
	char		buf[CLOSURE_LEN];

	(void)state;
	l.v[LEDGER_FRAMES] = UINT64_C(1) << 63;
	l.v[LEDGER_SEGMENTS] = UINT64_MAX / 2;
	l.v[LEDGER_WIRE_BYTES] = UINT64_MAX;
	l.v[LEDGER_RX_PACKETS_END] = UINT64_C(1) << 63;
	l.v[LEDGER_RX_BYTES_END] = UINT64_MAX - 1;
	assert_non_null(closure_format(&l, false, buf));
	assert_non_null(strstr(buf, "of the wire"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(the_same),
		cmocka_unit_test(unknown),
		cmocka_unit_test(numbers),
		cmocka_unit_test(reasons),
		cmocka_unit_test(fits),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
