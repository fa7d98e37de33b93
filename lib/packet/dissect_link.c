/*
 * The dissector's steps through link layers and what lies between them and IP.
 * They take the same headers as decode_link.c, decode_wifi.c and
 * decode_encap.c, which decide what counts; layouts are told there.
 */
#include <string.h>

#include "dissect_impl.h"

#define TYPE_ARP		0x0806
#define TYPE_RARP		0x8035
#define TYPE_MPLS		0x8847
#define TYPE_MPLS_MULTI		0x8848
#define TYPE_PPPOE_DISCOVERY	0x8863
#define TYPE_PPPOE		0x8864

/* By the first four bits, where nothing else tells the version. */
void
step_version(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 1);

	if (at == NULL)
		return;
	if (at[0] >> 4 == 4)
		w->next = STEP_IP4;
	else if (at[0] >> 4 == 6)
		w->next = STEP_IP6;
}

void
step_snap(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_SNAP, 5);

	if (at != NULL && at[0] == 0 && at[1] == 0 && at[2] == 0)
		walk_next(w, NEXT_ETHERTYPE, get_be16(at + 3),
		    STEP_ETHERTYPE);
}

/* Control has one octet in unnumbered frames, else two. */
void
step_llc(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 3);
	uint32_t	 n = at != NULL && (at[2] & 3) != 3 ? 4 : 3;

	at = walk_take(w, LAYER_LLC, n);
	if (at != NULL && at[0] == 0xaa && at[1] == 0xaa && at[2] == 0x03)
		w->next = STEP_SNAP;
}

static void
type_or_length(struct walk *w, uint32_t type)
{
	if (type < ETHERTYPE_MIN)
		walk_next(w, NEXT_LENGTH, type, STEP_LLC);
	else
		walk_next(w, NEXT_ETHERTYPE, type, STEP_ETHERTYPE);
}

void
step_ethernet(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_ETHERNET, ETHER_HEADER);

	if (at != NULL)
		type_or_length(w, get_be16(at + 12));
}

void
step_vlan(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_VLAN, 4);

	if (at != NULL)
		type_or_length(w, get_be16(at + 2));
}

/* The bottom of the stack is followed by IP, or by what nobody tells. */
void
step_mpls(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_MPLS, 4);

	if (at != NULL)
		w->next = (at[2] & 1) == 0 ? STEP_MPLS : STEP_VERSION;
}

/* Fixed part, then two pairs of addresses. */
void
step_arp(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);

	(void)walk_take(w, LAYER_ARP, at == NULL ? 8 :
	    8 + 2 * ((uint32_t)at[4] + at[5]));
	walk_clip(w, 0);		/* padding of the link layer */
}

/* How long the header is, which may be compressed, see encap_ppp(). */
static uint32_t
ppp_length(const struct cursor *c, uint32_t *proto)
{
	const uint8_t	*at = cursor_peek(c, 4);
	uint32_t	 n = 0;

	*proto = 0;
	if (at == NULL)
		return (4);
	if (at[0] == 0xff && at[1] == 0x03)
		n = 2;
	*proto = (at[n] & 1) != 0 ? at[n] : get_be16(at + n);
	return ((at[n] & 1) != 0 ? n + 1 : n + 2);
}

void
step_ppp(struct walk *w)
{
	uint32_t	 proto;

	if (walk_take(w, LAYER_PPP, ppp_length(&w->c, &proto)) == NULL)
		return;
	walk_next(w, NEXT_PPP, proto, STEP_END);
	switch (proto) {
	case 0x0021:
		w->next = STEP_IP4;
		break;
	case 0x0057:
		w->next = STEP_IP6;
		break;
	case 0x0281:
	case 0x0283:
		w->next = STEP_MPLS;
		break;
	default:
		break;
	}
}

void
step_pppoe(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_PPPOE, 6);

	if (at != NULL && at[0] == 0x11 && at[1] == 0)
		w->next = STEP_PPP;
}

void
step_ethertype(struct walk *w)
{
	if (ethertype_is_vlan(w->type)) {
		w->next = STEP_VLAN;
		return;
	}
	switch (w->type) {
	case ETHERTYPE_IP4:
		w->next = STEP_IP4;
		break;
	case ETHERTYPE_IP6:
		w->next = STEP_IP6;
		break;
	case TYPE_ARP:
	case TYPE_RARP:
		w->next = STEP_ARP;
		break;
	case TYPE_MPLS:
	case TYPE_MPLS_MULTI:
		w->next = STEP_MPLS;
		break;
	case TYPE_PPPOE:
	case TYPE_PPPOE_DISCOVERY:
		w->next = STEP_PPPOE;
		break;
	default:
		break;
	}
}

/* By the families of all systems; of a loopback in either byte order. */
static void
by_family(struct walk *w, uint32_t big, uint32_t little)
{
	bool		is4 = is_inet(big) || is_inet(little);
	bool		is6 = is_inet6_any(big) || is_inet6_any(little);
	uint32_t	family = big < little ? big : little;

	walk_next(w, NEXT_FAMILY, family > UINT16_MAX ? 0 : family,
	    is4 ? STEP_IP4 : is6 ? STEP_IP6 : STEP_END);
}

void
step_null(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_NULL, 4);

	if (at != NULL)
		by_family(w, get_be32(at), get_le32(at));
}

void
step_enc(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_ENC, 12);

	if (at != NULL)
		by_family(w, get_be32(at), get_le32(at));
}

void
step_ipnet(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_IPNET, 24);

	if (at != NULL && at[0] == 1)
		walk_next(w, NEXT_FAMILY, at[1], at[1] == 2 ? STEP_IP4 :
		    at[1] == 26 ? STEP_IP6 : STEP_END);
}

void
step_slip(struct walk *w)
{
	if (walk_take(w, LAYER_SLIP, 16) != NULL)
		w->next = STEP_VERSION;
}

/* Below ETHERTYPE_MIN are Linux's own types; only some devices have types. */
void
step_sll(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_SLL, 16);

	if (at != NULL)
		walk_next(w, NEXT_ETHERTYPE, get_be16(at + 14),
		    STEP_ETHERTYPE);
}

void
step_sll2(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_SLL2, 20);

	if (at != NULL)
		walk_next(w, NEXT_ETHERTYPE, get_be16(at), STEP_ETHERTYPE);
}

void
step_chdlc(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_CHDLC, 4);

	if (at != NULL)
		walk_next(w, NEXT_ETHERTYPE, get_be16(at + 2),
		    STEP_ETHERTYPE);
}

void
step_ppp_hdlc(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 1);

	w->next = at != NULL && (at[0] == 0x0f || at[0] == 0x8f) ?
	    STEP_CHDLC : STEP_PPP;
}

/* pppd replaces the address by the direction, others put it before. */
void
step_ppp_pppd(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 2);

	if (at != NULL && at[0] <= 1)
		cursor_skip(&w->c, at[1] == 0x03 ? 2 : 0);
	w->next = STEP_PPP;
}

void
step_ppp_dir(struct walk *w)
{
	cursor_skip(&w->c, 1);
	w->next = STEP_PPP;
}

/* Address, then RFC 2427's control and NLPID, or Cisco's EtherType. */
void
step_frelay(struct walk *w)
{
	struct cursor	 c = w->c;
	const uint8_t	*at;
	uint32_t	 n;

	if (frelay_address(&c) != DECODED_IP)
		return;
	n = (uint32_t)(c.p - w->c.p);
	at = cursor_peek(&c, 2);
	if (at == NULL || at[0] != 0x03) {
		if ((at = walk_take(w, LAYER_FRELAY, n + 2)) != NULL)
			walk_next(w, NEXT_ETHERTYPE, get_be16(at + n),
			    STEP_ETHERTYPE);
		return;
	}
	n += at[1] == 0 ? 3 : 2;
	if ((at = walk_take(w, LAYER_FRELAY, n)) != NULL)
		w->next = at[n - 1] == 0xcc ? STEP_IP4 : at[n - 1] == 0x8e ?
		    STEP_IP6 : at[n - 1] == 0x80 ? STEP_SNAP : STEP_END;
}

void
step_token_ring(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 15);
	uint32_t	 route = at != NULL && (at[8] & 0x80) != 0 ?
	    at[14] & 0x1f : 0;

	at = walk_take(w, LAYER_TOKEN_RING, 14 + route);
	if (at != NULL && (at[1] & 0xc0) == 0x40)
		w->next = STEP_LLC;
}

void
step_fddi(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_FDDI, 13);

	if (at != NULL && (at[0] & 0xf0) == 0x50)
		w->next = STEP_LLC;
}

void
step_nflog(struct walk *w)
{
	struct cursor	 c = w->c;
	const uint8_t	*at = cursor_take(&c, 4);
	bool		 found = at != NULL && at[1] == 0 &&
	    nflog_payload(&c) == DECODED_IP;
	uint32_t	 n = found ? (uint32_t)(c.p - w->c.p) : 4;

	at = walk_take(w, LAYER_NFLOG, n);
	if (at != NULL && found)
		walk_next(w, NEXT_FAMILY, at[0], at[0] == 2 ? STEP_IP4 :
		    at[0] == 10 ? STEP_IP6 : STEP_END);
}

/* Frames without data, protected ones and aggregates are a payload. */
static void
wifi(struct walk *w, bool padded)
{
	const uint8_t	*fc = cursor_peek(&w->c, 1);
	bool		 control = fc != NULL && (fc[0] & 0x0c) == 0x04;
	uint32_t	 n = 0;
	bool		 data = wifi_header(&w->c, padded, &n) == DECODED_IP;

	if (walk_take(w, LAYER_WIFI, data ? n : control ? 10 : 24) != NULL &&
	    data)
		w->next = STEP_LLC;
}

void
step_wifi(struct walk *w)
{
	wifi(w, false);
}

void
step_radiotap(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);
	uint32_t	 n = at == NULL ? 8 : get_le16(at + 2);
	int		 padded = at == NULL ? 0 :
	    radiotap_padded(&w->c, n, get_le32(at + 4));

	if (walk_take(w, LAYER_RADIO, n < 8 ? 8 : n) != NULL && n >= 8 &&
	    padded != -1)
		wifi(w, padded);
}

void
step_ppi(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);
	uint32_t	 n = at == NULL ? 8 : get_le16(at + 2);

	if ((at = walk_take(w, LAYER_RADIO, n < 8 ? 8 : n)) == NULL || n < 8)
		return;
	w->next = get_le32(at + 4) == PPI_WIFI ? STEP_WIFI :
	    get_le32(at + 4) == PPI_ETHERNET ? STEP_ETHERNET : STEP_END;
}

/* AVS, too: both begin with what tells the length. */
void
step_prism(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);
	uint32_t	 n = at == NULL ? 8 : prism_length(at);

	if (walk_take(w, LAYER_RADIO, n) != NULL)
		w->next = STEP_WIFI;
}

void
step_avs(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);

	if (walk_take(w, LAYER_RADIO, at == NULL ? 8 :
	    get_be32(at + 4)) != NULL)
		w->next = STEP_WIFI;
}

/* In the order of links[] in decode.c. */
static const struct {
	int		 link;
	enum dissect_step step;
} links[] = {
	{ 0, STEP_NULL }, { 1, STEP_ETHERNET }, { 6, STEP_TOKEN_RING },
	{ 8, STEP_SLIP }, { 9, STEP_PPP_HDLC }, { 10, STEP_FDDI },
	{ 12, STEP_VERSION }, { 14, STEP_VERSION }, { 50, STEP_PPP_HDLC },
	{ 51, STEP_PPPOE }, { 101, STEP_VERSION }, { 104, STEP_CHDLC },
	{ 105, STEP_WIFI }, { 107, STEP_FRELAY }, { 108, STEP_NULL },
	{ 109, STEP_ENC }, { 113, STEP_SLL }, { 119, STEP_PRISM },
	{ 127, STEP_RADIOTAP }, { 163, STEP_AVS }, { 166, STEP_PPP_PPPD },
	{ 192, STEP_PPI }, { 204, STEP_PPP_DIR }, { 226, STEP_IPNET },
	{ 228, STEP_IP4 }, { 229, STEP_IP6 }, { 239, STEP_NFLOG },
	{ 276, STEP_SLL2 },
};

enum dissect_step
dissect_link_step(int link)
{
	size_t	i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].link == link)
			return (links[i].step);
	return (STEP_END);
}
