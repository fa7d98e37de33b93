/*
 * What holds for every decoded frame, whatever its octets: bounds of the
 * sizes, and that no field of a packet is left as it was.
 */
#include <string.h>

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

const char *
packet_check(decode_fn *decode, const uint8_t *frame, uint32_t caplen,
    uint32_t wirelen, enum decode_verdict *v, struct packet *pkt)
{
	struct packet	 again;
	const char	*why;

	memset(pkt, 0x55, sizeof(*pkt));
	memset(&again, 0xaa, sizeof(again));
	*v = decode(frame, caplen, wirelen, pkt);
	if (*v >= DECODED_VERDICTS || *v == DECODED_UNSUPPORTED)
		return ("no verdict");
	if (decode(frame, caplen, wirelen, &again) != *v)
		return ("another verdict the second time");
	if (*v != DECODED_IP)
		return (NULL);
	if (memcmp(pkt, &again, sizeof(again)) != 0)
		return ("a field is not set");
	if ((why = key_check(&pkt->key)) != NULL)
		return (why);
	return (sizes_check(pkt, caplen, wirelen));
}
