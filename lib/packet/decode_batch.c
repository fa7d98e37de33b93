/*
 * Many frames at once: from frames to flows.  What nearly all traffic
 * consists of, whole packets on plain Ethernet, is decoded here in one go;
 * whatever else a frame may be is left to the decoder of the link type.  Both
 * say the same of every frame: tests/packet_check.c.
 */
#include <stdbool.h>
#include <string.h>

#include "decode.h"
#include "decode_impl.h"
#include "protostat.h"

/* Ports and counts; the frame has SUB_LEAST octets at sub, and its packet. */
static inline void
plain_sub(const uint8_t *sub, uint8_t proto, uint32_t payload,
    enum flow_ports ports, struct flow *f, uint64_t *stat)
{
	const struct protocol	*p = &decode_protocols[proto];
	uint32_t		 data = plain_data(p, sub, payload);

	f->key.sport = get16(sub) & p->ports_mask;
	f->key.dport = get16(sub + 2) & p->ports_mask;
	f->key.proto = proto;
	f->key.flags = 0;
	f->count.packets = 1;
	f->count.data = ports == FLOW_PORTS_NONE ? payload : data;
	if (stat != NULL) {
		stat[p->mark_base + (sub[p->mark_at] & p->mark_mask)]++;
		stat[PROTOSTAT_TCP_DATA] += p->offset_mask != 0 && data > 0;
	}
}

static inline bool
plain_ip4(const uint8_t *ip, uint32_t left, enum flow_ports ports,
    struct flow *f, uint64_t *stat)
{
	uint32_t	total;

	if (!is_plain_ip4(ip, left))
		return (false);
	total = get16(ip + 2);
	set_addr4(f->key.src, ip + 12);
	set_addr4(f->key.dst, ip + 16);
	f->key.family = FLOW_FAMILY_IP4;
	f->count.ip = total;
	plain_sub(ip + IP4_HEADER, ip[9], total - IP4_HEADER, ports, f,
	    stat);
	return (true);
}

/* No extension headers. */
static inline bool
plain_ip6(const uint8_t *ip, uint32_t left, enum flow_ports ports,
    struct flow *f, uint64_t *stat)
{
	uint32_t	payload = get16(ip + 4);

	if (left < IP6_HEADER + SUB_LEAST || payload < SUB_LEAST ||
	    ip[0] >> 4 != 6 || decode_protocols[ip[6]].extension)
		return (false);
	memcpy(f->key.src, ip + 8, 16);
	memcpy(f->key.dst, ip + 24, 16);
	f->key.family = FLOW_FAMILY_IP6;
	f->count.ip = IP6_HEADER + payload;
	plain_sub(ip + IP6_HEADER, ip[6], payload, ports, f, stat);
	return (true);
}

/*
 * Is it a plain packet?  Then *f is filled in, else undefined.  Inlined
 * whatever the compiler thinks of it: a call costs a fifth.
 */
static inline __attribute__((always_inline)) bool
plain(const struct frame *frame, enum flow_ports ports, struct flow *f,
    uint64_t *stat)
{
	const uint8_t	*ip = frame->octets + ETHER_HEADER;
	uint32_t	 left;

	if (frame->caplen < ETHER_HEADER + IP4_HEADER)
		return (false);
	left = frame->caplen - ETHER_HEADER;
	switch (get16(ip - 2)) {
	case ETHERTYPE_IP4:
		return (plain_ip4(ip, left, ports, f, stat));
	case ETHERTYPE_IP6:
		return (plain_ip6(ip, left, ports, f, stat));
	default:
		return (false);
	}
}

/* What the general way has found, counted as the short way counts. */
static void
count_packet(const struct packet *pkt, uint64_t *stat)
{
	const struct protocol	*p = &decode_protocols[pkt->key.proto];

	stat[PROTOSTAT_FIRST_FRAGMENTS] +=
	    pkt->fragment == PACKET_FIRST_FRAGMENT;
	if (pkt->fragment == PACKET_LATER_FRAGMENT) {
		stat[PROTOSTAT_LATER_FRAGMENTS]++;
		return;
	}
	stat[p->mark_base + pkt->mark]++;
	stat[PROTOSTAT_TCP_DATA] += pkt->key.proto == PROTO_TCP &&
	    pkt->data > 0;
}

static enum decode_verdict
general(decode_fn *decode, const struct frame *frame, enum flow_ports ports,
    struct flow *f, uint64_t *stat)
{
	struct packet		pkt;
	enum decode_verdict	v;

	v = decode(frame->octets, frame->caplen, frame->wirelen, &pkt);
	if (v != DECODED_IP)
		return (v);
	if (stat != NULL)
		count_packet(&pkt, stat);
	f->key = pkt.key;
	f->count.packets = 1;
	f->count.ip = pkt.ip;
	f->count.data = ports == FLOW_PORTS_NONE ? pkt.payload : pkt.data;
	return (v);
}

static inline void
count_flow(const struct flow *f, uint64_t *stat)
{
	size_t	family = f->key.family == FLOW_FAMILY_IP6 ?
	    PROTOSTAT_IP6_PACKETS : PROTOSTAT_IP4_PACKETS;

	stat[family]++;
	stat[family + 1] += f->count.ip;
	stat[PROTOSTAT_PACKETS + f->key.proto]++;
	stat[PROTOSTAT_BYTES + f->key.proto] += f->count.ip;
}

/* Made twice: for files, which nobody asks about protocols, costs nothing. */
static inline __attribute__((always_inline)) size_t
decode_all(decode_fn *decode, enum flow_ports ports,
    const struct frame *frames, size_t n, struct flow *flows,
    uint64_t counts[DECODED_VERDICTS], uint64_t *stat)
{
	bool			ethernet = decode == link_ethernet;
	enum decode_verdict	v;
	size_t			i, ip = 0;

	for (i = 0; i < n; i++) {
		if (!ethernet || !plain(&frames[i], ports, &flows[ip],
		    stat)) {
			v = general(decode, &frames[i], ports, &flows[ip],
			    stat);
			if (v != DECODED_IP) {
				counts[v]++;
				continue;
			}
		}
		if (stat != NULL)
			count_flow(&flows[ip], stat);
		if (ports != FLOW_PORTS_ALL)
			flow_key_reduce(&flows[ip].key, ports);
		ip++;
	}
	counts[DECODED_IP] += ip;
	return (ip);
}

size_t
decode_frames(decode_fn *decode, enum flow_ports ports,
    const struct frame *frames, size_t n, struct flow *flows,
    uint64_t counts[DECODED_VERDICTS], struct protostat *stat)
{
	if (stat == NULL && ports == FLOW_PORTS_ALL)
		return (decode_all(decode, FLOW_PORTS_ALL, frames, n, flows,
		    counts, NULL));
	return (decode_all(decode, ports, frames, n, flows, counts,
	    stat == NULL ? NULL : stat->v));
}
