/*
 * The parser of the program in the kernel: a frame that stands for several
 * packets.  Segmentation offload hands over one frame, which the card or the
 * kernel cuts into segments later, or which it has joined from those that were
 * received.  What the wire carries are the segments, each with all headers up
 * to those of TCP or UDP, in a tunnel up to the inner ones.
 *
 * __sk_buff tells how many there are and how long their payload is, but not
 * where that begins, nor whether there is a tunnel.
 */
#ifndef EBPF_SEGMENTS_H
#define EBPF_SEGMENTS_H

#include "ebpf_parse.h"

/* A state of the walk below: an EtherType, or this and an IP protocol. */
#define WALK_IP_PROTOCOL	0x10000
#define WALK_DONE		0x20000
#define WALK_FAILED		0x20001

#define WALK_ETHERNET		0x6558	/* transparent Ethernet bridging */

/* Headers of all kinds that one frame may have: more than Linux can join. */
#define WALK_STEPS		16

enum { P_IPIP = 4, P_IP6 = 41, P_GRE = 47 };

enum {
	PORT_VXLAN = 4789, PORT_VXLAN_LINUX = 8472, PORT_VXLAN_GPE = 4790,
	PORT_GENEVE = 6081
};

/* Instead of a size: each segment has a size of its own (SCTP). */
#define SIZE_BY_FRAGMENTS	0xffff

PARSE bool
port_is_tunnel(uint32_t port)
{
	return (port == PORT_VXLAN || port == PORT_VXLAN_LINUX ||
	    port == PORT_VXLAN_GPE || port == PORT_GENEVE);
}

/* Skip n bytes that were captured; the next header is `next'. */
PARSE uint32_t
walk_past(struct ebpf_head *h, uint32_t n, uint32_t next)
{
	if (!head_has(h, n))
		return (WALK_FAILED);
	head_skip(h, n);
	return (next);
}

PARSE uint32_t
walk_gre(struct ebpf_head *h)
{
	const uint8_t	*p = head_at(h);
	uint32_t	 n = 4, type;

	if (!head_has(h, 4) || (p[1] & 7) != 0)
		return (WALK_FAILED);
	n += p[0] & 0x80 ? 4 : 0;	/* checksum */
	n += p[0] & 0x20 ? 4 : 0;	/* key */
	n += p[0] & 0x10 ? 4 : 0;	/* sequence number */
	type = be16(p + 2);
	return (walk_past(h, n, type));
}

/* Behind UDP: the header of VXLAN or Geneve, if the port is that of one. */
PARSE uint32_t
walk_udp(struct ebpf_head *h)
{
	const uint8_t	*p = head_at(h);
	uint32_t	 port, next;

	if (!head_has(h, 8))
		return (WALK_FAILED);
	port = be16(p + 2);
	if (!port_is_tunnel(port))
		return (walk_past(h, 8, WALK_DONE));
	if (!head_has(h, 16))
		return (WALK_FAILED);
	if (port == PORT_GENEVE) {
		next = be16(p + 10);
		return (walk_past(h, 16 + (uint32_t)(p[8] & 0x3f) * 4, next));
	}
	next = WALK_ETHERNET;
	if (port == PORT_VXLAN_GPE)
		next = p[11] == 1 ? 0x0800 : p[11] == 2 ? 0x86dd :
		    p[11] == 3 ? WALK_ETHERNET : WALK_FAILED;
	return (walk_past(h, 16, next));
}

PARSE uint32_t
walk_protocol(struct ebpf_head *h, uint32_t proto)
{
	const uint8_t	*p = head_at(h);
	uint32_t	 n, next;

	switch (proto) {
	case P_IPIP:
		return (0x0800);
	case P_IP6:
		return (0x86dd);
	case P_GRE:
		return (walk_gre(h));
	case P_UDP:
		return (walk_udp(h));
	case P_TCP:
		n = head_has(h, 13) ? (uint32_t)(p[12] >> 4) * 4 : 0;
		return (n < 20 ? WALK_FAILED : walk_past(h, n, WALK_DONE));
	case P_SCTP:
		return (walk_past(h, 12, WALK_DONE));
	default:
		if (!head_has(h, 8) || (n = parse_extension(proto, p)) == 0)
			return (WALK_FAILED);
		next = p[0];
		return (walk_past(h, n, WALK_IP_PROTOCOL | next));
	}
}

/* Past one header.  Returns what comes next. */
PARSE uint32_t
walk_step(struct ebpf_head *h, uint32_t at)
{
	const uint8_t	*p = head_at(h);
	uint32_t	 n, next;

	if (at & WALK_IP_PROTOCOL)
		return (walk_protocol(h, at & 0xff));
	if (at == 0x0800) {
		n = head_has(h, 20) ? (uint32_t)(p[0] & 0x0f) * 4 : 0;
		next = p[9];
		return (n < 20 ? WALK_FAILED :
		    walk_past(h, n, WALK_IP_PROTOCOL | next));
	}
	if (at == 0x86dd) {
		next = p[6];
		return (walk_past(h, 40, WALK_IP_PROTOCOL | next));
	}
	if (at == WALK_ETHERNET) {
		next = be16(p + 12);
		return (walk_past(h, 14, next));
	}
	if (parse_is_vlan(at)) {
		next = be16(p + 2);
		return (walk_past(h, 4, next));
	}
	return (WALK_FAILED);
}

/*
 * The length of all headers from the outer IP header on, which is at the
 * offset of the head; 0: unknown.
 */
PARSE uint32_t
walk_headers(struct ebpf_head *h, uint32_t version)
{
	uint32_t	begin = head_off(h), at;
	int		i;

	HEAD_GET(h, proto) = version == 4 ? 0x0800 : 0x86dd;
	for (i = 0; i < WALK_STEPS; i++) {
		at = HEAD_GET(h, proto);
		if (at >= WALK_DONE)
			break;
		HEAD_GET(h, proto) = walk_step(h, at);
	}
	return (HEAD_GET(h, proto) == WALK_DONE ? head_off(h) - begin : 0);
}

/* Segments that n bytes of payload make. */
PARSE uint32_t
segments_of(uint32_t n, uint32_t size)
{
	return (size == 0 || n == 0 ? 1 : (n + size - 1) / size);
}

/*
 * Without a tunnel the parser has found the headers: all that is no data.  The
 * frame has `frame' bytes from the IP header on; if IP's header says that there
 * are more, these make no segments.
 */
PARSE void
segments_plain(const struct ebpf_parsed *p, uint32_t frame, uint32_t count,
    uint32_t size, struct ebpf_segments *s)
{
	uint32_t	wire = (uint32_t)p->flow.count.ip, headers;

	headers = wire - (uint32_t)p->flow.count.data;
	if (p->flow.key.proto == P_SCTP)	/* its header counts as data */
		headers += 12;
	s->wire = wire;
	s->headers = headers;
	if (frame > wire)
		frame = wire;
	s->count = count != 0 ? count : size == SIZE_BY_FRAGMENTS ||
	    headers > frame ? 1 : segments_of(frame - headers, size);
}

/*
 * The packet of the head is one of a tunnel: `frame' bytes with all headers.
 * Its length in IP's header may be that of a segment (GSO_PARTIAL).  A program
 * may have sent datagrams to the port of a tunnel by UDP_SEGMENT: then only
 * their number agrees.
 */
PARSE void
segments_tunnel(struct ebpf_head *h, const struct ebpf_parsed *p,
    uint32_t frame, uint32_t count, uint32_t size, struct ebpf_segments *s)
{
	uint32_t	version, headers;

	version = p->flow.key.family == FLOW_FAMILY_IP4 ? 4 : 6;
	headers = walk_headers(h, version);
	segments_plain(p, frame, count, size, s);
	if (headers == 0 || headers >= frame)
		return;
	if (p->flow.key.proto == P_UDP && count != 0 &&
	    segments_of(frame - headers, size) != count &&
	    segments_of((uint32_t)p->flow.count.data, size) == count)
		return;
	s->wire = frame;
	s->headers = headers;
	if (count == 0)
		s->count = segments_of(frame - headers, size);
}

/*
 * The length of a joined IPv6 packet above 65535: many kernels put it into an
 * option, which no segment has.  Take it away; returns its bytes.
 */
PARSE uint32_t
segments_drop_jumbo(struct ebpf_head *h, struct ebpf_parsed *p)
{
	const uint8_t	*ip;

	if (p->flow.count.ip <= 65535 || !head_has(h, 48))
		return (0);
	ip = head_at(h);
	if (ip[0] >> 4 != 6 || be16(ip + 4) != 0 || ip[6] != P_HOPOPTS ||
	    ip[41] != 0 || ip[42] != 0xc2)
		return (0);
	p->flow.count.ip -= 8;
	return (8);
}

/* Can the frame be one of a tunnel? */
PARSE bool
segments_need_walk(const struct ebpf_parsed *p)
{
	uint32_t	proto = p->flow.key.proto;

	return (proto != P_TCP && proto != P_SCTP &&
	    (proto != P_UDP || port_is_tunnel(p->flow.key.dport)));
}

/*
 * Count the packet s->count times.  In a tunnel the repeated headers behind
 * those of the outer packet are its data.
 */
PARSE void
segments_count(struct ebpf_parsed *p, const struct ebpf_segments *s)
{
	struct flow_count	*c = &p->flow.count;
	uint64_t		 more = s->count - 1;
	uint64_t		 before = c->ip - p->payload;
	uint64_t		 outer = c->ip - c->data;

	if (s->wire > c->ip) {
		c->data += s->wire - c->ip;
		c->ip = s->wire;
	}
	c->packets = s->count;
	c->ip += more * s->headers;
	if (s->headers > outer)
		c->data += more * (s->headers - outer);
	/* Each segment has the outer IP header, which is no payload. */
	p->payload = (uint32_t)(c->ip - s->count * before);
}

#endif
