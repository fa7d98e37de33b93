/*
 * The decoder: a table of frames and what must be counted for them, one frame
 * per rule.  Then every prefix and many mutations of these frames, in memory of
 * exactly their size, so that a sanitizer finds each read beyond the end.  The
 * large tables are in tests/captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../packet_check.h"
#include "packet/addr.h"
#include "packet/decode.h"
#include "from_hex.h"

#define MUTATIONS	3000	/* of each frame */

/* Parts of frames, in hexadecimal; blanks are for the reader. */
#define MAC	"020000000001 020000000002 "
#define IP4(total, frag, proto) \
	"4500 " total " 0007 " frag " 40 " proto " 0000 0a000001 c0000202 "
#define IP6(length, next) \
	"60000000 " length " " next " 40 " \
	"20010db8000000000000000000000001 fe800000000000000000000000000002 "
#define PORTS	"0fa1 0050 "
#define UDP	PORTS "000b 0000 616263"
#define TCP	PORTS "00000000 00000000 6002 0000 0000 0000 01010101 616263"
#define UDP4	IP4("001f", "0000", "11") UDP
#define UDP6	IP6("000b", "11") UDP
#define TCP4	IP4("002f", "4000", "06") TCP
#define LLC	"aaaa03 000000 "
#define ZERO4	"00000000 "
#define ZERO16	ZERO4 ZERO4 ZERO4 ZERO4
#define WIFI	"0801 0000 " MAC "020000000003 0000 " LLC "0800 "
#define JUMBO	"11 00 c2 04 "

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define NFLOG_PAYLOAD	"0023 0009 "
#else
#define NFLOG_PAYLOAD	"2300 0900 "
#endif

static const struct frame_case {
	const char		*name;
	int			 link;
	const char		*hex;
	enum decode_verdict	 verdict;
	uint16_t		 sport, dport;
	uint8_t			 proto;
	uint32_t		 ip, payload, data;
	uint32_t		 wirelen;	/* 0: as captured */
} cases[] = {
	/* One way to IP for each link type. */
	{ "R2 ethernet", 1, MAC "0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ethernet, IPv6", 1, MAC "86dd" UDP6, DECODED_IP,
	    4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 null", 0, "02000000" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 null, IPv6 of FreeBSD", 0, "0000001c" UDP6, DECODED_IP,
	    4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 null, other family", 0, "07000000" UDP4, DECODED_NONIP,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R2 loop", 108, "00000018" UDP6, DECODED_IP,
	    4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 raw", 101, UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 raw 12", 12, UDP6, DECODED_IP, 4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 raw 14", 14, UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 raw, no version", 101, "50", DECODED_IP_VERSION,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R2 ipv4", 228, UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ipv6", 229, UDP6, DECODED_IP, 4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 sll", 113, "0000 0001 0006 0000000000000000 0800" UDP4,
	    DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 sll, netlink", 113, "0000 0338 0006 0000000000000000 0800" UDP4,
	    DECODED_NONIP, 0, 0, 0, 0, 0, 0, 0 },
	{ "R2 sll, 802.3", 113, "0000 0001 0006 0000000000000000 0004" LLC,
	    DECODED_NONIP, 0, 0, 0, 0, 0, 0, 0 },
	{ "R2 sll2", 276, "86dd 0000 00000003 0001 00 06 0000000000000000"
	    UDP6, DECODED_IP, 4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 ppp", 9, "ff03 0021" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ppp, Cisco HDLC", 9, "8f00 0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ppp-hdlc", 50, "0f00 86dd" UDP6, DECODED_IP,
	    4001, 80, 17, 51, 11, 3, 0 },
	{ "R2 pppoe", 51, "1100 0001 0021 0021" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 slip", 8, ZERO16 UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 chdlc", 104, "0f00 0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 frame relay", 107, "1841 03 00 cc" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 frame relay, SNAP", 107, "18420201 03 80 000000 0800" UDP4,
	    DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 frame relay, Cisco", 107, "1841 0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 enc", 109, "02000000" ZERO4 ZERO4 UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 token ring, routed", 6, "1040 020000000001 820000000002"
	    "0430 0011" LLC "0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 fddi", 10, "50" MAC LLC "0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 802.11", 105, WIFI UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 802.11, protected", 105, "0841 0000" MAC "020000000003 0000"
	    LLC "0800" UDP4, DECODED_NONIP, 0, 0, 0, 0, 0, 0, 0 },
	{ "R2 802.11, QoS", 105, "8801 0000" MAC "020000000003 0000 0000"
	    LLC "0800" UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 radiotap, padded", 127, "0000 0900 02000000 20"
	    "8801 0000" MAC "020000000003 0000 0000 0000" LLC "0800" UDP4,
	    DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ppi", 192, "0000 0800 69000000" WIFI UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 prism, 64 octets", 119, "44000000 40000000" ZERO16 ZERO16 ZERO16
	    ZERO4 ZERO4 WIFI UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 avs", 163, "80211001 00000010" ZERO4 ZERO4 WIFI UDP4,
	    DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 pppd", 166, "0103 0021" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ppp with direction", 204, "01 ff03 0021" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 ipnet", 226, "0102" ZERO16 ZERO4 "0000" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R2 nflog", 239, "02000005" NFLOG_PAYLOAD UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },

	/* Between the link header and IP. */
	{ "R3 LLC/SNAP", 1, MAC "0027" LLC "0800" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R3 other LLC", 1, MAC "0027 424203" UDP4, DECODED_NONIP,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R4 VLAN tags", 1, MAC "88a8 0001 8100 0002 9100 0003 9200 0004"
	    "0800" UDP4, DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R4 ARP", 1, MAC "0806" UDP4, DECODED_NONIP, 0, 0, 0, 0, 0, 0, 0 },
	{ "R5 PPPoE", 1, MAC "8864 1100 0001 0021 21" UDP4, DECODED_IP,
	    4001, 80, 17, 31, 11, 3, 0 },
	{ "R6 LCP", 9, "ff03 c021" UDP4, DECODED_NONIP,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R7 MPLS", 1, MAC "8847 00001040 00002140" UDP6, DECODED_IP,
	    4001, 80, 17, 51, 11, 3, 0 },
	{ "R7 pseudo-wire", 1, MAC "8847 00002140 00000000" UDP4,
	    DECODED_NONIP, 0, 0, 0, 0, 0, 0, 0 },
	{ "R8 cut", 1, MAC "8100 0001", DECODED_L2_CUT,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R8 empty", 228, "", DECODED_L2_CUT, 0, 0, 0, 0, 0, 0, 0 },

	/* The IP header. */
	{ "R9 no IPv4 header", 1, MAC "0800", DECODED_IP_CUT,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R9 IPv6 in 0800", 1, MAC "0800" UDP6, DECODED_IP_VERSION,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R9 header length", 101, "44" ZERO16 ZERO4, DECODED_IP_IHL,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R9 total length", 101, "4500 0013" ZERO16, DECODED_IP_LEN,
	    0, 0, 0, 0, 0, 0, 0 },
	{ "R10 padding", 1, MAC "0800" IP4("0016", "0000", "11") PORTS ZERO16,
	    DECODED_IP, 0, 0, 17, 22, 2, 0, 0 },
	{ "R10 longer than the frame", 101, IP4("ffff", "0000", "11") UDP,
	    DECODED_IP, 4001, 80, 17, 65535, 65515, 65507, 0 },
	{ "R11 offload", 1, MAC "0800" IP4("0000", "0000", "06") TCP,
	    DECODED_IP, 4001, 80, 6, 65986, 65966, 65942, 66000 },
	{ "R11 offload, largest", 101, IP4("0000", "0000", "11") UDP,
	    DECODED_IP, 4001, 80, 17, UINT32_MAX, UINT32_MAX - 20,
	    UINT32_MAX - 28, UINT32_MAX },
	{ "R11 offload, IPv6", 1, MAC "86dd" IP6("0000", "06") TCP,
	    DECODED_IP, 4001, 80, 6, 65986, 65946, 65922, 66000 },
	{ "R12 jumbogram", 101, IP6("0000", "00") JUMBO "00010000" UDP,
	    DECODED_IP, 4001, 80, 17, 65576, 65528, 65520, 65576 },
	{ "R12 forged", 101, IP6("0000", "00") JUMBO "00010000" UDP,
	    DECODED_IP, 0, 0, 0, 40, 0, 0, 65575 },
	{ "R12 too small", 101, IP6("0000", "00") JUMBO "0000ffff" UDP,
	    DECODED_IP, 0, 0, 0, 40, 0, 0, 65575 },

	/* The sub-protocol. */
	{ "R13 extension headers", 101, IP6("0033", "00") "2b00000000000000"
	    "3c00000000000000" "3300000000000000" "2c00000000000000"
	    "1100000000000000" UDP, DECODED_IP,
	    4001, 80, 17, 91, 11, 3, 0 },
	{ "R13 past the payload", 101, IP6("0013", "3c") "1102000000000000"
	    UDP, DECODED_IP, 0, 0, 60, 59, 19, 19, 0 },
	{ "R14 DCCP", 101, IP4("0018", "0000", "21") PORTS, DECODED_IP,
	    4001, 80, 33, 24, 4, 4, 0 },
	{ "R14 SCTP", 101, IP4("0018", "0000", "84") PORTS, DECODED_IP,
	    4001, 80, 132, 24, 4, 4, 0 },
	{ "R14 UDP-Lite", 101, IP4("001f", "0000", "88") UDP, DECODED_IP,
	    4001, 80, 136, 31, 11, 3, 0 },
	{ "R15 later fragment", 101, IP4("001f", "2001", "11") UDP,
	    DECODED_IP, 0, 0, 17, 31, 11, 11, 0 },
	{ "R15 first fragment", 101, IP4("001f", "2000", "11") UDP,
	    DECODED_IP, 4001, 80, 17, 31, 11, 3, 0 },
	{ "R15 later fragment, IPv6", 101, IP6("0013", "2c")
	    "1100000800000001" UDP, DECODED_IP, 0, 0, 17, 59, 11, 11, 0 },
	{ "R17 TCP options", 101, TCP4, DECODED_IP,
	    4001, 80, 6, 47, 27, 3, 0 },
	{ "R17 data offset 4", 101, IP4("0028", "0000", "06") PORTS
	    "00000000 00000000 4002 0000 0000 0000", DECODED_IP,
	    4001, 80, 6, 40, 20, 0, 0 },
	{ "R17 ICMP", 101, IP4("001e", "0000", "01") ZERO4 ZERO4 "6162",
	    DECODED_IP, 0, 0, 1, 30, 10, 2, 0 },
	{ "R17 ICMPv6", 101, IP6("000a", "3a") ZERO4 ZERO4 "6162",
	    DECODED_IP, 0, 0, 58, 50, 10, 2, 0 },
	{ "R17 GRE", 101, IP4("0018", "0000", "2f") ZERO4, DECODED_IP,
	    0, 0, 47, 24, 4, 4, 0 },
	{ "R18 snapped", 101, IP4("05dc", "0000", "06") PORTS, DECODED_IP,
	    4001, 80, 6, 1500, 1480, 1460, 1500 },
};

#define NCASES	(sizeof(cases) / sizeof(cases[0]))

/* Decode n octets in memory that ends behind them. */
static enum decode_verdict
decode_exact(const struct frame_case *fc, const uint8_t *octets, uint32_t n,
    uint32_t wirelen, struct packet *pkt)
{
	uint8_t			*exact = malloc(n > 0 ? n : 1);
	enum decode_verdict	 v;
	const char		*why;

	assert_non_null(exact);
	memcpy(exact, octets, n);
	why = packet_check(decode_for_link(fc->link), exact, n, wirelen, &v,
	    pkt);
	free(exact);
	if (why != NULL)
		fail_msg("%s: %s", fc->name, why);
	return (v);
}

static bool
as_expected(const struct frame_case *fc, enum decode_verdict v,
    const struct packet *pkt)
{
	if (v != fc->verdict || v != DECODED_IP)
		return (v == fc->verdict);
	return (pkt->key.sport == fc->sport && pkt->key.dport == fc->dport &&
	    pkt->key.proto == fc->proto && pkt->ip == fc->ip &&
	    pkt->payload == fc->payload && pkt->data == fc->data);
}

static void
test_cases(void **state)
{
	uint8_t			 octets[FRAME_MAX];
	enum decode_verdict	 v;
	struct packet		 pkt;
	uint32_t		 n;
	size_t			 i, bad = 0;

	(void)state;
	for (i = 0; i < NCASES; i++) {
		n = from_hex(cases[i].hex, octets);
		v = decode_exact(&cases[i], octets, n,
		    cases[i].wirelen != 0 ? cases[i].wirelen : n, &pkt);
		if (as_expected(&cases[i], v, &pkt))
			continue;
		bad++;
		print_error("%s: %s, ports %u %u, protocol %u, %u %u %u\n",
		    cases[i].name, decode_verdict_name(v), pkt.key.sport,
		    pkt.key.dport, pkt.key.proto, pkt.ip, pkt.payload,
		    pkt.data);
	}
	assert_int_equal(bad, 0);
}

static void
test_addresses(void **state)
{
	uint8_t		octets[FRAME_MAX];
	char		text[ADDR_STRLEN];
	struct packet	pkt;
	uint32_t	n;

	(void)state;
	n = from_hex(UDP4, octets);
	assert_int_equal(decode_for_link(228)(octets, n, n, &pkt), DECODED_IP);
	assert_int_equal(pkt.key.family, FLOW_FAMILY_IP4);
	assert_string_equal(addr_format(4, pkt.key.src, text), "10.0.0.1");
	assert_string_equal(addr_format(4, pkt.key.dst, text), "192.0.2.2");
	n = from_hex(UDP6, octets);
	assert_int_equal(decode_for_link(229)(octets, n, n, &pkt), DECODED_IP);
	assert_int_equal(pkt.key.family, FLOW_FAMILY_IP6);
	assert_string_equal(addr_format(6, pkt.key.src, text), "2001:db8::1");
	assert_string_equal(addr_format(6, pkt.key.dst, text), "fe80::2");
}

/*
 * The more of a frame is captured the more is known: only a verdict that
 * something is cut may turn into another one.
 */
static void
test_prefixes(void **state)
{
	uint8_t			 octets[FRAME_MAX];
	enum decode_verdict	 v, last;
	struct packet		 pkt;
	uint32_t		 n, all;
	size_t			 i;

	(void)state;
	for (i = 0; i < NCASES; i++) {
		all = from_hex(cases[i].hex, octets);
		last = DECODED_L2_CUT;
		for (n = 0; n <= all; n++) {
			v = decode_exact(&cases[i], octets, n, all, &pkt);
			if (v != last && last != DECODED_L2_CUT &&
			    last != DECODED_IP_CUT && cases[i].link != 239)
				fail_msg("%s: %s at %u octets, %s before",
				    cases[i].name, decode_verdict_name(v),
				    (unsigned)n, decode_verdict_name(last));
			last = v;
		}
	}
}

/* xorshift32: the same mutations on every machine. */
static uint32_t
next_random(void)
{
	static uint32_t	x = 2463534242;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return (x);
}

static uint32_t
mutate(uint8_t octets[FRAME_MAX], uint32_t n)
{
	uint32_t	i, changes = 1 + next_random() % 4;

	for (i = 0; i < changes && n > 0; i++)
		octets[next_random() % n] = (uint8_t)(next_random() >> 8);
	if (next_random() % 4 == 0 && n > 0)
		n = next_random() % n;
	return (n);
}

/* decode_exact() checks bounds; a sanitizer checks what is read. */
static void
test_mutations(void **state)
{
	uint8_t		octets[FRAME_MAX];
	struct packet	pkt;
	uint32_t	n;
	size_t		i;
	int		k;

	(void)state;
	for (i = 0; i < NCASES; i++)
		for (k = 0; k < MUTATIONS; k++) {
			n = from_hex(cases[i].hex, octets);
			n = mutate(octets, n);
			(void)decode_exact(&cases[i], octets, n,
			    next_random() % 3 == 0 ? next_random() : n, &pkt);
		}
}

static void
test_links(void **state)
{
	static const int	others[] = { -1, 2, 7, 13, 147, 257, 65537 };
	size_t			i;

	(void)state;
	for (i = 0; i < NCASES; i++)
		assert_non_null(decode_link_name(cases[i].link));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_null(decode_for_link(others[i]));
		assert_null(decode_link_name(others[i]));
	}
	assert_string_equal(decode_link_name(1), "ethernet");
}

static void
test_verdicts(void **state)
{
	enum decode_verdict	v;

	(void)state;
	for (v = DECODED_IP; v < DECODED_VERDICTS; v++)
		assert_non_null(decode_verdict_name(v));
	assert_int_equal(decode_class(DECODED_IP), DECODE_IP);
	assert_int_equal(decode_class(DECODED_NONIP), DECODE_NONIP);
	assert_int_equal(decode_class(DECODED_UNSUPPORTED),
	    DECODE_UNSUPPORTED);
	for (v = DECODED_L2_CUT; v <= DECODED_IP_LEN; v++)
		assert_int_equal(decode_class(v), DECODE_MALFORMED);
	assert_string_equal(decode_verdict_name(DECODED_IP_IHL), "ip-ihl");
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_verdicts),
	};

	return (cmocka_run_group_tests_name("decode", tests, NULL, NULL));
}
