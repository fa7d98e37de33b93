/*
 * A direct-mapped cache of flows of plain IPv4 packets, indexed by a cheap
 * hash of the frame's addresses, protocol and ports.  A new flow evicts the
 * one in its slot.  An attacker whose flows share a slot only causes the cost
 * of decode_frames().
 */
#include <stdlib.h>
#include <string.h>

#include "decode_impl.h"
#include "recent.h"

#define SLOT_BITS	13
#define SLOTS		((size_t)1 << SLOT_BITS)

/*
 * After TRY frames, enough to fill the cache with a thousand flows, the hit
 * rate is checked.  If fewer than 7 of 8 frames hit, the cache is bypassed for
 * REST frames.
 */
#define TRY		16384
#define REST		((size_t)64 * TRY)

/* Addresses and ports in network byte order. */
struct slot {
	uint64_t	addrs;
	uint64_t	sub;		/* 0: empty */
	struct flow_count count;	/* not yet returned to the caller */
};

static const uint8_t		no_octet;
static const struct frame	no_frame = { .octets = &no_octet };

struct recent {
	enum flow_ports	ports;
	size_t		resting;	/* frames left to bypass */
	size_t		tried, met;	/* frames; those that hit a slot */
	size_t		next;		/* slot of recent_rest() */
	struct slot	slots[SLOTS];
};

struct recent *
recent_new(enum flow_ports ports)
{
	struct recent	*r = calloc(1, sizeof(*r));

	if (r != NULL)
		r->ports = ports;
	return (r);
}

void
recent_free(struct recent *r)
{
	free(r);
}

/* The frames may come in several calls, and the rest may end between these. */
size_t
recent_frames_for(const struct recent *r, size_t room)
{
	return (r->resting >= room ? room : room / 2);
}

/* Ports, protocol, and a bit that is always set: 0 means an empty slot. */
static inline uint64_t
sub_of(const uint8_t *ip, const struct protocol *p)
{
	uint32_t	ports, both = p->ports_mask * UINT32_C(0x10001);

	memcpy(&ports, ip + IP4_HEADER, sizeof(ports));
	return ((ports & both) | (uint64_t)(0x100U | ip[9]) << 32);
}

static inline struct slot *
slot_of(struct recent *r, uint64_t addrs, uint64_t sub)
{
	uint64_t	h = (addrs ^ (sub << 24 | sub >> 40)) *
	    UINT64_C(0x9e3779b97f4a7c15);

	return (&r->slots[h >> (64 - SLOT_BITS)]);
}

/* Return what the slot has counted, and reset it. */
static void
give_out(struct recent *r, struct slot *s, struct flow *f)
{
	uint8_t		octets[8];
	uint32_t	ports = (uint32_t)s->sub;

	memcpy(octets, &s->addrs, sizeof(octets));
	addr_map_ip4(f->key.src, octets);
	addr_map_ip4(f->key.dst, octets + 4);
	memcpy(octets, &ports, sizeof(ports));
	f->key.sport = get_be16(octets);
	f->key.dport = get_be16(octets + 2);
	f->key.proto = (uint8_t)(s->sub >> 32);
	f->key.vlan = FLOW_VLAN_NONE;
	f->key.family = FLOW_FAMILY_IP4;
	f->key.flags = 0;
	flow_key_reduce(&f->key, r->ports);
	f->count = s->count;
	memset(&s->count, 0, sizeof(s->count));
}

/*
 * A packet of another flow than the slot has: give that out, and the new one,
 * with its first packet.  Returns how many flows were stored, at most two.
 * Never inlined: it would take registers from the packets that hit.
 */
static __attribute__((noinline)) size_t
change(struct recent *r, struct slot *s, const struct slot *to,
    const struct frame *frame, struct flow *flows, const struct frame **from)
{
	size_t	n = 0;

	if (s->count.packets > 0) {
		from[n] = &no_frame;
		give_out(r, s, &flows[n++]);
	}
	*s = *to;
	from[n] = frame;
	give_out(r, s, &flows[n++]);
	return (n);
}

/* Count a plain packet.  Returns how many flows were stored, at most two. */
static inline size_t
add_plain(struct recent *r, const struct frame *frame, enum flow_ports ports,
    struct flow *flows, const struct frame **from)
{
	const uint8_t		*ip = frame->octets + ETHER_HEADER;
	const struct protocol	*p = &decode_protocols[ip[9]];
	uint32_t	 total = get_be16(ip + 2), data = total - IP4_HEADER;
	uint64_t	 addrs, sub = sub_of(ip, p);
	struct slot	*s;

	memcpy(&addrs, ip + 12, sizeof(addrs));
	if (ports != FLOW_PORTS_NONE)
		data = plain_data(p, ip + IP4_HEADER, data);
	s = slot_of(r, addrs, sub);
	if (s->addrs != addrs || s->sub != sub)
		return (change(r, s, &(struct slot){ addrs, sub,
		    { 1, data, total } }, frame, flows, from));
	s->count.packets++;
	s->count.data += data;
	s->count.ip += total;
	return (0);
}

static inline __attribute__((always_inline)) size_t
try_frames(struct recent *r, enum flow_ports ports, const struct frame *frames,
    size_t n, struct flow *flows, const struct frame **from,
    uint64_t counts[DECODED_VERDICTS])
{
	const uint8_t	*at;
	size_t		 i, given, out = 0, plain = 0, missed = 0;

	for (i = 0; i < n; i++) {
		at = frames[i].octets;
		if (frames[i].caplen >= ETHER_HEADER + IP4_HEADER &&
		    get_be16(at + 12) == ETHERTYPE_IP4 &&
		    is_plain_ip4(at + ETHER_HEADER,
		    frames[i].caplen - ETHER_HEADER)) {
			given = add_plain(r, &frames[i], ports, flows + out,
			    from + out);
			out += given;
			missed += given > 0;
			plain++;
		} else {
			out += decode_frames(link_ethernet, ports, &frames[i],
			    1, flows + out, from + out, counts, NULL);
			missed++;
		}
	}
	counts[DECODED_IP] += plain;
	r->tried += n;
	r->met += n - missed;
	return (out);
}

/* Bypass the cache for a while if too few packets hit. */
static void
judge(struct recent *r)
{
	if (r->met < r->tried - r->tried / 8)
		r->resting = REST;
	r->tried = r->met = 0;
}

size_t
recent_frames(struct recent *r, const struct frame *frames, size_t n,
    struct flow *flows, const struct frame **from,
    uint64_t counts[DECODED_VERDICTS])
{
	if (r->resting > 0) {
		r->resting -= n < r->resting ? n : r->resting;
		return (decode_frames(link_ethernet, r->ports, frames, n,
		    flows, from, counts, NULL));
	}
	if (r->tried >= TRY)
		judge(r);
	return (r->ports == FLOW_PORTS_ALL ?
	    try_frames(r, FLOW_PORTS_ALL, frames, n, flows, from,
	    counts) :
	    try_frames(r, r->ports, frames, n, flows, from, counts));
}

size_t
recent_rest(struct recent *r, struct flow *flows, size_t most)
{
	struct slot	*s;
	size_t		 n = 0;

	for (; r->next < SLOTS && n < most; r->next++) {
		s = &r->slots[r->next];
		if (s->count.packets > 0)
			give_out(r, s, &flows[n++]);
		memset(s, 0, sizeof(*s));
	}
	if (n == 0)
		r->next = 0;
	return (n);
}
