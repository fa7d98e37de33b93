/*
 * The programs in the kernel: how a frame is read from a socket buffer.
 */
#ifndef EBPF_FRAME_H
#define EBPF_FRAME_H

#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "ebpf_segments.h"

#define TAG_LENGTH	4	/* VLAN tag, which the kernel has removed */
#define COOKED_LENGTH	16	/* header that libpcap adds */
#define MAC_TYPE	12	/* offset of the EtherType of Ethernet */

/* Copy the frame to the head, at most snap bytes.  False on failure. */
PARSE bool
fill_head(struct __sk_buff *skb, struct ebpf_head *h, uint32_t snap,
    uint32_t wire)
{
	uint32_t	cap = wire < snap ? wire : snap, last;

	h->cap = cap;
	h->wire = wire;
	if (cap == 0)
		return (true);
	/*
	 * The comparison is always true.  It is for the verifier, which in
	 * Linux 5.10 and 6.1 does not conclude from `cap != 0' that cap is at
	 * least 1.
	 */
	last = cap - 1;
	OPAQUE(last);
	return (last < PARSE_SNAPLEN &&
	    bpf_skb_load_bytes(skb, 0, h->at, last + 1) == 0);
}

/* Bytes that libpcap adds to a frame. */
PARSE uint32_t
added_by_pcap(struct __sk_buff *skb, enum parse_link link)
{
	return ((link != PARSE_RAW && skb->vlan_present ? TAG_LENGTH : 0) +
	    (link == PARSE_COOKED ? COOKED_LENGTH : 0));
}

/* The id of the tag that libpcap adds; FLOW_VLAN_NONE: none. */
PARSE uint32_t
removed_vlan(struct __sk_buff *skb, enum parse_link link)
{
	return (link != PARSE_RAW && skb->vlan_present ?
	    skb->vlan_tci & FLOW_VLAN_MASK : FLOW_VLAN_NONE);
}

/*
 * A cooked frame is what follows its own link header.  If it is sent with VLAN
 * tags in it, such as by a VLAN device on a card that adds none, the kernel
 * takes these for a part of that header: then the data differ from what comes
 * behind the MAC addresses.  Returns the EtherType of the data.
 */
PARSE uint32_t
skip_tags(struct __sk_buff *skb, struct ebpf_desk *d, uint32_t type)
{
	uint64_t	data[2], behind[3];
	const uint8_t	*tag = (const uint8_t *)behind + 8;

	if (!parse_is_vlan(type) ||
	    bpf_skb_load_bytes(skb, 0, data, sizeof(data)) != 0 ||
	    bpf_skb_load_bytes_relative(skb, MAC_TYPE - 6, behind,
	    sizeof(behind), BPF_HDR_START_MAC) != 0 ||
	    be16(tag - 2) != type || (data[0] == behind[1] &&
	    data[1] == behind[2]))
		return (type);
	if (d->head.vlan == FLOW_VLAN_NONE)
		d->head.vlan = be16(tag) & FLOW_VLAN_MASK;
	d->tags = TAG_LENGTH;
	type = be16(tag + 2);
	if (parse_is_vlan(type)) {
		d->tags = 2 * TAG_LENGTH;
		type = be16(tag + 6);
	}
	if (parse_is_vlan(type)) {
		d->tags = 3 * TAG_LENGTH;
		type = be16(tag + 10);
	}
	return (type);
}

PARSE int
parse_slowly(struct __sk_buff *skb, struct ebpf_desk *d, enum parse_link link)
{
	uint32_t	type = bpf_ntohs((uint16_t)skb->protocol);
	uint32_t	snap = PARSE_SNAPLEN;

	/* The bytes that libpcap adds count towards its snapshot length. */
	snap -= added_by_pcap(skb, link);
	if (!fill_head(skb, &d->head, snap, skb->len))
		return (-1);
	d->head.vlan = removed_vlan(skb, link);
	if (link == PARSE_COOKED)
		type = skip_tags(skb, d, type);
	return (parse_frame(&d->head, link, type, &d->parsed));
}

/* The fast path: DECODED_IP, or DECODED_VERDICTS if it cannot parse this. */
PARSE int
parse_plainly(struct __sk_buff *skb, enum parse_link link,
    struct ebpf_parsed *p)
{
	uint8_t		octets[16 + PLAIN_IP6] __attribute__((aligned(8)));
	const uint32_t	before = link == PARSE_ETHERNET ? 14 : 0;
	uint8_t		*frame = octets + (16 - before), *ip = octets + 16;
	uint32_t	type;

	if (skb->len < before + PLAIN_IP4 ||
	    bpf_skb_load_bytes(skb, 0, frame, before + PLAIN_IP4) != 0)
		return (DECODED_VERDICTS);
	if (link == PARSE_ETHERNET)
		type = be16(ip - 2);
	else if (link == PARSE_COOKED)
		type = bpf_ntohs((uint16_t)skb->protocol);
	else
		type = ip[0] >> 4 == 4 ? 0x0800 : ip[0] >> 4 == 6 ? 0x86dd : 0;
	if (type == 0x0800 && parse_plain4(ip, p))
		return (DECODED_IP);
	if (type != 0x86dd || skb->len < before + PLAIN_IP6 ||
	    bpf_skb_load_bytes(skb, before + PLAIN_IP4, ip + PLAIN_IP4,
	    PLAIN_IP6 - PLAIN_IP4) != 0)
		return (DECODED_VERDICTS);
	return (parse_plain6(ip, p) ? DECODED_IP : DECODED_VERDICTS);
}

/*
 * How many packets the frame stands for: with the size of a segment the kernel
 * says so.  Not inlined: six programs share it.
 */
static __attribute__((noinline)) int
find_segments(struct __sk_buff *skb, struct ebpf_desk *d)
{
	struct ebpf_segments	*s = &d->segments;
	uint32_t		 count = skb->gso_segs, size = skb->gso_size;
	uint32_t		 ip, length;

	if (size == 0)
		return (0);
	ip = s->plain != 0 ? s->plain - 1 : d->head.ip;
	s->jumbo = 0;
	if (s->plain == 0) {
		d->head.off = ip;
		s->jumbo = segments_drop_jumbo(&d->head, &d->parsed);
	}
	length = skb->len - ip - s->jumbo;
	if (!segments_need_walk(&d->parsed)) {
		segments_plain(&d->parsed, length, count, size, s);
		return (0);
	}
	if (s->plain != 0 &&
	    !fill_head(skb, &d->head, PARSE_SNAPLEN, skb->len))
		return (0);
	d->head.ip = d->head.off = ip;
	segments_tunnel(&d->head, &d->parsed, length, count, size, s);
	return (0);
}

PARSE int
parse(struct __sk_buff *skb, struct ebpf_desk *desk, enum parse_link link)
{
	int		v = parse_plainly(skb, link, &desk->parsed);
	uint32_t	vlan;

	FORGET();
	desk->tags = 0;
	desk->segments.plain = 1 + (link == PARSE_ETHERNET ? 14 : 0);
	if (v == DECODED_VERDICTS) {
		v = parse_slowly(skb, desk, link);
		desk->segments.plain = 0;
	} else if ((vlan = removed_vlan(skb, link)) != FLOW_VLAN_NONE)
		desk->parsed.flow.key.vlan = vlan & FLOW_VLAN_MASK;
	FORGET();
	desk->segments.count = 1;
	/* A frame without data is one packet; gso_size costs a cache line. */
	if (v == DECODED_IP && desk->parsed.flow.count.data > 1)
		(void)find_segments(skb, desk);
	FORGET();
	return (v);
}

#endif
