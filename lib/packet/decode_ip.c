/*
 * IPv4 and IPv6 headers and the first octets after them: addresses, protocol,
 * ports and sizes.  Sizes are taken from the headers, not from the number of
 * captured octets, so that a short snapshot length does not change them.
 */
#include <stdbool.h>
#include <string.h>

#include "decode_impl.h"
#include "prototally.h"

#define IP6_OFFSET_MASK		0xfff8
#define IP6_MORE_FRAGMENTS	0x01	/* in the octet after the offset */
#define OPTION_PAD1		0x00
#define OPTION_JUMBO		0xc2	/* RFC 2675 */
#define JUMBO_MIN		65536

const struct protocol	decode_protocols[256] = {
	[PROTO_HOPOPTS] = { .extension = true },
	[PROTO_ICMP] = { .header = ICMP_HEADER, .mark_mask = 0xff,
	    .mark_base = TALLY_ICMP },
	[PROTO_TCP] = { UINT16_MAX, TCP_HEADER, 0xf0, false, TCP_FLAGS, 0xff,
	    TALLY_TCP, TALLY_TCP_DATA - TALLY_TCP },
	[PROTO_UDP] = { .ports_mask = UINT16_MAX, .header = UDP_HEADER },
	[PROTO_DCCP] = { .ports_mask = UINT16_MAX },
	[PROTO_ROUTING] = { .extension = true },
	[PROTO_FRAGMENT] = { .extension = true },
	[PROTO_AH] = { .extension = true },
	[PROTO_ICMP6] = { .header = ICMP_HEADER, .mark_mask = 0xff,
	    .mark_base = TALLY_ICMP6 },
	[PROTO_DSTOPTS] = { .extension = true },
	[PROTO_SCTP] = { .ports_mask = UINT16_MAX },
	[PROTO_UDPLITE] = { .ports_mask = UINT16_MAX, .header = UDP_HEADER },
};

static void
set_ports(struct flow_key *key, const struct cursor *c)
{
	const uint8_t	*at = cursor_peek(c, 4);

	if (at == NULL)
		return;
	key->sport = get_be16(at);
	key->dport = get_be16(at + 2);
}

/* The header length that the header states, or the fixed one. */
static uint32_t
header_length(const struct protocol *p, const struct cursor *c)
{
	const uint8_t	*sub = cursor_peek(c, TCP_DATA_OFFSET + 1);
	uint32_t	 length = 0;

	if (sub != NULL)
		length = (uint32_t)
		    (sub[TCP_DATA_OFFSET] & p->offset_mask) >> 2;
	return (length < p->header ? p->header : length);
}

static uint16_t
mark(const struct protocol *p, const struct cursor *c)
{
	const uint8_t	*sub = cursor_peek(c, (uint32_t)p->mark_at + 1);

	return (sub == NULL ? 0 : sub[p->mark_at] & p->mark_mask);
}

/* Ports and data octets; the payload starts at the cursor. */
static inline enum decode_verdict
sub_protocol(struct cursor *c, struct packet *pkt)
{
	const struct protocol	*p = &decode_protocols[pkt->key.proto];
	uint32_t		 header;

	cursor_clip(c, pkt->payload);	/* exclude link layer padding */
	if (p->ports_mask != 0)
		set_ports(&pkt->key, c);
	header = header_length(p, c);
	pkt->mark = mark(p, c);
	pkt->data = pkt->payload > header ? pkt->payload - header : 0;
	return (DECODED_IP);
}

/* Not the first fragment: it has data where the header would be. */
static inline enum decode_verdict
later_fragment(struct packet *pkt)
{
	pkt->data = pkt->payload;
	pkt->mark = 0;
	pkt->fragment = PACKET_LATER_FRAGMENT;
	return (DECODED_IP);
}

/* The fixed header is cut: do the octets that are there contradict IP? */
static enum decode_verdict
header_cut(const struct cursor *c, int version)
{
	const uint8_t	*ip = cursor_peek(c, 1);

	if (ip != NULL && ip[0] >> 4 != version)
		return (DECODED_IP_VERSION);
	return (DECODED_IP_CUT);
}

enum decode_verdict
decode_ip4(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*ip = cursor_take(&c, IP4_HEADER);
	uint32_t	 header;

	pkt->begin = frame;
	if (ip == NULL)
		return (header_cut(&c, 4));
	if (ip[0] >> 4 != 4)
		return (DECODED_IP_VERSION);
	header = (uint32_t)(ip[0] & 0x0f) * 4;
	if (header < IP4_HEADER)
		return (DECODED_IP_IHL);
	pkt->ip = get_be16(ip + 2);
	if (pkt->ip == 0)	/* segmentation offload: above 65535 */
		pkt->ip = IP4_HEADER + cursor_wire(&c);
	if (pkt->ip < header)
		return (DECODED_IP_LEN);
	pkt->payload = pkt->ip - header;
	addr_map_ip4(pkt->key.src, ip + 12);
	addr_map_ip4(pkt->key.dst, ip + 16);
	pkt->key.sport = pkt->key.dport = 0;
	pkt->key.proto = ip[9];
	pkt->key.vlan = FLOW_VLAN_NONE;
	pkt->key.family = FLOW_FAMILY_IP4;
	pkt->key.flags = 0;
	pkt->fragment = get_be16(ip + 6) & IP4_MORE_FRAGMENTS ?
	    PACKET_FIRST_FRAGMENT : PACKET_WHOLE;
	if ((get_be16(ip + 6) & IP4_OFFSET_MASK) != 0)
		return (later_fragment(pkt));
	cursor_skip(&c, header - IP4_HEADER);
	return (sub_protocol(&c, pkt));
}

/*
 * The length in the Jumbo Payload option of the Hop-by-Hop header at the
 * cursor, or 0.  Only the first such option counts, and only if the frame was
 * that long on the wire: otherwise a forged option could add 4 GB to the
 * counts.
 */
static uint32_t
jumbo_length(struct cursor c)
{
	const uint32_t	 limit = cursor_wire(&c);
	const uint8_t	*at = cursor_peek(&c, IP6_EXTENSION);
	uint32_t	 length;

	if (at == NULL)
		return (0);
	cursor_clip(&c, ((uint32_t)at[1] + 1) * 8);
	cursor_skip(&c, 2);
	while ((at = cursor_peek(&c, 1)) != NULL) {
		if (at[0] == OPTION_PAD1) {
			cursor_skip(&c, 1);
			continue;
		}
		if (cursor_peek(&c, 2) == NULL)
			return (0);
		if (at[0] == OPTION_JUMBO && at[1] == 4 &&
		    cursor_peek(&c, 6) != NULL) {
			length = get_be32(at + 2);
			return (length >= JUMBO_MIN && length <= limit ?
			    length : 0);
		}
		cursor_skip(&c, 2 + (uint32_t)at[1]);
	}
	return (0);
}

/* The payload length of an IPv6 packet whose header has 0. */
static uint32_t
unsaid_length(const struct cursor *c, uint8_t next)
{
	switch (next) {
	case PROTO_HOPOPTS:
		return (jumbo_length(*c));
	case PROTO_TCP:		/* never empty: segmentation offload */
	case PROTO_UDP:
		return (cursor_wire(c));
	default:
		return (0);
	}
}

uint32_t
decode_extension_length(uint32_t type, const uint8_t *at)
{
	switch (type) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
		return (((uint32_t)at[1] + 1) * 8);
	case PROTO_FRAGMENT:
		return (8);
	case PROTO_AH:
		return (((uint32_t)at[1] + 2) * 4);
	default:
		return (0);
	}
}

/*
 * Advance past the extension headers to the sub-protocol.  Stops at a header
 * that is incomplete: its type is then the protocol, and the payload starts
 * with it.  Returns whether this is a fragment other than the first.
 */
static bool
walk_extensions(struct cursor *c, struct packet *pkt)
{
	const uint8_t	*at;
	uint32_t	 n;
	bool		 later = false;

	while (!later && pkt->payload >= IP6_EXTENSION &&
	    (at = cursor_peek(c, IP6_EXTENSION)) != NULL) {
		n = decode_extension_length(pkt->key.proto, at);
		if (n == 0 || n > pkt->payload)
			break;
		if (pkt->key.proto == PROTO_FRAGMENT) {
			later = (get_be16(at + 2) & IP6_OFFSET_MASK) != 0;
			if (at[3] & IP6_MORE_FRAGMENTS)
				pkt->fragment = PACKET_FIRST_FRAGMENT;
		}
		pkt->key.proto = at[0];
		pkt->payload -= n;
		cursor_skip(c, n);
	}
	return (later);
}

enum decode_verdict
decode_ip6(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*ip = cursor_take(&c, IP6_HEADER);

	pkt->begin = frame;
	if (ip == NULL)
		return (header_cut(&c, 6));
	if (ip[0] >> 4 != 6)
		return (DECODED_IP_VERSION);
	pkt->payload = get_be16(ip + 4);
	if (pkt->payload == 0)
		pkt->payload = unsaid_length(&c, ip[6]);
	pkt->ip = IP6_HEADER + pkt->payload;
	memcpy(pkt->key.src, ip + 8, 16);
	memcpy(pkt->key.dst, ip + 24, 16);
	pkt->key.sport = pkt->key.dport = 0;
	pkt->key.proto = ip[6];
	pkt->key.vlan = FLOW_VLAN_NONE;
	pkt->key.family = FLOW_FAMILY_IP6;
	pkt->key.flags = 0;
	pkt->fragment = PACKET_WHOLE;
	if (walk_extensions(&c, pkt))
		return (later_fragment(pkt));
	return (sub_protocol(&c, pkt));
}
