/*
 * The dissector: a table of frames and their layers, one frame per kind of
 * layer.  Then every prefix and many mutations of these frames, in memory of
 * exactly their size, so that a sanitizer finds each read beyond the end, and
 * what holds for every frame (dissect_check.c) is checked for each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../dissect_check.h"
#include "packet/dissect.h"
#include "from_hex.h"

#define MUTATIONS	3000	/* of each frame */

/* Parts of frames, in hexadecimal; blanks are for the reader. */
#define MAC	"020000000001 020000000002 "
#define IP4(total, frag, proto) \
	"4500 " total " 0007 " frag " 40 " proto " 0000 0a000001 c0000202 "
#define IP6(length, next) \
	"60000000 " length " " next " 40 " \
	"20010db8000000000000000000000001 fe800000000000000000000000000002 "
#define UDP	"0fa1 0050 000b 0000 616263 "
#define UDP4	IP4("001f", "0000", "11") UDP
#define UDP6	IP6("000b", "11") UDP
#define TCP	"0fa1 0050 00000000 00000000 6002 0000 0000 0000 01010101 " \
	"616263"
#define LLC	"aaaa03 000000 "
#define ZERO4	"00000000 "
#define ZERO8	ZERO4 ZERO4
#define ZERO16	ZERO8 ZERO8
#define WIFI	"0801 0000 " MAC "020000000003 0000 " LLC "0800 "
#define GRE(type) "0000 " type " "

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define NFLOG_PAYLOAD	"0023 0009 "
#else
#define NFLOG_PAYLOAD	"2300 0900 "
#endif

/*
 * Layers are the names; one in a tunnel begins with ">" for each, a cut one
 * ends with "!".
 */
static const struct dissect_case {
	const char	*name;
	int		 link;
	const char	*hex;
	const char	*layers;
	const char	*app;		/* its octets; NULL: none */
	uint32_t	 wirelen;	/* 0: as captured */
} cases[] = {
	/* Link types. */
	{ "ethernet", 1, MAC "0800" UDP4, "ethernet ipv4 udp payload",
	    "616263", 0 },
	{ "ethernet, IPv6", 1, MAC "86dd" UDP6, "ethernet ipv6 udp payload",
	    "616263", 0 },
	{ "null", 0, "02000000" UDP4, "null ipv4 udp payload", "616263", 0 },
	{ "null, another family", 0, "07000000" UDP4, "null payload",
	    NULL, 0 },
	{ "loop", 108, "00000018" UDP6, "null ipv6 udp payload",
	    "616263", 0 },
	{ "raw", 101, UDP4, "ipv4 udp payload", "616263", 0 },
	{ "raw 12", 12, UDP6, "ipv6 udp payload", "616263", 0 },
	{ "raw 14", 14, UDP4, "ipv4 udp payload", "616263", 0 },
	{ "ipv4", 228, UDP4, "ipv4 udp payload", "616263", 0 },
	{ "ipv6", 229, UDP6, "ipv6 udp payload", "616263", 0 },
	{ "sll", 113, "0000 0001 0006 0000000000000000 0800" UDP4,
	    "sll ipv4 udp payload", "616263", 0 },
	{ "sll, netlink", 113, "0000 0338 0006 0000000000000000 0800" UDP4,
	    "sll payload", NULL, 0 },
	{ "sll2", 276, "86dd 0000 00000003 0001 00 06 0000000000000000"
	    UDP6, "sll2 ipv6 udp payload", "616263", 0 },
	{ "ppp", 9, "ff03 0021" UDP4, "ppp ipv4 udp payload", "616263", 0 },
	{ "ppp, compressed", 9, "21" UDP4, "ppp ipv4 udp payload",
	    "616263", 0 },
	{ "ppp, Cisco HDLC", 9, "8f00 0800" UDP4, "chdlc ipv4 udp payload",
	    "616263", 0 },
	{ "ppp, LCP", 9, "ff03 c021 0101 0004", "ppp payload", NULL, 0 },
	{ "ppp-hdlc, Cisco", 50, "0f00 86dd" UDP6,
	    "chdlc ipv6 udp payload", "616263", 0 },
	{ "pppoe", 51, "1100 0001 0021 0021" UDP4,
	    "pppoe ppp ipv4 udp payload", "616263", 0 },
	{ "slip", 8, ZERO16 UDP4, "slip ipv4 udp payload", "616263", 0 },
	{ "chdlc", 104, "0f00 0800" UDP4, "chdlc ipv4 udp payload",
	    "616263", 0 },
	{ "frame relay", 107, "1841 03 00 cc" UDP4,
	    "frame-relay ipv4 udp payload", "616263", 0 },
	{ "frame relay, no padding", 107, "1841 03 8e" UDP6,
	    "frame-relay ipv6 udp payload", "616263", 0 },
	{ "frame relay, SNAP", 107, "18420201 03 80 000000 0800" UDP4,
	    "frame-relay snap ipv4 udp payload", "616263", 0 },
	{ "frame relay, Cisco", 107, "1841 0800" UDP4,
	    "frame-relay ipv4 udp payload", "616263", 0 },
	{ "enc", 109, "02000000" ZERO8 UDP4, "enc ipv4 udp payload",
	    "616263", 0 },
	{ "token ring", 6, "1040 020000000001 820000000002 0430 0011" LLC
	    "0800" UDP4, "token-ring llc snap ipv4 udp payload",
	    "616263", 0 },
	{ "fddi", 10, "50" MAC LLC "0800" UDP4,
	    "fddi llc snap ipv4 udp payload", "616263", 0 },
	{ "802.11", 105, WIFI UDP4, "802.11 llc snap ipv4 udp payload",
	    "616263", 0 },
	{ "802.11, protected", 105, "0841 0000" MAC "020000000003 0000"
	    ZERO8, "802.11 payload", NULL, 0 },
	{ "802.11, acknowledgement", 105, "d400 0000 020000000001",
	    "802.11", NULL, 0 },
	{ "radiotap, padded", 127, "0000 0900 02000000 20"
	    "8801 0000" MAC "020000000003 0000 0000 0000" LLC "0800" UDP4,
	    "radio 802.11 llc snap ipv4 udp payload", "616263", 0 },
	{ "ppi", 192, "0000 0800 69000000" WIFI UDP4,
	    "radio 802.11 llc snap ipv4 udp payload", "616263", 0 },
	{ "ppi, ethernet", 192, "0000 0800 01000000" MAC "0800" UDP4,
	    "radio ethernet ipv4 udp payload", "616263", 0 },
	{ "prism", 119, "44000000 40000000" ZERO16 ZERO16 ZERO16 ZERO8 WIFI
	    UDP4, "radio 802.11 llc snap ipv4 udp payload", "616263", 0 },
	{ "avs", 163, "80211001 00000010" ZERO8 WIFI UDP4,
	    "radio 802.11 llc snap ipv4 udp payload", "616263", 0 },
	{ "pppd", 166, "0103 0021" UDP4, "ppp ipv4 udp payload",
	    "616263", 0 },
	{ "ppp with direction", 204, "01 ff03 0021" UDP4,
	    "ppp ipv4 udp payload", "616263", 0 },
	{ "ipnet", 226, "0102" ZERO16 ZERO4 "0000" UDP4,
	    "ipnet ipv4 udp payload", "616263", 0 },
	{ "nflog", 239, "02000005" NFLOG_PAYLOAD UDP4,
	    "nflog ipv4 udp payload", "616263", 0 },
	{ "unknown link type", 147, "616263", "payload", NULL, 0 },

	/* Between the link header and IP. */
	{ "VLAN tags", 1, MAC "88a8 0001 8100 0002" "0800" UDP4,
	    "ethernet vlan vlan ipv4 udp payload", "616263", 0 },
	{ "LLC/SNAP", 1, MAC "0027" LLC "0800" UDP4,
	    "ethernet llc snap ipv4 udp payload", "616263", 0 },
	{ "spanning tree", 1, MAC "0007 424203 00000000",
	    "ethernet llc payload", NULL, 0 },
	{ "LLC of two octets of control", 1, MAC "0007 f0f0 0102 000000",
	    "ethernet llc payload", NULL, 0 },
	{ "MPLS", 1, MAC "8847 00001040 00002140" UDP6,
	    "ethernet mpls mpls ipv6 udp payload", "616263", 0 },
	{ "pseudo-wire", 1, MAC "8847 00002140 00000000" UDP4,
	    "ethernet mpls payload", NULL, 0 },
	{ "PPPoE", 1, MAC "8864 1100 0001 0021 21" UDP4,
	    "ethernet pppoe ppp ipv4 udp payload", "616263", 0 },
	{ "PPPoE discovery", 1, MAC "8863 1109 0000 0004 01010000",
	    "ethernet pppoe payload", NULL, 0 },
	{ "ARP", 1, MAC "0806 0001 0800 06 04 0001 020000000002 0a000001"
	    "000000000000 0a000002" ZERO16 "0000", "ethernet arp", NULL, 0 },
	{ "ARP, cut", 1, MAC "0806 0001 0800 06 04 0001", "ethernet arp!",
	    NULL, 0 },
	{ "LLDP", 1, MAC "88cc 0200", "ethernet payload", NULL, 0 },

	/* IP. */
	{ "padding", 1, MAC "0800" UDP4 ZERO8, "ethernet ipv4 udp payload",
	    "616263", 0 },
	{ "cut IP header", 1, MAC "0800 4500 001f", "ethernet ipv4!",
	    NULL, 0 },
	{ "header length", 101, "44" ZERO16 ZERO4, "ipv4 payload", NULL, 0 },
	{ "IP options", 101, "4600 0023 0007 0000 40 11 0000 0a000001"
	    "c0000202 94040000" UDP, "ipv4 udp payload", "616263", 0 },
	{ "later fragment", 101, IP4("001f", "2001", "11") UDP,
	    "ipv4 payload", NULL, 0 },
	{ "first fragment", 101, IP4("001f", "2000", "11") UDP,
	    "ipv4 udp payload", "616263", 0 },
	{ "extension headers", 101, IP6("0033", "00") "2b00000000000000"
	    "3c00000000000000" "3300000000000000" "2c00000000000000"
	    "1100000000000000" UDP, "ipv6 hopopts routing dstopts ah "
	    "fragment udp payload", "616263", 0 },
	{ "later fragment, IPv6", 101, IP6("0013", "2c")
	    "1100000800000001" UDP, "ipv6 fragment payload", NULL, 0 },
	{ "extension past the payload", 101, IP6("0013", "3c")
	    "1102000000000000" UDP, "ipv6 payload", NULL, 0 },
	{ "no length: joined by offload", 101, IP4("0000", "0000", "06") TCP,
	    "ipv4 tcp payload", "616263", 0 },

	/* Transports. */
	{ "TCP with options", 101, IP4("002f", "4000", "06") TCP,
	    "ipv4 tcp payload", "616263", 0 },
	{ "TCP without data", 101, IP4("0028", "4000", "06") "0fa1 0050"
	    ZERO8 "5002 0000 0000 0000", "ipv4 tcp", "", 0 },
	{ "TCP, cut", 101, IP4("05dc", "0000", "06") "0fa1 0050",
	    "ipv4 tcp!", NULL, 1500 },
	{ "UDP, shorter than its packet", 101, IP4("0020", "0000", "11") UDP
	    "ff", "ipv4 udp payload", "616263", 0 },
	{ "UDP, only its header captured", 101, IP4("0064", "0000", "11")
	    "0fa1 0050 0050 0000", "ipv4 udp payload", "", 100 },
	{ "UDP-Lite", 101, IP4("001f", "0000", "88") UDP,
	    "ipv4 udplite payload", "616263", 0 },
	{ "DCCP", 101, IP4("0023", "0000", "21") "0fa1 0050 03 00 0000"
	    ZERO4 "616263", "ipv4 dccp payload", "616263", 0 },
	{ "ICMP echo", 101, IP4("001e", "0000", "01") "0800 0000 0001 0002"
	    "6162", "ipv4 icmp payload", NULL, 0 },
	{ "ICMP error", 101, IP4("003b", "0000", "01") "0301 0000" ZERO4 UDP4,
	    "ipv4 icmp >ipv4 >udp >payload", NULL, 0 },
	{ "ICMP error, 8 octets quoted", 101, IP4("0038", "0000", "01")
	    "0301 0000" ZERO4 IP4("05dc", "0000", "06") "0fa1 0050" ZERO4,
	    "ipv4 icmp >ipv4 >tcp!", NULL, 0 },
	{ "ICMPv6 error", 101, IP6("003b", "3a") "0100 0000" ZERO4 UDP6,
	    "ipv6 icmpv6 >ipv6 >udp >payload", NULL, 0 },
	{ "ICMPv6 neighbour", 101, IP6("0018", "3a") "8700 0000" ZERO4
	    ZERO16, "ipv6 icmpv6 payload", NULL, 0 },
	{ "IGMP", 101, IP4("001c", "0000", "02") "1600 0000 e0000001",
	    "ipv4 igmp", NULL, 0 },
	{ "ESP", 101, IP4("0020", "0000", "32") "00000001 00000002 61626364",
	    "ipv4 esp payload", NULL, 0 },
	{ "AH", 101, IP4("002b", "0000", "33") "11010000 00000001 00000002"
	    UDP, "ipv4 ah udp payload", "616263", 0 },
	{ "SCTP", 101, IP4("0048", "0000", "84") "0fa1 0050 00000001"
	    "00000000" "0300 0010" ZERO8 ZERO4 "0003 0013 00000001 0000 0000"
	    "00000000 616263 00", "ipv4 sctp sctp-chunk sctp-chunk payload",
	    "616263", 0 },
	{ "SCTP, chunk without a length", 101, IP4("0024", "0000", "84")
	    "0fa1 0050 00000001 00000000 0300 0000",
	    "ipv4 sctp payload", "03000000", 0 },
	{ "OSPF", 101, IP4("0018", "0000", "59") "02010000",
	    "ipv4 payload", NULL, 0 },

	/* Tunnels: what counts is the outermost packet. */
	{ "IPIP", 101, IP4("0033", "0000", "04") UDP4,
	    "ipv4 >ipv4 >udp >payload", "616263", 0 },
	{ "6in4", 101, IP4("0047", "0000", "29") UDP6,
	    "ipv4 >ipv6 >udp >payload", "616263", 0 },
	{ "4in6", 101, IP6("001f", "04") UDP4,
	    "ipv6 >ipv4 >udp >payload", "616263", 0 },
	{ "GRE", 101, IP4("0037", "0000", "2f") GRE("0800") UDP4,
	    "ipv4 gre >ipv4 >udp >payload", "616263", 0 },
	{ "GRE with key and sequence", 101, IP4("003f", "0000", "2f")
	    "3000 0800" ZERO8 UDP4, "ipv4 gre >ipv4 >udp >payload",
	    "616263", 0 },
	{ "GRE of PPTP", 101, IP4("0044", "0000", "2f") "3081 880b 0023 0001"
	    ZERO8 "21" UDP4, "ipv4 gre >ppp >ipv4 >udp >payload",
	    "616263", 0 },
	{ "GRE, Ethernet", 101, IP4("0045", "0000", "2f") GRE("6558") MAC
	    "0800" UDP4, "ipv4 gre >ethernet >ipv4 >udp >payload",
	    "616263", 0 },
	{ "VXLAN", 101, IP4("0051", "0000", "11") "0fa1 12b5 003d 0000"
	    "08000000 00002a00" MAC "0800" UDP4,
	    "ipv4 udp vxlan >ethernet >ipv4 >udp >payload", "616263", 0 },
	{ "Geneve", 101, IP4("0055", "0000", "11") "0fa1 17c1 0041 0000"
	    "0100 6558 00002a00" ZERO4 MAC "0800" UDP4,
	    "ipv4 udp geneve >ethernet >ipv4 >udp >payload", "616263", 0 },
	{ "GTP-U with an extension", 101, IP4("004b", "0000", "11")
	    "0fa1 0868 0037 0000" "34ff 0027 00000001 0000 00 85"
	    "01000000" UDP4, "ipv4 udp gtp >ipv4 >udp >payload",
	    "616263", 0 },
	{ "Teredo", 101, IP4("0057", "0000", "11") "0fa1 0dd8 0043 0000"
	    "0000" "0000 00000000" UDP6,
	    "ipv4 udp teredo >ipv6 >udp >payload", "616263", 0 },
	{ "VXLAN's port, something else", 101, IP4("0024", "0000", "11")
	    "0fa1 12b5 0010 0000" "61626364 65666768", "ipv4 udp payload",
	    "6162636465666768", 0 },
	{ "tunnels in tunnels", 101, IP4("0083", "0000", "04")
	    IP4("006f", "0000", "04") IP4("005b", "0000", "04")
	    IP4("0047", "0000", "04") IP4("0033", "0000", "04") UDP4,
	    "ipv4 >ipv4 >>ipv4 >>>ipv4 >>>>ipv4 >>>>payload", NULL, 0 },
};

#define NCASES	(sizeof(cases) / sizeof(cases[0]))

static void
describe(const struct dissection *d, char buf[512])
{
	const struct layer	*l;
	uint32_t		 i, k;

	buf[0] = '\0';
	for (i = 0; i < d->nlayers; i++) {
		l = &d->layers[i];
		if (i > 0)
			(void)strlcat(buf, " ", 512);
		for (k = 0; k < l->depth; k++)
			(void)strlcat(buf, ">", 512);
		(void)strlcat(buf, dissect_name(l->kind), 512);
		if (layer_is_cut(l))
			(void)strlcat(buf, "!", 512);
	}
}

static bool
same_app(const struct dissect_app *a, const char *hex)
{
	uint8_t		octets[FRAME_MAX];
	uint32_t	n;

	if (a->at == NULL || hex == NULL)
		return (a->at == NULL && hex == NULL);
	n = from_hex(hex, octets);
	return (a->captured == n && memcmp(a->at, octets, n) == 0);
}

/* Dissect n octets in memory that ends behind them. */
static bool
check_exact(const struct dissect_case *c, const uint8_t *octets, uint32_t n,
    uint32_t wirelen, bool compare)
{
	uint8_t			*exact = malloc(n > 0 ? n : 1);
	struct dissection	 d;
	const char		*why;
	char			 layers[512];
	bool			 fine = true;

	assert_non_null(exact);
	memcpy(exact, octets, n);
	why = dissect_check(c->link, exact, n, wirelen, &d);
	if (why != NULL)
		fail_msg("%s, %u octets: %s", c->name, (unsigned)n, why);
	describe(&d, layers);
	if (compare && (strcmp(layers, c->layers) != 0 ||
	    !same_app(&d.app, c->app))) {
		print_error("%s: %s, data %s\n", c->name, layers,
		    d.app.at == NULL ? "none" : "others");
		fine = false;
	}
	free(exact);
	return (fine);
}

static void
test_cases(void **state)
{
	uint8_t		octets[FRAME_MAX];
	uint32_t	n;
	size_t		i, bad = 0;

	(void)state;
	for (i = 0; i < NCASES; i++) {
		n = from_hex(cases[i].hex, octets);
		bad += !check_exact(&cases[i], octets, n,
		    cases[i].wirelen != 0 ? cases[i].wirelen : n, true);
	}
	assert_int_equal(bad, 0);
}

/* Each kind is in some case, so that none is forgotten. */
static void
test_kinds(void **state)
{
	int	kind;
	size_t	i;

	(void)state;
	for (kind = 0; kind < LAYER_KINDS; kind++) {
		for (i = 0; i < NCASES; i++)
			if (strstr(cases[i].layers,
			    dissect_name((enum layer_kind)kind)) != NULL)
				break;
		if (i == NCASES)
			fail_msg("no frame with %s",
			    dissect_name((enum layer_kind)kind));
	}
}

/* So is each link type that the decoder knows. */
static void
test_links(void **state)
{
	int	link;
	size_t	i;

	(void)state;
	for (link = 0; link <= UINT16_MAX; link++) {
		if (decode_link_name(link) == NULL)
			continue;
		for (i = 0; i < NCASES && cases[i].link != link; i++)
			;
		if (i == NCASES)
			fail_msg("no frame of link type %d, %s", link,
			    decode_link_name(link));
	}
}

static void
test_prefixes(void **state)
{
	uint8_t		octets[FRAME_MAX];
	uint32_t	n, all;
	size_t		i;

	(void)state;
	for (i = 0; i < NCASES; i++) {
		all = from_hex(cases[i].hex, octets);
		for (n = 0; n <= all; n++) {
			(void)check_exact(&cases[i], octets, n, all, false);
			(void)check_exact(&cases[i], octets, n, n, false);
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

static void
test_mutations(void **state)
{
	uint8_t		octets[FRAME_MAX];
	uint32_t	n, changes;
	size_t		i;
	int		k;

	(void)state;
	for (i = 0; i < NCASES; i++)
		for (k = 0; k < MUTATIONS; k++) {
			n = from_hex(cases[i].hex, octets);
			for (changes = next_random() % 4; changes > 0 &&
			    n > 0; changes--)
				octets[next_random() % n] =
				    (uint8_t)(next_random() >> 8);
			(void)check_exact(&cases[i], octets, n,
			    next_random() % 3 == 0 ? next_random() : n,
			    false);
		}
}

/* Sizes and numbers of a packet cut in its data. */
static void
test_sizes(void **state)
{
	static const char	hex[] = MAC "8100 6007 0800"
	    IP4("05dc", "4000", "06") TCP;
	struct dissection	d;
	uint8_t			octets[FRAME_MAX];
	uint32_t		n = from_hex(hex, octets);

	(void)state;
	assert_null(dissect_check(1, octets, n, 1518, &d));
	assert_int_equal(d.nlayers, 5);
	assert_int_equal(d.layers[1].kind, LAYER_VLAN);
	assert_int_equal(d.layers[1].next, 0x0800);
	assert_int_equal(d.layers[1].next_kind, NEXT_ETHERTYPE);
	assert_int_equal(d.layers[2].wire, 1500);
	assert_int_equal(d.layers[2].captured, 47);
	assert_int_equal(d.layers[3].header, 24);
	assert_int_equal(d.layers[3].wire, 1480);
	assert_int_equal(d.app.wire, 1456);
	assert_int_equal(d.app.captured, 3);
	assert_int_equal(d.app.sport, 4001);
	assert_int_equal(d.app.dport, 80);
	assert_int_equal(d.app.proto, 6);
	assert_false(d.app.fragment);
	assert_int_equal(d.flow.count.ip, 1500);
	assert_int_equal(d.flow.key.vlan, 7);
	assert_ptr_equal(dissect_find(&d, LAYER_TCP), &d.layers[3]);
	assert_ptr_equal(d.app.transport, &d.layers[3]);
	assert_ptr_equal(d.app.ip, dissect_ip(&d));
	assert_null(dissect_find(&d, LAYER_UDP));
}

/* More tags than layers: those in excess are left out, never the packet. */
static void
test_many_tags(void **state)
{
	struct dissection	d;
	uint8_t			octets[FRAME_MAX];
	uint32_t		n = from_hex(MAC, octets), i;

	(void)state;
	for (i = 0; i < 40; i++)
		n += from_hex("8100 0001", octets + n);
	n += from_hex("0800" UDP4, octets + n);
	assert_null(dissect_check(1, octets, n, n, &d));
	assert_true(d.bridged);
	assert_int_equal(d.nlayers, DISSECT_BEFORE + 3);
	assert_int_equal(d.layers[DISSECT_BEFORE - 1].kind, LAYER_VLAN);
	assert_int_equal(d.layers[DISSECT_BEFORE].kind, LAYER_IP4);
	assert_int_equal(d.app.captured, 3);
}

/* The same of extension headers: their end has the ports that count. */
static void
test_many_extensions(void **state)
{
	struct dissection	d;
	uint8_t			octets[FRAME_MAX];
	uint32_t		n = from_hex(MAC "86dd 60000000 0000 3c40"
	    "20010db8000000000000000000000001"
	    "20010db8000000000000000000000002", octets), i;

	(void)state;
	for (i = 0; i < 40; i++)
		n += from_hex(i == 39 ? "1100010400000000" :
		    "3c00010400000000", octets + n);
	n += from_hex("0fa10050 000b0000 616263", octets + n);
	octets[18] = (uint8_t)((n - 54) >> 8);
	octets[19] = (uint8_t)(n - 54);
	assert_null(dissect_check(1, octets, n, n, &d));
	assert_true(d.skipped);
	assert_int_equal(d.flow.key.dport, 80);
	assert_int_equal(d.layers[d.nlayers - 2].kind, LAYER_UDP);
	assert_int_equal(d.app.dport, 80);
	assert_int_equal(d.app.captured, 3);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_many_extensions),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_many_tags),
	};

	return (cmocka_run_group_tests_name("dissect", tests, NULL, NULL));
}
