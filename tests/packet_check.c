/*
 * Conditions that every decoded frame must meet, whatever its octets: limits
 * of the sizes, and that every field of the packet is set.
 */
#include <stdbool.h>
#include <string.h>

#include "packet/protostat.h"
#include "packet_check.h"

/* The longest IP packet that a 16-bit length can announce. */
#define LONGEST	(40 + 65535)

static const char *
sizes_check(const struct packet *pkt, uint32_t caplen, uint32_t wirelen)
{
	const uint32_t	wire = wirelen > caplen ? wirelen : caplen;
	const uint32_t	header = pkt->key.family == FLOW_FAMILY_IP4 ? 20 : 40;

	if (caplen < header)
		return ("a packet without an IP header");
	if (pkt->ip < header || pkt->payload > pkt->ip - header)
		return ("payload and header exceed the packet");
	if (pkt->data > pkt->payload)
		return ("data exceed the payload");
	if (pkt->ip > LONGEST && pkt->ip > wire)
		return ("longer than any header or the wire can say");
	return (NULL);
}

static const char *
key_check(const struct flow_key *k)
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (k->flags != 0)
		return ("flags are set");
	if (k->family == FLOW_FAMILY_IP6)
		return (NULL);
	if (k->family != FLOW_FAMILY_IP4)
		return ("no family");
	if (memcmp(k->src, mapped, sizeof(mapped)) != 0 ||
	    memcmp(k->dst, mapped, sizeof(mapped)) != 0)
		return ("IPv4 is not stored as v4-mapped");
	return (NULL);
}

/* Is it the flow of that packet, as the ports mode wants it? */
static bool
same_flow(const struct flow *f, const struct packet *pkt,
    enum flow_ports ports)
{
	struct flow_key	key = pkt->key;

	flow_key_reduce(&key, ports);
	return (memcmp(&f->key, &key, sizeof(key)) == 0 &&
	    f->count.packets == 1 && f->count.ip == pkt->ip &&
	    f->count.data == (ports == FLOW_PORTS_NONE ? pkt->payload :
	    pkt->data));
}

/* Two packets like this one, counted by protocol. */
static bool
same_stat(const struct prototally *tally, const struct packet *pkt)
{
	static struct protostat	want, got;
	uint64_t		*v = want.v;
	bool			 ip6 = pkt->key.family == FLOW_FAMILY_IP6;
	uint8_t			 proto = pkt->key.proto;

	memset(&want, 0, sizeof(want));
	v[ip6 ? PROTOSTAT_IP6_PACKETS : PROTOSTAT_IP4_PACKETS] = 2;
	v[ip6 ? PROTOSTAT_IP6_BYTES : PROTOSTAT_IP4_BYTES] = 2 *
	    (uint64_t)pkt->ip;
	v[PROTOSTAT_PACKETS + proto] = 2;
	v[PROTOSTAT_BYTES + proto] = 2 * (uint64_t)pkt->ip;
	v[PROTOSTAT_FIRST_FRAGMENTS] =
	    pkt->fragment == PACKET_FIRST_FRAGMENT ? 2 : 0;
	if (pkt->fragment == PACKET_LATER_FRAGMENT)
		v[PROTOSTAT_LATER_FRAGMENTS] = 2;
	else {
		v[(proto == 6 ? PROTOSTAT_TCP_FLAGS : proto == 1 ?
		    PROTOSTAT_ICMP : proto == 58 ? PROTOSTAT_ICMP6 :
		    PROTOSTAT_UNMARKED) + pkt->mark] = 2;
		v[PROTOSTAT_TCP_DATA] = proto == 6 && pkt->data > 0 ? 2 : 0;
	}
	memset(&got, 0, sizeof(got));
	protostat_add(&got, tally);
	return (memcmp(&got, &want, sizeof(want)) == 0);
}

/* Frames in batches have a shorter way: it must lead to the same. */
static const char *
batch_check(decode_fn *decode, const struct frame *frame,
    enum decode_verdict v, const struct packet *pkt)
{
	const struct frame	twice[2] = { *frame, *frame };
	uint64_t		counts[DECODED_VERDICTS] = { 0 };
	struct flow		flows[2];
	const struct frame	*from[2];
	static struct prototally tally;
	enum flow_ports		ports;
	size_t			n;

	for (ports = FLOW_PORTS_ALL; ports < FLOW_PORTS_MODES; ports++) {
		memset(flows, 0x55, sizeof(flows));
		memset(&tally, 0, sizeof(tally));
		n = decode_frames(decode, ports, twice, 2, flows, from,
		    counts, &tally);
		if (n != (v == DECODED_IP ? 2 : 0) ||
		    counts[v] != 2 * (uint64_t)(ports + 1))
			return ("another verdict in a batch");
		if (n > 0 && (!same_flow(&flows[0], pkt, ports) ||
		    !same_flow(&flows[1], pkt, ports)))
			return ("another flow in a batch");
		if (n > 0 && (from[0] != &twice[0] || from[1] != &twice[1]))
			return ("another frame in a batch");
		if (n > 0 && !same_stat(&tally, pkt))
			return ("counted otherwise by protocol");
	}
	return (NULL);
}

const char *
packet_check(decode_fn *decode, const uint8_t *frame, uint32_t caplen,
    uint32_t wirelen, enum decode_verdict *v, struct packet *pkt)
{
	struct packet	 again;
	struct frame	 f = { .octets = frame, .caplen = caplen,
	    .wirelen = wirelen };
	const char	*why;

	memset(pkt, 0x55, sizeof(*pkt));
	memset(&again, 0xaa, sizeof(again));
	*v = decode(frame, caplen, wirelen, pkt);
	if (*v >= DECODED_VERDICTS || *v == DECODED_UNSUPPORTED)
		return ("no verdict");
	if (decode(frame, caplen, wirelen, &again) != *v)
		return ("another verdict the second time");
	if ((why = batch_check(decode, &f, *v, pkt)) != NULL)
		return (why);
	if (*v != DECODED_IP)
		return (NULL);
	if (memcmp(pkt, &again, sizeof(again)) != 0)
		return ("a field is not set");
	if ((why = key_check(&pkt->key)) != NULL)
		return (why);
	return (sizes_check(pkt, caplen, wirelen));
}
