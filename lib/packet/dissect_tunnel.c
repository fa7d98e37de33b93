/*
 * The dissector's steps into packets that are carried in IP or UDP.  They are
 * shown; what counts is the outermost packet.
 */
#include "dissect_impl.h"

#define PORT_GTP	2152
#define PORT_TEREDO	3544
#define PORT_VXLAN	4789
#define PORT_VXLAN_OLD	8472		/* Linux's default */
#define PORT_GENEVE	6081

#define GRE_CHECKSUM	0x8000
#define GRE_ROUTING	0x4000
#define GRE_KEY		0x2000
#define GRE_SEQUENCE	0x1000
#define GRE_ACK		0x0080
#define GRE_ETHERNET	0x6558
#define GRE_PPP		0x880b

#define GTP_MORE	0x07		/* sequence, N-PDU or extensions */
#define GTP_EXTENSION	0x04
#define GTP_G_PDU	255

void
step_ipip4(struct walk *w)
{
	(void)walk_enter(w, STEP_IP4);
}

void
step_ipip6(struct walk *w)
{
	(void)walk_enter(w, STEP_IP6);
}

/* By EtherType, of which some stand for what is no EtherType elsewhere. */
static void
enter_type(struct walk *w, uint32_t type)
{
	walk_next(w, NEXT_ETHERTYPE, type, STEP_END);
	(void)walk_enter(w, type == GRE_ETHERNET ? STEP_ETHERNET :
	    type == GRE_PPP ? STEP_PPP : STEP_ETHERTYPE);
}

/* RFC 2784 and 2890; version 1 is that of PPTP, RFC 2637. */
void
step_gre(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 4);
	uint32_t	 flags = at == NULL ? 0 : get_be16(at), n = 4;

	if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
		n += 4;
	n += (flags & GRE_KEY) != 0 ? 4 : 0;
	n += (flags & GRE_SEQUENCE) != 0 ? 4 : 0;
	n += (flags & GRE_ACK) != 0 && (flags & 7) == 1 ? 4 : 0;
	if ((at = walk_take(w, LAYER_GRE, n)) == NULL)
		return;
	if ((flags & GRE_ROUTING) == 0)
		enter_type(w, get_be16(at + 2));
}

void
step_vxlan(struct walk *w)
{
	if (walk_take(w, LAYER_VXLAN, 8) != NULL)
		(void)walk_enter(w, STEP_ETHERNET);
}

void
step_geneve(struct walk *w)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);
	uint32_t	 options = at == NULL ? 0 :
	    (uint32_t)(at[0] & 0x3f) * 4;

	if ((at = walk_take(w, LAYER_GENEVE, 8 + options)) != NULL)
		enter_type(w, get_be16(at + 2));
}

/* The header with its extensions; each has its length in words of 4 octets. */
static uint32_t
gtp_length(const struct cursor *c)
{
	const uint8_t	*at = cursor_peek(c, 12);
	uint32_t	 n = 8, words;
	uint8_t		 type;

	if (at == NULL || (at[0] & GTP_MORE) == 0)
		return (n);
	n = 12;
	type = (at[0] & GTP_EXTENSION) != 0 ? at[11] : 0;
	while (type != 0 && (at = cursor_peek(c, n + 4)) != NULL) {
		words = at[n];
		if (words == 0 || cursor_peek(c, n + words * 4) == NULL)
			break;
		n += words * 4;
		type = at[n - 1];
	}
	return (n);
}

void
step_gtp(struct walk *w)
{
	const uint8_t	*at = walk_take(w, LAYER_GTP, gtp_length(&w->c));

	if (at != NULL && at[1] == GTP_G_PDU && cursor_left(&w->c) > 0)
		(void)walk_enter(w, STEP_VERSION);
}

/* RFC 4380: authentication, then origin, each of which may be missing. */
static uint32_t
teredo_indication(const struct cursor *c)
{
	const uint8_t	*at = cursor_peek(c, 4);

	if (at == NULL || at[0] != 0)
		return (0);
	if (at[1] == 0)
		return (8);
	return (at[1] == 1 ? 13 + (uint32_t)at[2] + at[3] : 0);
}

void
step_teredo(struct walk *w)
{
	uint32_t	n = teredo_indication(&w->c);

	if (n == 0)
		(void)walk_enter(w, STEP_VERSION);
	else if (walk_take(w, LAYER_TEREDO, n) != NULL)
		w->next = STEP_TEREDO;
}

/*
 * A tunnel by its port, if what is there looks like it: the port may be that of
 * a client of another service.
 */
enum dissect_step
dissect_udp_tunnel(const struct walk *w, uint16_t sport, uint16_t dport)
{
	const uint8_t	*at = cursor_peek(&w->c, 8);

	if (at == NULL)
		return (STEP_END);
	if ((dport == PORT_VXLAN || dport == PORT_VXLAN_OLD) &&
	    at[0] == 0x08 && at[7] == 0)
		return (STEP_VXLAN);
	if (dport == PORT_GENEVE && at[0] >> 6 == 0)
		return (STEP_GENEVE);
	if ((dport == PORT_GTP || sport == PORT_GTP) && at[0] >> 4 == 3)
		return (STEP_GTP);
	if ((dport == PORT_TEREDO || sport == PORT_TEREDO) &&
	    (at[0] >> 4 == 6 || (at[0] == 0 && at[1] <= 1)))
		return (STEP_TEREDO);
	return (STEP_END);
}
