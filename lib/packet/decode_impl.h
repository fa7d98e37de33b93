/*
 * What the files of the decoder share: numbers, sizes and the decoders of each
 * layer.  For decode*.c and recent.c only.
 */
#ifndef DECODE_IMPL_H
#define DECODE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/endian.h"
#include "addr.h"
#include "cursor.h"
#include "decode.h"

/* Type/length fields below this are IEEE 802.3 lengths. */
#define ETHERTYPE_MIN	0x0600
#define ETHERTYPE_IP4	0x0800
#define ETHERTYPE_IP6	0x86dd

/* C-tag, S-tag, and two numbers used before these were standardized. */
static inline bool
ethertype_is_vlan(unsigned type)
{
	return (type == 0x8100 || type == 0x88a8 || type == 0x9100 ||
	    type == 0x9200);
}

/* IP protocol numbers: <netinet/in.h> lacks some of them. */
enum {
	PROTO_HOPOPTS = 0,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_DCCP = 33,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_ICMP6 = 58,
	PROTO_DSTOPTS = 60,
	PROTO_SCTP = 132,
	PROTO_UDPLITE = 136
};

/* Sizes of headers and offsets in them, in octets. */
enum {
	IP4_HEADER = 20,
	IP6_HEADER = 40,
	IP6_EXTENSION = 8,		/* shortest extension header */
	TCP_HEADER = 20,
	TCP_DATA_OFFSET = 12,
	TCP_FLAGS = 13,
	UDP_HEADER = 8,
	ICMP_HEADER = 8
};

#define IP4_OFFSET_MASK		0x1fff
#define IP4_MORE_FRAGMENTS	0x2000

/* How an IP protocol is decoded. */
struct protocol {
	uint16_t	ports_mask;	/* all ones: starts with two ports */
	uint8_t		header;		/* shortest header, in octets */
	uint8_t		offset_mask;	/* for TCP_DATA_OFFSET; 0: fixed size */
	bool		extension;	/* an IPv6 extension header */
	uint8_t		mark_at;	/* offset of its mark (packet.mark) */
	uint8_t		mark_mask;	/* 0: no mark */
	uint16_t	mark_base;	/* index of mark 0 in prototally */
	uint16_t	data_step;	/* added if the packet has data */
};

extern const struct protocol	decode_protocols[256];

#define ETHER_HEADER	14
#define PLAIN_IP4	0x45	/* version 4, no options */

/* Octets of the sub-protocol's header up to TCP's flags. */
#define SUB_LEAST	(TCP_FLAGS + 1)

/*
 * Is it a plain IPv4 packet?  No options, no fragment, no segmentation
 * offload, and at least SUB_LEAST octets after the header, all captured.
 */
static inline bool
is_plain_ip4(const uint8_t *ip, uint32_t left)
{
	return (left >= IP4_HEADER + SUB_LEAST &&
	    get_be16(ip + 2) >= IP4_HEADER + SUB_LEAST && ip[0] == PLAIN_IP4 &&
	    (get_be16(ip + 6) & (IP4_OFFSET_MASK | IP4_MORE_FRAGMENTS)) == 0);
}

/*
 * Data octets after the header of the sub-protocol, of which at least
 * SUB_LEAST octets are there.  Branch-free, because the protocol changes from
 * packet to packet and would be mispredicted.
 */
static inline uint32_t
plain_data(const struct protocol *p, const uint8_t *sub, uint32_t payload)
{
	uint32_t	header = (uint32_t)
	    (sub[TCP_DATA_OFFSET] & p->offset_mask) >> 2;

	if (header < p->header)
		header = p->header;
	return (payload > header ? payload - header : 0);
}

/*
 * decode_ip.c: the frame starts with the IP header.  The link layer has
 * announced this IP version, so an empty frame counts as a cut IP header.
 */
decode_fn	decode_ip4, decode_ip6;

/*
 * The length in octets of the extension header of that type, of which at least
 * two octets are at `at'; 0: not an extension header.
 */
uint32_t	decode_extension_length(uint32_t type, const uint8_t *at);

static inline enum decode_verdict
cursor_ip4(const struct cursor *c, struct packet *pkt)
{
	return (decode_ip4(c->p, cursor_left(c), cursor_wire(c), pkt));
}

static inline enum decode_verdict
cursor_ip6(const struct cursor *c, struct packet *pkt)
{
	return (decode_ip6(c->p, cursor_left(c), cursor_wire(c), pkt));
}

/* decode_encap.c: what any link layer can carry, down to the IP header. */
enum decode_verdict	encap_type_or_length(struct cursor *, unsigned type,
			    struct packet *);
enum decode_verdict	encap_ethertype(struct cursor *, unsigned type,
			    struct packet *);
enum decode_verdict	encap_llc(struct cursor *, struct packet *);
enum decode_verdict	encap_snap(struct cursor *, struct packet *);
enum decode_verdict	encap_pppoe(struct cursor *, struct packet *);
enum decode_verdict	encap_ppp(struct cursor *, struct packet *);
enum decode_verdict	encap_nibble(struct cursor *, struct packet *);

/* decode_link.c: wired link layers, one function per link type. */
decode_fn	link_ethernet, link_null, link_raw, link_ip4, link_ip6,
		link_sll, link_sll2, link_ppp, link_pppoe, link_slip,
		link_chdlc, link_frelay, link_enc, link_token_ring, link_fddi,
		link_ppp_pppd, link_ppp_dir, link_ipnet, link_nflog;

/* decode_wifi.c: IEEE 802.11 and the radio headers before it. */
decode_fn	link_wifi, link_radiotap, link_ppi, link_prism, link_avs;

/* What comes after the header of PPI. */
#define PPI_ETHERNET	1
#define PPI_WIFI	105

/*
 * The length in octets of the header of a frame before LLC, or another verdict
 * than DECODED_IP; is it padded, by the radiotap header (-1: cut); and the
 * length of a Prism or AVS header, of which 8 octets are there.
 */
enum decode_verdict	wifi_header(const struct cursor *, bool padded,
			    uint32_t *length);
int			radiotap_padded(const struct cursor *,
			    uint32_t length, uint32_t present);
uint32_t		prism_length(const uint8_t *at);

/* decode_link.c: the families of a loopback, and the attributes of NFLOG. */
bool			is_inet(uint32_t family);
bool			is_inet6_any(uint32_t family);
enum decode_verdict	nflog_payload(struct cursor *);
enum decode_verdict	frelay_address(struct cursor *);

#endif
