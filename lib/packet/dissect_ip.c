/*
 * The dissector's steps from an IP header to the data of an application.  What
 * a packet's lengths, its protocol and its fragment are, the decoder says.
 */
#include <string.h>

#include "dissect_impl.h"

/* Chunks of SCTP, RFC 9260. */
#define SCTP_CHUNK	4
#define SCTP_DATA_CHUNK	16

/*
 * The packet at the cursor.  The outermost one is what the decoder found in
 * the frame; of others it is asked here.
 */
static enum decode_verdict
packet_here(struct walk *w, int version, struct packet *pkt)
{
	if (w->counted != NULL || w->depth > 0)
		return (version == 4 ? cursor_ip4(&w->c, pkt) :
		    cursor_ip6(&w->c, pkt));
	*pkt = w->d->packet;
	return (w->d->verdict);
}

/*
 * Take the IP header.  False if it is not one, or cut; the outermost must be
 * the one that counts.
 */
static bool
take_ip(struct walk *w, int version, struct packet *pkt)
{
	enum decode_verdict	 v = packet_here(w, version, pkt);
	uint32_t		 header = version == 4 ? IP4_HEADER :
	    IP6_HEADER;
	enum layer_kind		 kind = version == 4 ? LAYER_IP4 : LAYER_IP6;

	if (decode_class(v) == DECODE_MALFORMED && v != DECODED_L2_CUT &&
	    v != DECODED_IP_VERSION)
		(void)walk_take(w, kind, header);
	if (v != DECODED_IP || (w->counted == NULL && w->depth == 0 &&
	    pkt->begin != w->c.p))
		return (false);
	if (w->counted == NULL && w->d->nlayers > DISSECT_BEFORE)
		return (false);		/* again, with more room behind it */
	if (w->counted == NULL)
		w->counted = w->c.p;
	if (version == 4)
		header = (uint32_t)(w->c.p[0] & 0x0f) * 4;
	walk_clip(w, pkt->ip);
	if (walk_take(w, kind, header) == NULL)
		return (false);
	w->ip = walk_last(w);
	w->transport = NULL;
	w->fragment = pkt->fragment;
	walk_next(w, NEXT_PROTO, pkt->key.proto, STEP_END);
	return (true);
}

void
step_ip4(struct walk *w)
{
	struct packet	pkt;

	if (take_ip(w, 4, &pkt) && pkt.fragment != PACKET_LATER_FRAGMENT)
		w->next = STEP_PROTO;
}

static int
extension_kind(uint32_t type)
{
	switch (type) {
	case PROTO_HOPOPTS:
		return (LAYER_HOPOPTS);
	case PROTO_ROUTING:
		return (LAYER_ROUTING);
	case PROTO_FRAGMENT:
		return (LAYER_FRAGMENT);
	case PROTO_AH:
		return (LAYER_AH);
	case PROTO_DSTOPTS:
		return (LAYER_DSTOPTS);
	default:
		return (-1);
	}
}

/*
 * The decoder walks past any number of them to the ports that count: layers are
 * kept for what comes then.
 */
static const uint8_t *
take_extension(struct walk *w, enum layer_kind kind, uint32_t n)
{
	const uint8_t	*at;

	if (w->d->nlayers < DISSECT_LAYERS - DISSECT_BEHIND) {
		if ((at = walk_take(w, kind, n)) != NULL)
			walk_next(w, NEXT_PROTO, at[0], STEP_END);
		return (at);
	}
	w->d->skipped = true;
	if ((at = cursor_take(&w->c, n)) == NULL)
		w->cut = true;
	return (at);
}

/*
 * One extension header, or what comes after the last: as far as the decoder
 * walks, see decode_ip.c.
 */
void
step_extension(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, IP6_EXTENSION);
	int		 kind = extension_kind(w->type);
	uint32_t	 n;

	if (kind == -1) {
		w->next = STEP_PROTO;
		return;
	}
	n = at == NULL ? IP6_EXTENSION : decode_extension_length(w->type, at);
	if (w->payload < n || w->payload < IP6_EXTENSION ||
	    (at = take_extension(w, (enum layer_kind)kind, n)) == NULL)
		return;
	w->payload -= n;
	w->type = at[0];
	w->next = STEP_EXTENSION;
	if (kind == LAYER_FRAGMENT && (get_be16(at + 2) & 0xfff8) != 0)
		w->next = STEP_END;
}

void
step_ip6(struct walk *w)
{
	const uint8_t	*at = w->c.p;
	struct packet	 pkt;

	if (!take_ip(w, 6, &pkt))
		return;
	w->payload = pkt.ip - IP6_HEADER;
	walk_next(w, NEXT_PROTO, at[6], STEP_EXTENSION);
}

/* A transport: what follows its header is data of an application. */
static const uint8_t *
take_transport(struct walk *w, enum layer_kind kind, uint32_t header)
{
	const uint8_t	*at = walk_take(w, kind, header);

	if (at != NULL) {
		w->transport = walk_last(w);
		w->proto = (uint8_t)w->type;
	}
	return (at);
}

void
step_tcp(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, TCP_DATA_OFFSET + 1);
	uint32_t	 header = 0;

	if (at != NULL)
		header = (uint32_t)(at[TCP_DATA_OFFSET] & 0xf0) >> 2;
	(void)take_transport(w, LAYER_TCP,
	    header < TCP_HEADER ? TCP_HEADER : header);
}

/* The length counts if the packet has so much; with segments joined it is 0. */
void
step_udp(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, UDP_HEADER);
	uint32_t	 length = at == NULL ? 0 : get_be16(at + 4);

	if (length >= UDP_HEADER && w->fragment == PACKET_WHOLE)
		walk_clip(w, length);
	if ((at = take_transport(w, LAYER_UDP, UDP_HEADER)) != NULL)
		w->next = dissect_udp_tunnel(w, get_be16(at),
		    get_be16(at + 2));
}

void
step_udplite(struct walk *w)
{
	(void)take_transport(w, LAYER_UDPLITE, UDP_HEADER);
}

/* The data offset is in words of 4 octets, RFC 4340. */
void
step_dccp(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 5);
	uint32_t	 n = at == NULL ? 0 : (uint32_t)at[4] * 4;

	(void)take_transport(w, LAYER_DCCP, n < 12 ? 12 : n);
}

/*
 * A chunk; one of data leads to the application, and the others that may be
 * behind it are part of the payload then.
 */
void
step_chunk(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, SCTP_CHUNK);
	uint32_t	 n;

	if (at == NULL) {
		(void)walk_take(w, LAYER_SCTP_CHUNK, SCTP_CHUNK);
		return;
	}
	n = get_be16(at + 2);
	if (n < SCTP_CHUNK)
		return;
	if (at[0] == 0) {
		walk_clip(w, n);
		(void)walk_take(w, LAYER_SCTP_CHUNK, SCTP_DATA_CHUNK);
		return;
	}
	if (walk_take(w, LAYER_SCTP_CHUNK, n) == NULL)
		return;
	(void)cursor_skip(&w->c, (4 - n % 4) % 4);
	w->next = STEP_CHUNK;
}

void
step_sctp(struct walk *w)
{
	if (take_transport(w, LAYER_SCTP, 12) != NULL)
		w->next = STEP_CHUNK;
}

/* Do errors of this type quote the packet that caused them? */
static bool
quotes(enum layer_kind kind, uint8_t type)
{
	if (kind == LAYER_ICMP6)
		return (type >= 1 && type <= 4);
	return (type == 3 || type == 4 || type == 5 || type == 11 ||
	    type == 12);
}

static void
icmp(struct walk *w, enum layer_kind kind)
{
	const uint8_t	*at = walk_take(w, kind, ICMP_HEADER);

	if (at == NULL || !quotes(kind, at[0]) || cursor_left(&w->c) == 0)
		return;
	w->quoted |= walk_enter(w, STEP_VERSION);
}

void
step_icmp(struct walk *w)
{
	icmp(w, LAYER_ICMP);
}

void
step_icmp6(struct walk *w)
{
	icmp(w, LAYER_ICMP6);
}

void
step_igmp(struct walk *w)
{
	(void)walk_take(w, LAYER_IGMP, 8);
}

void
step_esp(struct walk *w)
{
	(void)walk_take(w, LAYER_ESP, 8);
}

/* The authentication header in IPv4; in IPv6 it is an extension header. */
void
step_ah(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, IP6_EXTENSION);

	at = walk_take(w, LAYER_AH, at == NULL ? 12 :
	    decode_extension_length(PROTO_AH, at));
	if (at != NULL)
		walk_next(w, NEXT_PROTO, at[0], STEP_PROTO);
}

static const uint8_t	protocols[256] = {
	[PROTO_ICMP] = STEP_ICMP, [2] = STEP_IGMP, [4] = STEP_IPIP4,
	[PROTO_TCP] = STEP_TCP, [PROTO_UDP] = STEP_UDP,
	[PROTO_DCCP] = STEP_DCCP, [41] = STEP_IPIP6, [47] = STEP_GRE,
	[50] = STEP_ESP, [PROTO_AH] = STEP_AH, [PROTO_ICMP6] = STEP_ICMP6,
	[PROTO_SCTP] = STEP_SCTP, [PROTO_UDPLITE] = STEP_UDPLITE,
};

/* A loop of AH in AH ends with the layers: walk_take() refuses more. */
void
step_proto(struct walk *w)
{
	w->next = (enum dissect_step)protocols[w->type & 0xff];
}
