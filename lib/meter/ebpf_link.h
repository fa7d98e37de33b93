/*
 * The parser of the program in the kernel: link layers.  It does the same as
 * lib/packet/decode*.c, in a form that the kernel's verifier accepts, for the
 * link types of live interfaces on Linux.  Verdicts and sizes are the same for
 * every frame (tests/unit/test_ebpf.c compares them).
 *
 * The frame and the offset in the frame are in the memory of a map.  The
 * verifier does not track numbers there, so that it checks the body of a loop
 * once, and not once for each possible offset.  Offsets are masked before use
 * for the verifier only: they have been compared before.
 */
#ifndef EBPF_LINK_H
#define EBPF_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "ebpf_layout.h"

#define PARSE		static inline __attribute__((always_inline))

/* Bytes that are parsed: the link layer, the IP header, some data after it. */
#define PARSE_SNAPLEN	DECODE_SNAPLEN
#define PARSE_MASK	(PARSE_SNAPLEN - 1)

_Static_assert((PARSE_SNAPLEN & PARSE_MASK) == 0 &&
    2 * PARSE_SNAPLEN <= EBPF_HEAD_SIZE, "an offset may be masked");

enum parse_link { PARSE_ETHERNET, PARSE_RAW, PARSE_COOKED };

/* A result that is a verdict (negative), not an EtherType or IP version. */
#define PARSE_ENDS(verdict)	(-1 - (int)(verdict))

enum {
	P_HOPOPTS = 0, P_ICMP = 1, P_TCP = 6, P_UDP = 17, P_DCCP = 33,
	P_ROUTING = 43, P_FRAGMENT = 44, P_AH = 51, P_ICMP6 = 58,
	P_DSTOPTS = 60, P_SCTP = 132, P_UDPLITE = 136
};

/* The compiler and the verifier know nothing about the value from here on. */
#define OPAQUE(x)	__asm__ volatile("" : "+r"(x))

/* The compiler knows nothing about values in memory from here on. */
#define FORGET()	__asm__ volatile("" : : : "memory")

#define HEAD_GET(h, field)	(*(volatile uint32_t *)&(h)->field)

PARSE uint32_t
head_off(struct ebpf_head *h)
{
	return (HEAD_GET(h, off));
}

/* Are n more bytes captured? */
PARSE bool
head_has(struct ebpf_head *h, uint32_t n)
{
	return (head_off(h) + n <= HEAD_GET(h, cap));
}

PARSE void
head_skip(struct ebpf_head *h, uint32_t n)
{
	HEAD_GET(h, off) = head_off(h) + n;
}

/* The bytes from the offset on; read only those that head_has() confirms. */
PARSE const uint8_t *
head_at(struct ebpf_head *h)
{
	uint32_t	off = head_off(h);

	OPAQUE(off);
	return (h->at + (off & PARSE_MASK));
}

PARSE uint32_t
head_wire(struct ebpf_head *h)
{
	return (HEAD_GET(h, wire) - head_off(h));
}

PARSE uint32_t
be16(const uint8_t *p)
{
	return ((uint32_t)p[0] << 8 | p[1]);
}

PARSE uint32_t
be32(const uint8_t *p)
{
	return (be16(p) << 16 | be16(p + 2));
}

PARSE bool
parse_is_vlan(uint32_t type)
{
	return (type == 0x8100 || type == 0x88a8 || type == 0x9100 ||
	    type == 0x9200);
}

PARSE bool
parse_is_extension(uint32_t proto)
{
	return (proto == P_HOPOPTS || proto == P_ROUTING ||
	    proto == P_FRAGMENT || proto == P_AH || proto == P_DSTOPTS);
}

/* Skip LLC and SNAP headers.  Returns their EtherType, or PARSE_ENDS(). */
PARSE int
parse_llc(struct ebpf_head *h)
{
	const uint8_t	*p = head_at(h);

	if (!head_has(h, 3))
		return (PARSE_ENDS(DECODED_L2_CUT));
	if (p[0] != 0xaa || p[1] != 0xaa || p[2] != 0x03)
		return (PARSE_ENDS(DECODED_NONIP));
	if (!head_has(h, 8))
		return (PARSE_ENDS(DECODED_L2_CUT));
	if (p[3] != 0 || p[4] != 0 || p[5] != 0)
		return (PARSE_ENDS(DECODED_NONIP));
	head_skip(h, 8);
	return ((int)be16(p + 6));
}

/* 4 or 6, by the first byte of the IP header; or `otherwise'. */
PARSE int
parse_nibble(struct ebpf_head *h, int otherwise)
{
	uint32_t	nibble;

	if (!head_has(h, 1))
		return (PARSE_ENDS(DECODED_L2_CUT));
	nibble = (uint32_t)head_at(h)[0] >> 4;
	return (nibble == 4 || nibble == 6 ? (int)nibble : otherwise);
}

PARSE int
parse_mpls(struct ebpf_head *h)
{
	bool	bottom = false;
	int	i;

	for (i = 0; i < PARSE_SNAPLEN / 4 && !bottom; i++) {
		if (!head_has(h, 4))
			return (PARSE_ENDS(DECODED_L2_CUT));
		bottom = (head_at(h)[2] & 1) != 0;
		head_skip(h, 4);
	}
	if (!bottom)
		return (PARSE_ENDS(DECODED_L2_CUT));
	return (parse_nibble(h, PARSE_ENDS(DECODED_NONIP)));
}

/* Returns the protocol number of PPP, or PARSE_ENDS(). */
PARSE int
parse_ppp_protocol(struct ebpf_head *h)
{
	uint32_t	proto;

	if (head_has(h, 1) && head_at(h)[0] == 0xff) {
		if (!head_has(h, 2))
			return (PARSE_ENDS(DECODED_L2_CUT));
		if (head_at(h)[1] == 0x03)
			head_skip(h, 2);
	}
	if (!head_has(h, 1))
		return (PARSE_ENDS(DECODED_L2_CUT));
	proto = head_at(h)[0];
	head_skip(h, 1);
	if ((proto & 1) != 0)
		return ((int)proto);
	if (!head_has(h, 1))
		return (PARSE_ENDS(DECODED_L2_CUT));
	proto = proto << 8 | head_at(h)[0];
	head_skip(h, 1);
	return ((int)proto);
}

PARSE int
parse_pppoe(struct ebpf_head *h)
{
	int	proto;

	if (!head_has(h, 6))
		return (PARSE_ENDS(DECODED_L2_CUT));
	if (head_at(h)[0] != 0x11 || head_at(h)[1] != 0)
		return (PARSE_ENDS(DECODED_NONIP));
	head_skip(h, 6);
	proto = parse_ppp_protocol(h);
	if (proto < 0)
		return (proto);
	if (proto == 0x0021)
		return (4);
	if (proto == 0x0057)
		return (6);
	if (proto == 0x0281 || proto == 0x0283)
		return (parse_mpls(h));
	return (PARSE_ENDS(DECODED_NONIP));
}

/* From an EtherType to the IP version, or PARSE_ENDS(). */
PARSE int
parse_ethertype(struct ebpf_head *h, int type)
{
	int	i;

	for (i = 0; i < PARSE_SNAPLEN / 4 &&
	    parse_is_vlan((uint32_t)type); i++) {
		if (!head_has(h, 4))
			return (PARSE_ENDS(DECODED_L2_CUT));
		if (HEAD_GET(h, vlan) == FLOW_VLAN_NONE)
			HEAD_GET(h, vlan) = be16(head_at(h)) & FLOW_VLAN_MASK;
		type = (int)be16(head_at(h) + 2);
		head_skip(h, 4);
		if (type < 0x0600 && (type = parse_llc(h)) < 0)
			return (type);
	}
	if (type == 0x0800)
		return (4);
	if (type == 0x86dd)
		return (6);
	if (type == 0x8847 || type == 0x8848)
		return (parse_mpls(h));
	if (type == 0x8864)
		return (parse_pppoe(h));
	return (PARSE_ENDS(DECODED_NONIP));
}

PARSE int
parse_link(struct ebpf_head *h, enum parse_link link, int type)
{
	switch (link) {
	case PARSE_RAW:
		return (parse_nibble(h, PARSE_ENDS(DECODED_IP_VERSION)));
	case PARSE_COOKED:
		if (type < 0x0600)	/* Linux's number, no EtherType */
			return (PARSE_ENDS(DECODED_NONIP));
		return (parse_ethertype(h, type));
	default:
		if (!head_has(h, 14))
			return (PARSE_ENDS(DECODED_L2_CUT));
		type = (int)be16(head_at(h) + 12);
		head_skip(h, 14);
		if (type < 0x0600 && (type = parse_llc(h)) < 0)
			return (type);
		return (parse_ethertype(h, type));
	}
}

#endif
