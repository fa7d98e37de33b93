/*
 * Decodes many frames into flows.  Plain Ethernet with unfragmented IP, nearly
 * all traffic, is decoded here by a fast path; other frames go through the
 * decoder of the link type.  Both must give the same result for every frame,
 * which tests/packet_check.c checks.
 */
#include <stdbool.h>
#include <string.h>

#include "decode.h"
#include "decode_impl.h"
#include "prototally.h"

/* Ports and counts; at least SUB_LEAST octets of the packet are at sub. */
static inline void
plain_sub(const uint8_t *sub, uint8_t proto, uint32_t payload,
    enum flow_ports ports, struct flow *f, struct prototally *tally)
{
	const struct protocol	*p = &decode_protocols[proto];
	uint32_t		 data = plain_data(p, sub, payload);

	f->key.sport = get_be16(sub) & p->ports_mask;
	f->key.dport = get_be16(sub + 2) & p->ports_mask;
	f->key.proto = proto;
	f->key.flags = 0;
	f->count.packets = 1;
	f->count.data = ports == FLOW_PORTS_NONE ? payload : data;
	if (tally != NULL)
		tally->marks[p->mark_base + (sub[p->mark_at] & p->mark_mask) +
		    (data > 0 ? p->data_step : 0)]++;
}

static inline bool
plain_ip4(const uint8_t *ip, uint32_t left, enum flow_ports ports,
    struct flow *f, struct prototally *tally)
{
	uint32_t	total;

	if (!is_plain_ip4(ip, left))
		return (false);
	total = get_be16(ip + 2);
	addr_map_ip4(f->key.src, ip + 12);
	addr_map_ip4(f->key.dst, ip + 16);
	f->key.vlan = FLOW_VLAN_NONE;
	f->key.family = FLOW_FAMILY_IP4;
	f->count.ip = total;
	plain_sub(ip + IP4_HEADER, ip[9], total - IP4_HEADER, ports, f,
	    tally);
	return (true);
}

/* Only if the IPv6 header is followed by no extension header. */
static inline bool
plain_ip6(const uint8_t *ip, uint32_t left, enum flow_ports ports,
    struct flow *f, struct prototally *tally)
{
	uint32_t	payload = get_be16(ip + 4);

	if (left < IP6_HEADER + SUB_LEAST || payload < SUB_LEAST ||
	    ip[0] >> 4 != 6 || decode_protocols[ip[6]].extension)
		return (false);
	memcpy(f->key.src, ip + 8, 16);
	memcpy(f->key.dst, ip + 24, 16);
	f->key.vlan = FLOW_VLAN_NONE;
	f->key.family = FLOW_FAMILY_IP6;
	f->count.ip = IP6_HEADER + payload;
	plain_sub(ip + IP6_HEADER, ip[6], payload, ports, f, tally);
	return (true);
}

/*
 * The fast path.  If it handles the frame, returns true and fills in *f, else
 * *f is undefined.  Always inlined: a call was measured to cost a fifth.
 */
static inline __attribute__((always_inline)) bool
plain(const struct frame *frame, enum flow_ports ports, struct flow *f,
    struct prototally *tally)
{
	const uint8_t	*ip = frame->octets + ETHER_HEADER;
	uint32_t	 left;

	if (frame->caplen < ETHER_HEADER + IP4_HEADER)
		return (false);
	left = frame->caplen - ETHER_HEADER;
	switch (get_be16(ip - 2)) {
	case ETHERTYPE_IP4:
		return (plain_ip4(ip, left, ports, f, tally));
	case ETHERTYPE_IP6:
		return (plain_ip6(ip, left, ports, f, tally));
	default:
		return (false);
	}
}

/* After the general decoder: count as the fast path does. */
static void
count_packet(const struct packet *pkt, struct prototally *tally)
{
	const struct protocol	*p = &decode_protocols[pkt->key.proto];

	tally->first_fragments += pkt->fragment == PACKET_FIRST_FRAGMENT;
	tally->marks[pkt->fragment == PACKET_LATER_FRAGMENT ?
	    TALLY_LATER_FRAGMENT : p->mark_base + pkt->mark +
	    (pkt->data > 0 ? p->data_step : 0)]++;
}

static enum decode_verdict
general(decode_fn *decode, const struct frame *frame, enum flow_ports ports,
    struct flow *f, struct prototally *tally)
{
	struct packet		pkt;
	enum decode_verdict	v;

	v = decode(frame->octets, frame->caplen, frame->wirelen, &pkt);
	if (v != DECODED_IP)
		return (v);
	if (tally != NULL)
		count_packet(&pkt, tally);
	f->key = pkt.key;
	f->count.packets = 1;
	f->count.ip = pkt.ip;
	f->count.data = ports == FLOW_PORTS_NONE ? pkt.payload : pkt.data;
	return (v);
}

static inline void
count_flow(const struct flow *f, struct prototally *tally)
{
	size_t	family = f->key.family == FLOW_FAMILY_IP6;

	tally->sums[family][f->key.proto].packets++;
	tally->sums[family][f->key.proto].bytes += f->count.ip;
}

/*
 * Inlined twice, with tally and without: reading a file counts no protocols
 * and must not pay for it.
 */
static inline __attribute__((always_inline)) size_t
decode_all(decode_fn *decode, enum flow_ports ports,
    const struct frame *frames, size_t n, struct flow *flows,
    const struct frame **from, uint64_t counts[DECODED_VERDICTS],
    struct prototally *tally)
{
	bool			ethernet = decode == link_ethernet;
	enum decode_verdict	v;
	size_t			i, ip = 0;

	for (i = 0; i < n; i++) {
		if (!ethernet || !plain(&frames[i], ports, &flows[ip],
		    tally)) {
			v = general(decode, &frames[i], ports, &flows[ip],
			    tally);
			if (v != DECODED_IP) {
				counts[v]++;
				continue;
			}
		}
		if (tally != NULL)
			count_flow(&flows[ip], tally);
		if (ports != FLOW_PORTS_ALL)
			flow_key_reduce(&flows[ip].key, ports);
		from[ip++] = &frames[i];
	}
	counts[DECODED_IP] += ip;
	return (ip);
}

size_t
decode_frames(decode_fn *decode, enum flow_ports ports,
    const struct frame *frames, size_t n, struct flow *flows,
    const struct frame **from, uint64_t counts[DECODED_VERDICTS],
    struct prototally *tally)
{
	if (tally == NULL && ports == FLOW_PORTS_ALL)
		return (decode_all(decode, FLOW_PORTS_ALL, frames, n, flows,
		    from, counts, NULL));
	return (decode_all(decode, ports, frames, n, flows, from, counts,
	    tally));
}
