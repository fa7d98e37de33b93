/*
 * The headers of the link types, except those of 802.11.  Each function
 * advances past one header and passes the rest to decode_encap.c.  Layouts:
 * https://www.tcpdump.org/linktypes.html.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "decode_impl.h"

#define NFULA_PAYLOAD	9

/*
 * Takes a copy of the cursor, so that the caller's cursor has no address and
 * stays in registers on the fast path (measured: a tenth of the time).
 */
static enum decode_verdict
ethernet_other(struct cursor c, unsigned type, struct packet *pkt)
{
	return (encap_type_or_length(&c, type, pkt));
}

enum decode_verdict
link_ethernet(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 14);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (get_be16(at + 12) == ETHERTYPE_IP4)	/* the fast path */
		return (cursor_ip4(&c, pkt));
	if (get_be16(at + 12) == ETHERTYPE_IP6)
		return (cursor_ip6(&c, pkt));
	return (ethernet_other(c, get_be16(at + 12), pkt));
}

/* AF_INET is 2 everywhere. */
bool
is_inet(uint32_t family)
{
	return (family == 2);
}

/* AF_INET6: NetBSD and OpenBSD 24, FreeBSD 28, macOS 30. */
static bool
is_inet6(uint32_t family)
{
	return (family == 24 || family == 28 || family == 30);
}

/* The same for captures that may also be of Linux (10) or BSD/OS (23). */
bool
is_inet6_any(uint32_t family)
{
	return (is_inet6(family) || family == 10 || family == 23);
}

/* The family is in the byte order of the capturing host, which is unknown. */
enum decode_verdict
link_null(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 4);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (is_inet(get_be32(at)) || is_inet(get_le32(at)))
		return (cursor_ip4(&c, pkt));
	if (is_inet6_any(get_be32(at)) || is_inet6_any(get_le32(at)))
		return (cursor_ip6(&c, pkt));
	return (DECODED_NONIP);
}

/* The enc interface of BSD's IPsec: family, SPI, flags. */
enum decode_verdict
link_enc(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 12);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (is_inet(get_be32(at)) || is_inet(get_le32(at)))
		return (cursor_ip4(&c, pkt));
	if (is_inet6(get_be32(at)) || is_inet6(get_le32(at)))
		return (cursor_ip6(&c, pkt));
	return (DECODED_NONIP);
}

enum decode_verdict
link_raw(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	c = cursor_open(frame, caplen, wirelen);

	return (encap_nibble(&c, pkt));
}

enum decode_verdict
link_ip4(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	if (caplen == 0)
		return (DECODED_L2_CUT);
	return (decode_ip4(frame, caplen, wirelen, pkt));
}

enum decode_verdict
link_ip6(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	if (caplen == 0)
		return (DECODED_L2_CUT);
	return (decode_ip6(frame, caplen, wirelen, pkt));
}

enum decode_verdict
link_slip(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	c = cursor_open(frame, caplen, wirelen);

	if (cursor_take(&c, 16) == NULL)
		return (DECODED_L2_CUT);
	return (encap_nibble(&c, pkt));
}

/* The fields that both versions of Linux's cooked header have. */
static enum decode_verdict
cooked(struct cursor *c, unsigned arphrd, unsigned type, struct packet *pkt)
{
	switch (arphrd) {
	case 770:		/* Frame Relay device */
	case 801:		/* 802.11 */
	case 802:		/* 802.11, Prism header */
	case 803:		/* 802.11, radiotap */
	case 824:		/* netlink */
		return (DECODED_NONIP);	/* `type' is not an EtherType there */
	default:
		break;
	}
	if (type < ETHERTYPE_MIN)	/* Linux's own types: LLC, CAN, ... */
		return (DECODED_NONIP);
	return (encap_ethertype(c, type, pkt));
}

enum decode_verdict
link_sll(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 16);

	if (at == NULL)
		return (DECODED_L2_CUT);
	return (cooked(&c, get_be16(at + 2), get_be16(at + 14), pkt));
}

enum decode_verdict
link_sll2(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 20);

	if (at == NULL)
		return (DECODED_L2_CUT);
	return (cooked(&c, get_be16(at + 8), get_be16(at), pkt));
}

/* Address, control, EtherType; below 0x0600 it is not a length here. */
enum decode_verdict
link_chdlc(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 4);

	if (at == NULL)
		return (DECODED_L2_CUT);
	return (encap_ethertype(&c, get_be16(at + 2), pkt));
}

/* Addresses 0F (unicast) and 8F (multicast) mean Cisco HDLC. */
enum decode_verdict
link_ppp(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_peek(&c, 1);

	if (at != NULL && (at[0] == 0x0f || at[0] == 0x8f))
		return (link_chdlc(frame, caplen, wirelen, pkt));
	return (encap_ppp(&c, pkt));
}

enum decode_verdict
link_pppoe(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	c = cursor_open(frame, caplen, wirelen);

	return (encap_pppoe(&c, pkt));
}

/* One octet of direction comes before the address FF, or replaces it. */
enum decode_verdict
link_ppp_dir(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	c = cursor_open(frame, caplen, wirelen);

	if (cursor_take(&c, 1) == NULL)
		return (DECODED_L2_CUT);
	return (encap_ppp(&c, pkt));
}

/* pppd on Linux replaces the address FF by the direction. */
enum decode_verdict
link_ppp_pppd(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_peek(&c, 1);

	if (at != NULL && at[0] <= 1) {
		if ((at = cursor_peek(&c, 2)) == NULL)
			return (DECODED_L2_CUT);
		if (at[1] == 0x03)
			cursor_skip(&c, 2);
	}
	return (encap_ppp(&c, pkt));
}

/* Advance past a Q.922 address of 2 to 4 octets, the last of which is odd. */
enum decode_verdict
frelay_address(struct cursor *c)
{
	const uint8_t	*at;
	uint32_t	 n;

	for (n = 2; n <= 4; n++) {
		if ((at = cursor_peek(c, n)) == NULL)
			return (DECODED_L2_CUT);
		if ((at[n - 1] & 1) != 0) {
			cursor_skip(c, n);
			return (DECODED_IP);
		}
	}
	return (DECODED_NONIP);
}

/* RFC 2427: an optional padding octet, then the NLPID. */
static enum decode_verdict
frelay_nlpid(struct cursor *c, struct packet *pkt)
{
	const uint8_t	*at = cursor_take(c, 1);

	if (at != NULL && at[0] == 0)
		at = cursor_take(c, 1);
	if (at == NULL)
		return (DECODED_L2_CUT);
	switch (at[0]) {
	case 0xcc:
		return (cursor_ip4(c, pkt));
	case 0x8e:
		return (cursor_ip6(c, pkt));
	case 0x80:
		return (encap_snap(c, pkt));
	default:
		return (DECODED_NONIP);
	}
}

/* Control 03 (unnumbered information) is RFC 2427, else Cisco's format. */
enum decode_verdict
link_frelay(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor		 c = cursor_open(frame, caplen, wirelen);
	enum decode_verdict	 v = frelay_address(&c);
	const uint8_t		*at = cursor_peek(&c, 1);

	if (v != DECODED_IP)
		return (v);
	if (at != NULL && at[0] == 0x03) {
		cursor_skip(&c, 1);
		return (frelay_nlpid(&c, pkt));
	}
	if ((at = cursor_take(&c, 2)) == NULL)
		return (DECODED_L2_CUT);
	return (encap_ethertype(&c, get_be16(at), pkt));
}

/* AC, FC, destination, source, whose top bit announces source routing. */
enum decode_verdict
link_token_ring(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 14), *route;

	if (at == NULL)
		return (DECODED_L2_CUT);
	if ((at[1] & 0xc0) != 0x40)	/* not LLC */
		return (DECODED_NONIP);
	if ((at[8] & 0x80) != 0) {
		route = cursor_peek(&c, 1);
		if (route == NULL || cursor_take(&c, route[0] & 0x1f) == NULL)
			return (DECODED_L2_CUT);
	}
	return (encap_llc(&c, pkt));
}

/* FC, destination, source. */
enum decode_verdict
link_fddi(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 13);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if ((at[0] & 0xf0) != 0x50)	/* not LLC */
		return (DECODED_NONIP);
	return (encap_llc(&c, pkt));
}

/* Solaris ipnet: version 1, then the family in Solaris' numbers. */
enum decode_verdict
link_ipnet(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_take(&c, 24);

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (at[0] != 1)
		return (DECODED_NONIP);
	if (at[1] == 2)
		return (cursor_ip4(&c, pkt));
	if (at[1] == 26)
		return (cursor_ip6(&c, pkt));
	return (DECODED_NONIP);
}

/* Netlink attributes: libpcap converts them to this host's byte order. */
static unsigned
get_host16(const uint8_t *at)
{
	uint16_t	v;

	memcpy(&v, at, sizeof(v));
	return (v);
}

/* Skip attributes (length, type) up to the one that contains the packet. */
enum decode_verdict
nflog_payload(struct cursor *c)
{
	const uint8_t	*at;
	unsigned	 length;

	while (cursor_left(c) > 0) {
		if ((at = cursor_peek(c, 4)) == NULL)
			return (DECODED_L2_CUT);
		length = get_host16(at);
		if (length < 4)
			return (DECODED_L2_CUT);
		if (get_host16(at + 2) == NFULA_PAYLOAD) {
			cursor_skip(c, 4);
			return (DECODED_IP);
		}
		if (cursor_take(c, (length + 3) & ~3u) == NULL)
			return (DECODED_L2_CUT);
	}
	return (DECODED_NONIP);
}

/* Linux netfilter log: family (Linux's numbers), version 0, resource. */
enum decode_verdict
link_nflog(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor		 c = cursor_open(frame, caplen, wirelen);
	const uint8_t		*at = cursor_take(&c, 4);
	enum decode_verdict	 v;

	if (at == NULL)
		return (DECODED_L2_CUT);
	if (at[1] != 0)
		return (DECODED_NONIP);
	if ((v = nflog_payload(&c)) != DECODED_IP)
		return (v);
	if (at[0] == 2)
		return (cursor_ip4(&c, pkt));
	if (at[0] == 10)
		return (cursor_ip6(&c, pkt));
	return (DECODED_NONIP);
}
