/*
 * Runs the dissector's walk (dissect.h) and fits it to what the decoder says
 * of the frame: an IP packet is only taken as the outermost one if it is the
 * decoder's, and it is never left out.
 */
#include <string.h>

#include "dissect.h"
#include "dissect_impl.h"

static const char *const	names[LAYER_KINDS] = {
	[LAYER_ETHERNET] = "ethernet", [LAYER_VLAN] = "vlan",
	[LAYER_LLC] = "llc", [LAYER_SNAP] = "snap",
	[LAYER_PPPOE] = "pppoe", [LAYER_PPP] = "ppp",
	[LAYER_MPLS] = "mpls", [LAYER_SLL] = "sll", [LAYER_SLL2] = "sll2",
	[LAYER_NULL] = "null", [LAYER_SLIP] = "slip", [LAYER_ENC] = "enc",
	[LAYER_IPNET] = "ipnet", [LAYER_NFLOG] = "nflog",
	[LAYER_CHDLC] = "chdlc", [LAYER_FRELAY] = "frame-relay",
	[LAYER_TOKEN_RING] = "token-ring", [LAYER_FDDI] = "fddi",
	[LAYER_RADIO] = "radio", [LAYER_WIFI] = "802.11",
	[LAYER_ARP] = "arp", [LAYER_IP4] = "ipv4", [LAYER_IP6] = "ipv6",
	[LAYER_HOPOPTS] = "hopopts", [LAYER_ROUTING] = "routing",
	[LAYER_FRAGMENT] = "fragment", [LAYER_AH] = "ah",
	[LAYER_DSTOPTS] = "dstopts", [LAYER_ICMP] = "icmp",
	[LAYER_ICMP6] = "icmpv6", [LAYER_IGMP] = "igmp", [LAYER_TCP] = "tcp",
	[LAYER_UDP] = "udp", [LAYER_UDPLITE] = "udplite",
	[LAYER_DCCP] = "dccp", [LAYER_SCTP] = "sctp",
	[LAYER_SCTP_CHUNK] = "sctp-chunk", [LAYER_ESP] = "esp",
	[LAYER_GRE] = "gre", [LAYER_VXLAN] = "vxlan",
	[LAYER_GENEVE] = "geneve", [LAYER_GTP] = "gtp",
	[LAYER_TEREDO] = "teredo", [LAYER_PAYLOAD] = "payload",
};

const char *
dissect_name(enum layer_kind kind)
{
	return (names[kind]);
}

const struct layer *
dissect_find(const struct dissection *d, enum layer_kind kind)
{
	uint32_t	i;

	for (i = 0; i < d->nlayers; i++)
		if (d->layers[i].kind == kind)
			return (&d->layers[i]);
	return (NULL);
}

const struct layer *
dissect_ip(const struct dissection *d)
{
	uint32_t	i;

	for (i = 0; i < d->nlayers; i++)
		if (d->layers[i].kind == LAYER_IP4 ||
		    d->layers[i].kind == LAYER_IP6)
			return (&d->layers[i]);
	return (NULL);
}

static struct layer *
add(struct walk *w, enum layer_kind kind, uint32_t header)
{
	struct layer	*l = &w->d->layers[w->d->nlayers++];

	*l = (struct layer){ .at = w->c.p, .captured = cursor_left(&w->c),
	    .wire = cursor_wire(&w->c), .header = header,
	    .kind = (uint8_t)kind, .depth = w->depth, .quoted = w->quoted };
	return (l);
}

const uint8_t *
walk_take(struct walk *w, enum layer_kind kind, uint32_t header)
{
	const struct layer	*l;

	w->next = NULL;
	if (w->d->nlayers >= DISSECT_LAYERS - 1 || cursor_wire(&w->c) == 0)
		return (NULL);
	l = add(w, kind, header);
	w->cut = layer_is_cut(l);
	return (w->cut ? NULL : cursor_take(&w->c, header));
}

void
walk_next(struct walk *w, enum layer_next kind, uint32_t number,
    dissect_step *step)
{
	struct layer	*l = walk_last(w);

	l->next_kind = (uint8_t)kind;
	l->next = (uint16_t)number;
	w->type = number;
	w->next = step;
}

void
walk_clip(struct walk *w, uint32_t n)
{
	uint32_t	left = cursor_left(&w->c);

	if (n >= cursor_wire(&w->c))
		return;
	cursor_clip(&w->c, n);
	w->c.uncaptured = n > left ? n - left : 0;
}

bool
walk_enter(struct walk *w, dissect_step *step)
{
	w->next = NULL;
	if (w->depth >= DISSECT_DEPTH)
		return (false);
	w->depth++;
	w->next = step;
	return (true);
}

static void
run(struct walk *w)
{
	dissect_step	*step;

	while (!w->cut && (step = w->next) != NULL) {
		w->next = NULL;
		step(w);
	}
}

/*
 * The decoder has found an IP packet where the walk did not come to, because
 * there are more tags or labels than layers: go on there.
 */
static void
go_to_packet(struct walk *w, const struct frame *f)
{
	struct dissection	*d = w->d;
	const uint8_t		*at = d->packet.begin;
	uint32_t		 n = (uint32_t)(at - f->octets);

	d->bridged = true;
	if (d->nlayers > DISSECT_BEFORE)
		d->nlayers = DISSECT_BEFORE;
	while (d->nlayers > 0 && walk_last(w)->at + walk_last(w)->header > at)
		d->nlayers--;
	*w = (struct walk){ .d = d };
	w->c = cursor_open(at, f->caplen - n,
	    f->wirelen > n ? f->wirelen - n : 0);
	w->next = d->packet.key.family == FLOW_FAMILY_IP4 ? step_ip4 :
	    step_ip6;
	run(w);
}

static void
set_app(struct walk *w)
{
	struct dissect_app	*app = &w->d->app;
	const struct layer	*t = w->transport;

	*app = (struct dissect_app){ .at = NULL };
	if (t == NULL || w->quoted || w->cut || t->captured < 4)
		return;
	app->at = w->c.p;
	app->captured = cursor_left(&w->c);
	app->wire = cursor_wire(&w->c);
	app->sport = get_be16(t->at);
	app->dport = get_be16(t->at + 2);
	app->proto = w->proto;
	app->depth = w->depth;
	app->fragment = w->fragment == PACKET_FIRST_FRAGMENT;
	app->ip = w->ip;
	app->transport = t;
}

void
dissect(int link, const struct frame *f, struct dissection *d)
{
	decode_fn	*decode = decode_for_link(link);
	struct walk	 w = { .d = d, .next = dissect_link_step(link) };

	d->nlayers = 0;
	d->bridged = false;
	d->verdict = decode == NULL ? DECODED_UNSUPPORTED :
	    decode(f->octets, f->caplen, f->wirelen, &d->packet);
	w.c = cursor_open(f->octets, f->caplen, f->wirelen);
	run(&w);
	if (d->verdict == DECODED_IP) {
		if (w.counted != d->packet.begin)
			go_to_packet(&w, f);
		d->flow = (struct flow){ .key = d->packet.key, .count = {
		    1, d->packet.data, d->packet.ip } };
	}
	set_app(&w);
	if (!w.cut && cursor_wire(&w.c) > 0)
		(void)add(&w, LAYER_PAYLOAD, 0);
}
