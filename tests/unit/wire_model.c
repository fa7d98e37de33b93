/*
 * A model of the wire.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"
#include "rowset.h"
#include "wire_model.h"

enum { FIN = 0x01, PSH = 0x08, CWR = 0x80 };

static uint64_t	rng = 12;

unsigned
wire_below(unsigned n)
{
	return ((unsigned)(random_next(&rng) >> 20) % n);
}

static uint8_t *
put(struct out *o, const char *octets, size_t n)
{
	uint8_t	*at = o->at + o->n;

	memcpy(at, octets, n);
	o->n += n;
	return (at);
}

static uint8_t *
put_zeros(struct out *o, size_t n)
{
	uint8_t	*at = o->at + o->n;

	memset(at, 0, n);
	o->n += n;
	return (at);
}

/* ---- lengths of headers, from the inside to the outside ---- */

static size_t
length_l4(const struct shape *s)
{
	return (s->proto == 6 ? s->offset * 4 : s->proto == 17 ? 8 : 12);
}

static size_t
length_ip(const struct shape *s, bool v6)
{
	return (v6 ? 40 + s->extensions * 8 : 20 + s->words4 * 4);
}

static size_t
length_gre(const struct shape *s)
{
	size_t	n = 4;

	n += (s->gre & 0x80) != 0 ? 4U : 0;
	n += (s->gre & 0x20) != 0 ? 4U : 0;
	n += (s->gre & 0x10) != 0 ? 4U : 0;
	return (n);
}

/* Headers between the outer IP header and the inner one. */
static size_t
length_tunnel(const struct shape *s)
{
	switch (s->tunnel) {
	case GRE:
		return (length_gre(s));
	case GRE_ETHERNET:
		return (length_gre(s) + 14);
	case VXLAN:
	case VXLAN_LINUX:
		return (16 + 14);
	case VXLAN_GPE:
		return (16);
	case GENEVE:
		return (16 + s->geneve * 4 + 14);
	default:
		return (0);
	}
}

/* ---- headers ---- */

static void
put_ip(struct out *o, const struct shape *s, bool v6, uint8_t proto,
    size_t payload, uint8_t host)
{
	uint8_t		*p;
	unsigned	 i;
	size_t		 n;

	if (!v6) {
		p = put_zeros(o, 20 + s->words4 * 4);
		p[0] = (uint8_t)(0x40 | (5 + s->words4));
		n = length_ip(s, false) + payload;
		put_be16(p + 2, n > 65535 ? 0 : (uint16_t)n);
		p[8] = 64;
		p[9] = proto;
		memcpy(p + 12, "\x0a\x01\x01", 3);
		memcpy(p + 16, "\xc0\x00\x02", 3);
		p[15] = p[19] = host;
		memset(p + 20, 1, s->words4 * 4);	/* no operation */
		return;
	}
	p = put_zeros(o, 40);
	p[0] = 0x60;
	n = s->extensions * 8 + payload;
	put_be16(p + 4, n > 65535 ? 0 : (uint16_t)n);
	p[6] = s->extensions > 0 ? 60 : proto;
	p[7] = 64;
	p[8] = 0xfd;
	p[24] = 0x20;
	p[23] = p[39] = host;
	for (i = 0; i < s->extensions; i++) {
		p = put_zeros(o, 8);	/* Destination Options */
		p[0] = i + 1 < s->extensions ? 60 : proto;
		p[2] = 1;		/* PadN */
		p[3] = 4;
	}
}

static void
put_l4(struct out *o, const struct shape *s, uint8_t flags, size_t payload)
{
	uint8_t	*p = put_zeros(o, length_l4(s));

	put_be16(p, 1025);
	put_be16(p + 2, s->port);
	if (s->proto == 6) {
		p[12] = (uint8_t)(s->offset << 4);
		p[13] = flags;
	} else if (s->proto == 17)
		put_be16(p + 4, (uint16_t)(8 + payload));
}

static void
put_type(struct out *o, bool v6)
{
	(void)put(o, v6 ? "\x86\xdd" : "\x08\x00", 2);
}

static void
put_ethernet(struct out *o, bool v6)
{
	(void)put_zeros(o, 12);
	put_type(o, v6);
}

static void
put_udp_tunnel(struct out *o, const struct shape *s, size_t payload)
{
	static const uint16_t	ports[TUNNELS] = {
		[VXLAN] = 4789, [VXLAN_LINUX] = 8472, [VXLAN_GPE] = 4790,
		[GENEVE] = 6081
	};
	uint8_t			*p = put_zeros(o, 16);

	put_be16(p, 40000);
	put_be16(p + 2, ports[s->tunnel]);
	put_be16(p + 4, (uint16_t)payload);
	if (s->tunnel == GENEVE) {
		p[8] = (uint8_t)s->geneve;
		memcpy(p + 10, "\x65\x58", 2);
		(void)put_zeros(o, s->geneve * 4);
		put_ethernet(o, s->inner6);
		return;
	}
	p[8] = 0x08;
	if (s->tunnel == VXLAN_GPE) {
		p[8] = 0x0c;
		p[11] = s->inner6 ? 2 : 1;
		return;
	}
	put_ethernet(o, s->inner6);
}

static void
put_tunnel(struct out *o, const struct shape *s, size_t payload)
{
	uint8_t	*p;

	switch (s->tunnel) {
	case GRE:
	case GRE_ETHERNET:
		p = put_zeros(o, length_gre(s));
		p[0] = (uint8_t)s->gre;
		if (s->tunnel == GRE_ETHERNET) {
			memcpy(p + 2, "\x65\x58", 2);
			put_ethernet(o, s->inner6);
		} else
			memcpy(p + 2, s->inner6 ? "\x86\xdd" : "\x08\x00", 2);
		break;
	case IP_IN_IP:
		break;
	default:
		put_udp_tunnel(o, s, payload);
		break;
	}
}

static uint8_t
outer_protocol(const struct shape *s)
{
	switch (s->tunnel) {
	case NO_TUNNEL:
		return (s->proto);
	case IP_IN_IP:
		return (s->inner6 ? 41 : 4);
	case GRE:
	case GRE_ETHERNET:
		return (47);
	default:
		return (17);
	}
}

void
wire_make(struct out *o, const struct shape *s, size_t payload, size_t said,
    uint8_t flags)
{
	size_t	inner = length_l4(s) + said;

	o->n = 0;
	(void)put_zeros(o, 12);
	if (s->tag)
		(void)put(o, "\x81\x00\x20\x0a", 4);
	put_type(o, s->v6);
	if (s->tunnel != NO_TUNNEL) {
		inner += length_ip(s, s->inner6);
		put_ip(o, s, s->v6, outer_protocol(s),
		    length_tunnel(s) + inner, 1);
		put_tunnel(o, s, length_tunnel(s) + inner);
		put_ip(o, s, s->inner6, s->proto, length_l4(s) + said, 2);
	} else
		put_ip(o, s, s->v6, s->proto, inner, 1);
	put_l4(o, s, flags, said);
	(void)put_zeros(o, payload);
}

struct shape
wire_choose(void)
{
	static const uint8_t	protos[] = { 6, 6, 17, 132 };
	static const uint8_t	gre[] = { 0, 0x80, 0x20, 0xa0, 0xb0, 0x10 };
	struct shape		s = { .tag = wire_below(4) == 0 };

	s.v6 = wire_below(2) == 0;
	s.inner6 = wire_below(2) == 0;
	s.tunnel = wire_below(2) == 0 ? NO_TUNNEL : (enum tunnel)wire_below(TUNNELS);
	s.words4 = wire_below(3) == 0 ? wire_below(11) : 0;
	s.extensions = wire_below(3) == 0 ? wire_below(3) : 0;
	s.gre = gre[wire_below(sizeof(gre))];
	s.geneve = wire_below(3) == 0 ? wire_below(8) : 0;
	s.proto = protos[wire_below(s.tunnel == NO_TUNNEL ? 4 : 3)];
	s.offset = 5 + (wire_below(2) == 0 ? wire_below(11) : 0);
	s.port = (uint16_t)(wire_below(3) == 0 ? 443 : 1 + wire_below(65535));
	return (s);
}

/* ---- what the wire carries, and what the program counts ---- */

struct counted	wire_want, wire_got;

void
wire_add(struct counted *c, const struct flow *f)
{
	if (c->flows++ == 0) {
		c->flow = *f;
		return;
	}
	assert_memory_equal(&c->flow.key, &f->key, sizeof(f->key));
	flow_count_add(&c->flow.count, &f->count);
}

static void
carry(const struct out *o)
{
	struct frame	frame = { .octets = o->at,
			    .caplen = (uint32_t)o->n, .wirelen = (uint32_t)o->n };
	const struct frame *from[1];
	struct flow	f;
	uint64_t	verdicts[DECODED_VERDICTS] = { 0 };

	assert_int_equal(decode_frames(decode_for_link(1), FLOW_PORTS_ALL,
	    &frame, 1, &f, from, verdicts, &wire_want.tally), 1);
	wire_add(&wire_want, &f);
	wire_want.wire_bytes += o->n;
}

unsigned
wire_cut(const struct shape *s, size_t payload, size_t size, uint8_t flags)
{
	struct out	o;
	size_t		at, n;
	uint8_t		mine;
	unsigned	segments = 0;

	memset(&wire_want, 0, sizeof(wire_want));
	for (at = 0; at < payload; at += n, segments++) {
		n = payload - at < size ? payload - at : size;
		mine = flags;
		if (at > 0)
			mine &= (uint8_t)~CWR;
		if (at + n < payload)
			mine &= (uint8_t)~(FIN | PSH);
		wire_make(&o, s, n, n, mine);
		carry(&o);
	}
	wire_want.segments = segments - 1;
	return (segments);
}

void
wire_same(void)
{
	assert_int_equal(wire_got.flows, 1);
	assert_memory_equal(&wire_got.flow.key, &wire_want.flow.key,
	    sizeof(wire_got.flow.key));
	assert_int_equal(wire_got.flow.count.packets, wire_want.flow.count.packets);
	assert_int_equal(wire_got.flow.count.ip, wire_want.flow.count.ip);
	assert_int_equal(wire_got.flow.count.data, wire_want.flow.count.data);
	assert_int_equal(wire_got.wire_bytes, wire_want.wire_bytes);
	assert_int_equal(wire_got.segments, wire_want.segments);
	assert_memory_equal(&wire_got.tally, &wire_want.tally, sizeof(wire_got.tally));
}

unsigned
wire_frame(struct out *o, const struct shape *s, size_t *size)
{
	size_t		payload = 2 + wire_below(2000), said;
	uint8_t		flags;
	unsigned	segments;

	*size = 1 + wire_below((unsigned)payload);
	flags = (uint8_t)wire_below(256);
	segments = wire_cut(s, payload, *size, flags);
	said = s->tunnel != NO_TUNNEL && segments > 1 && wire_below(3) == 0 ?
	    *size : payload;
	wire_make(o, s, payload, said, flags);
	return (segments);
}
