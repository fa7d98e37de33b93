/*
 * What can lie between a link header and the outermost IP header: EtherTypes,
 * VLAN tags, LLC/SNAP, MPLS, PPPoE and PPP.  Loops instead of recursion, so
 * that the nesting depth of a hostile frame does not use up the stack.
 */
#include <stdbool.h>
#include <string.h>

#include "decode_impl.h"

#define ETHERTYPE_MPLS		0x8847
#define ETHERTYPE_MPLS_MULTI	0x8848
#define ETHERTYPE_PPPOE		0x8864
#define PPP_IP4			0x0021
#define PPP_IP6			0x0057
#define PPP_MPLS		0x0281
#define PPP_MPLS_MULTI		0x0283

/* By the version in the first octet: after MPLS nothing else identifies IP. */
static enum decode_verdict
by_version(struct cursor *c, struct packet *pkt, enum decode_verdict otherwise)
{
	const uint8_t	*at = cursor_peek(c, 1);

	if (at == NULL)
		return (DECODED_L2_CUT);
	switch (at[0] >> 4) {
	case 4:
		return (cursor_ip4(c, pkt));
	case 6:
		return (cursor_ip6(c, pkt));
	default:
		return (otherwise);
	}
}

/* The link layer announces IP without its version. */
enum decode_verdict
encap_nibble(struct cursor *c, struct packet *pkt)
{
	return (by_version(c, pkt, DECODED_IP_VERSION));
}

static enum decode_verdict
mpls(struct cursor *c, struct packet *pkt)
{
	const uint8_t	*label;

	do {
		if ((label = cursor_take(c, 4)) == NULL)
			return (DECODED_L2_CUT);
	} while ((label[2] & 1) == 0);		/* until the bottom of stack */
	return (by_version(c, pkt, DECODED_NONIP));
}

/*
 * A PPP header, which may be compressed (RFC 1661): the octets FF 03 may be
 * missing, and the upper octet of a protocol number below 256.
 */
enum decode_verdict
encap_ppp(struct cursor *c, struct packet *pkt)
{
	const uint8_t	*at = cursor_peek(c, 1);
	unsigned	 proto;

	if (at != NULL && at[0] == 0xff) {
		if ((at = cursor_peek(c, 2)) == NULL)
			return (DECODED_L2_CUT);
		if (at[1] == 0x03)
			cursor_skip(c, 2);
	}
	if ((at = cursor_take(c, 1)) == NULL)
		return (DECODED_L2_CUT);
	proto = at[0];
	if ((proto & 1) == 0) {
		if ((at = cursor_take(c, 1)) == NULL)
			return (DECODED_L2_CUT);
		proto = proto << 8 | at[0];
	}
	switch (proto) {
	case PPP_IP4:
		return (cursor_ip4(c, pkt));
	case PPP_IP6:
		return (cursor_ip6(c, pkt));
	case PPP_MPLS:
	case PPP_MPLS_MULTI:
		return (mpls(c, pkt));
	default:
		return (DECODED_NONIP);
	}
}

/* A PPPoE session (RFC 2516) has version 1, type 1 and code 0. */
enum decode_verdict
encap_pppoe(struct cursor *c, struct packet *pkt)
{
	const uint8_t	*at = cursor_take(c, 6);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (at[0] != 0x11 || at[1] != 0)
		return (DECODED_NONIP);
	return (encap_ppp(c, pkt));
}

/* Read a SNAP header; sets *type only if it returns DECODED_IP. */
static enum decode_verdict
snap_type(struct cursor *c, unsigned *type)
{
	static const uint8_t	 ethernet[3];
	const uint8_t		*at = cursor_take(c, 5);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (memcmp(at, ethernet, sizeof(ethernet)) != 0)
		return (DECODED_NONIP);
	*type = get_be16(at + 3);
	return (DECODED_IP);
}

/* The same for an LLC header, which must announce SNAP. */
static enum decode_verdict
llc_type(struct cursor *c, unsigned *type)
{
	static const uint8_t	 snap[3] = { 0xaa, 0xaa, 0x03 };
	const uint8_t		*at = cursor_take(c, 3);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (memcmp(at, snap, sizeof(snap)) != 0)
		return (DECODED_NONIP);
	return (snap_type(c, type));
}

/* The EtherType behind all tags. */
static enum decode_verdict
untagged(struct cursor *c, unsigned type, struct packet *pkt)
{
	switch (type) {
	case ETHERTYPE_IP4:
		return (cursor_ip4(c, pkt));
	case ETHERTYPE_IP6:
		return (cursor_ip6(c, pkt));
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTI:
		return (mpls(c, pkt));
	case ETHERTYPE_PPPOE:
		return (encap_pppoe(c, pkt));
	default:
		return (DECODED_NONIP);
	}
}

/*
 * The EtherType has been read.  A VLAN tag is followed by another type/length
 * field, which may lead to LLC/SNAP and further tags.
 */
enum decode_verdict
encap_ethertype(struct cursor *c, unsigned type, struct packet *pkt)
{
	enum decode_verdict	 v;
	const uint8_t		*tag;
	uint16_t		 vlan = FLOW_VLAN_NONE;

	while (ethertype_is_vlan(type)) {
		if ((tag = cursor_take(c, 4)) == NULL)
			return (DECODED_L2_CUT);
		if (vlan == FLOW_VLAN_NONE)
			vlan = get_be16(tag) & FLOW_VLAN_MASK;
		type = get_be16(tag + 2);
		if (type < ETHERTYPE_MIN &&
		    (v = llc_type(c, &type)) != DECODED_IP)
			return (v);
	}
	if ((v = untagged(c, type, pkt)) == DECODED_IP)
		pkt->key.vlan = vlan & FLOW_VLAN_MASK;
	return (v);
}

enum decode_verdict
encap_snap(struct cursor *c, struct packet *pkt)
{
	enum decode_verdict	v;
	unsigned		type;

	if ((v = snap_type(c, &type)) != DECODED_IP)
		return (v);
	return (encap_ethertype(c, type, pkt));
}

enum decode_verdict
encap_llc(struct cursor *c, struct packet *pkt)
{
	enum decode_verdict	v;
	unsigned		type;

	if ((v = llc_type(c, &type)) != DECODED_IP)
		return (v);
	return (encap_ethertype(c, type, pkt));
}

/* A field below ETHERTYPE_MIN is an IEEE 802.3 length, followed by LLC. */
enum decode_verdict
encap_type_or_length(struct cursor *c, unsigned type, struct packet *pkt)
{
	if (type < ETHERTYPE_MIN)
		return (encap_llc(c, pkt));
	return (encap_ethertype(c, type, pkt));
}
