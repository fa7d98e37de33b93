/*
 * The parser of the program in the kernel: IP, as lib/packet/decode_ip.c does,
 * and the entry points.  ebpf_link.h explains the form of this code.
 */
#ifndef EBPF_PARSE_H
#define EBPF_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "ebpf_link.h"

/* Set the mark, which is counted apart from the row: TCP flags, ICMP type. */
PARSE void
parse_mark(struct ebpf_parsed *p, const uint8_t *l4, uint32_t have)
{
	uint32_t	proto = p->flow.key.proto, type;

	if (proto == P_TCP) {
		p->mark = TALLY_TCP + (have >= 14 ? l4[13] : 0);
		if (p->flow.count.data > 0)
			p->mark += TALLY_TCP_DATA - TALLY_TCP;
		return;
	}
	if (proto != P_ICMP && proto != P_ICMP6)
		return;
	type = have >= 1 ? l4[0] : 0;
	p->mark = (uint16_t)(type + (proto == P_ICMP ? TALLY_ICMP :
	    TALLY_ICMP6));
}

/*
 * Set ports and data bytes.  l4 is what follows the IP headers: `have' bytes
 * that were captured and belong to the packet.
 */
PARSE void
parse_sub(struct ebpf_parsed *p, const uint8_t *l4, uint32_t have)
{
	uint32_t	header = 0, proto = p->flow.key.proto;

	if ((proto == P_TCP || proto == P_UDP || proto == P_DCCP ||
	    proto == P_SCTP || proto == P_UDPLITE) && have >= 4) {
		p->flow.key.sport = (uint16_t)be16(l4);
		p->flow.key.dport = (uint16_t)be16(l4 + 2);
	}
	if (proto == P_TCP) {
		header = have >= 13 ? (uint32_t)(l4[12] >> 4) * 4 : 0;
		header = header < 20 ? 20 : header;
	} else if (proto == P_UDP || proto == P_UDPLITE || proto == P_ICMP ||
	    proto == P_ICMP6)
		header = 8;
	p->flow.count.data = p->payload > header ? p->payload - header : 0;
	parse_mark(p, l4, have);
}

/* The same for the bytes of the head from its offset on. */
PARSE void
parse_sub_head(struct ebpf_head *h, struct ebpf_parsed *p)
{
	uint32_t	off = head_off(h), cap = HEAD_GET(h, cap);
	uint32_t	have = off < cap ? cap - off : 0;

	have = have < p->payload ? have : p->payload;
	parse_sub(p, head_at(h), have);
}

/* The verdict for a cut IP header: cut, or of another IP version. */
PARSE int
parse_cut(struct ebpf_head *h, uint32_t version)
{
	if (head_has(h, 1) && (uint32_t)head_at(h)[0] >> 4 != version)
		return (DECODED_IP_VERSION);
	return (DECODED_IP_CUT);
}

PARSE void
parse_addr4(struct flow_key *k, const uint8_t *ip)
{
	uint32_t	mapped = 0;

	__builtin_memcpy((uint8_t *)&mapped + 2, "\xff\xff", 2);
	__builtin_memset(k->src, 0, 8);
	__builtin_memset(k->dst, 0, 8);
	__builtin_memcpy(k->src + 8, &mapped, 4);
	__builtin_memcpy(k->dst + 8, &mapped, 4);
	__builtin_memcpy(k->src + 12, ip + 12, 4);
	__builtin_memcpy(k->dst + 12, ip + 16, 4);
}

PARSE void
parse_begin(struct ebpf_parsed *p, uint8_t proto, uint8_t family)
{
	struct flow	*f = &p->flow;

	f->key.sport = f->key.dport = 0;
	f->key.proto = proto;
	f->key.flags = 0;
	f->key.vlan = FLOW_VLAN_NONE;
	f->key.family = family & FLOW_FAMILY_MASK;
	f->count.packets = 1;
	p->mark = TALLY_PLAIN;
}

/* Is the packet a fragment, except the first one?  Then it has no ports. */
PARSE bool
parse_later4(const uint8_t *ip, struct ebpf_parsed *p)
{
	uint32_t	fragment = be16(ip + 6) & 0x3fff;

	p->first_fragment = fragment == 0x2000;
	if ((fragment & 0x1fff) == 0)
		return (false);
	p->mark = TALLY_LATER_FRAGMENT;
	return (true);
}

PARSE int
parse_ip4(struct ebpf_head *h, struct ebpf_parsed *p)
{
	const uint8_t	*ip = head_at(h);
	uint32_t	 header, length;

	if (!head_has(h, 20))
		return (parse_cut(h, 4));
	if (ip[0] >> 4 != 4)
		return (DECODED_IP_VERSION);
	header = (uint32_t)(ip[0] & 0x0f) * 4;
	if (header < 20)
		return (DECODED_IP_IHL);
	length = be16(ip + 2);
	if (length == 0)	/* offload: more than 65535 bytes */
		length = head_wire(h);
	if (length < header)
		return (DECODED_IP_LEN);
	parse_begin(p, ip[9], FLOW_FAMILY_IP4);
	parse_addr4(&p->flow.key, ip);
	p->flow.count.ip = length;
	p->payload = length - header;
	p->flow.count.data = p->payload;
	if (parse_later4(ip, p))
		return (DECODED_IP);
	head_skip(h, header);
	parse_sub_head(h, p);
	return (DECODED_IP);
}

/* The length in the Jumbo Payload option of the Hop-by-Hop header, or 0. */
PARSE uint32_t
parse_jumbo(struct ebpf_head *h)
{
	uint32_t	begin = head_off(h), limit = head_wire(h);
	uint32_t	cap = HEAD_GET(h, cap), end, length = 0;
	const uint8_t	*p = head_at(h);
	int		i;

	if (!head_has(h, 8))
		return (0);
	end = begin + ((uint32_t)p[1] + 1) * 8;
	end = end < cap ? end : cap;
	head_skip(h, 2);
	for (i = 0; i < PARSE_SNAPLEN; i++) {
		if (head_off(h) + 1 > end)
			break;
		p = head_at(h);
		if (p[0] == 0) {
			head_skip(h, 1);
			continue;
		}
		if (head_off(h) + 2 > end)
			break;
		if (p[0] == 0xc2 && p[1] == 4 && head_off(h) + 6 <= end) {
			length = be32(p + 2);
			break;
		}
		head_skip(h, 2 + (uint32_t)p[1]);
	}
	HEAD_GET(h, off) = begin;
	return (length >= 65536 && length <= limit ? length : 0);
}

/* The length of an extension header in bytes, or 0 if type is no such one. */
PARSE uint32_t
parse_extension(uint32_t type, const uint8_t *p)
{
	if (type == P_HOPOPTS || type == P_ROUTING || type == P_DSTOPTS)
		return (((uint32_t)p[1] + 1) * 8);
	if (type == P_FRAGMENT)
		return (8);
	if (type == P_AH)
		return (((uint32_t)p[1] + 2) * 4);
	return (0);
}

/* Skip the extension headers.  True: a fragment, except the first one. */
PARSE bool
parse_walk(struct ebpf_head *h, struct ebpf_parsed *to)
{
	const uint8_t	*p;
	uint32_t	 n, proto;
	bool		 later = false;
	int		 i;

	for (i = 0; i < PARSE_SNAPLEN / 8 && !later; i++) {
		if (HEAD_GET(h, payload) < 8 || !head_has(h, 8))
			break;
		p = head_at(h);
		proto = HEAD_GET(h, proto);
		n = parse_extension(proto, p);
		if (n == 0 || n > HEAD_GET(h, payload))
			break;
		if (proto == P_FRAGMENT) {
			later = (be16(p + 2) & 0xfff8) != 0;
			if (p[3] & 1)
				to->first_fragment = 1;
		}
		HEAD_GET(h, proto) = p[0];
		HEAD_GET(h, payload) = HEAD_GET(h, payload) - n;
		head_skip(h, n);
	}
	return (later);
}

PARSE int
parse_ip6(struct ebpf_head *h, struct ebpf_parsed *p)
{
	const uint8_t	*ip = head_at(h);
	uint32_t	 length;
	bool		 later;

	if (!head_has(h, 40))
		return (parse_cut(h, 6));
	if (ip[0] >> 4 != 6)
		return (DECODED_IP_VERSION);
	length = be16(ip + 4);
	head_skip(h, 40);
	if (length == 0 && ip[6] == P_HOPOPTS)
		length = parse_jumbo(h);
	else if (length == 0 && (ip[6] == P_TCP || ip[6] == P_UDP))
		length = head_wire(h);	/* cannot be empty: offload */
	__builtin_memcpy(p->flow.key.src, ip + 8, 16);
	__builtin_memcpy(p->flow.key.dst, ip + 24, 16);
	p->flow.count.ip = 40 + length;
	HEAD_GET(h, proto) = ip[6];
	HEAD_GET(h, payload) = length;
	p->first_fragment = 0;
	later = parse_walk(h, p);
	parse_begin(p, (uint8_t)HEAD_GET(h, proto), FLOW_FAMILY_IP6);
	p->payload = HEAD_GET(h, payload);
	p->flow.count.data = p->payload;
	if (!later) {
		parse_sub_head(h, p);
		return (DECODED_IP);
	}
	p->first_fragment = 0;
	p->mark = TALLY_LATER_FRAGMENT;
	return (DECODED_IP);
}

/*
 * Parse a whole frame.  The caller has set cap, wire and at[], and vlan to the
 * id of a tag that the kernel has removed, or to FLOW_VLAN_NONE.  If the link
 * is cooked, type is the EtherType.  Returns a verdict, DECODED_.
 */
PARSE int
parse_frame(struct ebpf_head *h, enum parse_link link, int type,
    struct ebpf_parsed *p)
{
	int	version, v;

	HEAD_GET(h, off) = 0;
	HEAD_GET(h, proto) = (uint32_t)parse_link(h, link, type);
	version = (int)HEAD_GET(h, proto);
	if (version < 0)
		return (-1 - version);
	HEAD_GET(h, ip) = head_off(h);
	v = version == 4 ? parse_ip4(h, p) : parse_ip6(h, p);
	p->flow.key.vlan = HEAD_GET(h, vlan) & FLOW_VLAN_MASK;
	return (v);
}

/* ---- the fast path, without loops, for nearly all frames ---- */

/* Bytes of IPv4 and IPv6 packets that the fast path reads. */
enum { PLAIN_L4 = 14, PLAIN_IP4 = 20 + PLAIN_L4, PLAIN_IP6 = 40 + PLAIN_L4 };

/* ip has PLAIN_IP4 bytes.  False: parse_frame() must parse the frame. */
PARSE bool
parse_plain4(const uint8_t *ip, struct ebpf_parsed *p)
{
	uint32_t	length = be16(ip + 2);

	if (ip[0] != 0x45 || length < PLAIN_IP4)
		return (false);
	parse_begin(p, ip[9], FLOW_FAMILY_IP4);
	parse_addr4(&p->flow.key, ip);
	p->flow.count.ip = length;
	p->payload = length - 20;
	p->flow.count.data = p->payload;
	if (!parse_later4(ip, p))
		parse_sub(p, ip + 20, PLAIN_L4);
	return (true);
}

/* The same for IPv6: ip has PLAIN_IP6 bytes. */
PARSE bool
parse_plain6(const uint8_t *ip, struct ebpf_parsed *p)
{
	uint32_t	length = be16(ip + 4);

	if (ip[0] >> 4 != 6 || length < PLAIN_L4 ||
	    parse_is_extension(ip[6]))
		return (false);
	parse_begin(p, ip[6], FLOW_FAMILY_IP6);
	p->first_fragment = 0;
	__builtin_memcpy(p->flow.key.src, ip + 8, 16);
	__builtin_memcpy(p->flow.key.dst, ip + 24, 16);
	p->flow.count.ip = 40 + length;
	p->payload = length;
	parse_sub(p, ip + 40, PLAIN_L4);
	return (true);
}

/* As flow_key_reduce(), and set the data bytes of that mode. */
PARSE void
parse_reduce(struct ebpf_parsed *p, enum flow_ports mode)
{
	struct flow_key	*k = &p->flow.key;

	if (mode == FLOW_PORTS_SERVICE) {
		flow_drop_client_port(k);
	} else if (mode == FLOW_PORTS_NONE) {
		k->sport = k->dport = 0;
		k->proto = 0;
		k->flags |= FLOW_NO_PROTO;
		p->flow.count.data = p->payload;
	}
}

#endif
