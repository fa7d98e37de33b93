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

static dissect_step_fn *const	steps[STEPS] = {
	[STEP_VERSION] = step_version, [STEP_SNAP] = step_snap,
	[STEP_LLC] = step_llc, [STEP_ETHERNET] = step_ethernet,
	[STEP_VLAN] = step_vlan, [STEP_MPLS] = step_mpls,
	[STEP_ARP] = step_arp, [STEP_PPP] = step_ppp,
	[STEP_PPPOE] = step_pppoe, [STEP_ETHERTYPE] = step_ethertype,
	[STEP_NULL] = step_null, [STEP_ENC] = step_enc,
	[STEP_IPNET] = step_ipnet, [STEP_SLIP] = step_slip,
	[STEP_SLL] = step_sll, [STEP_SLL2] = step_sll2,
	[STEP_CHDLC] = step_chdlc, [STEP_PPP_HDLC] = step_ppp_hdlc,
	[STEP_PPP_PPPD] = step_ppp_pppd, [STEP_PPP_DIR] = step_ppp_dir,
	[STEP_FRELAY] = step_frelay, [STEP_TOKEN_RING] = step_token_ring,
	[STEP_FDDI] = step_fddi, [STEP_NFLOG] = step_nflog,
	[STEP_WIFI] = step_wifi, [STEP_RADIOTAP] = step_radiotap,
	[STEP_PPI] = step_ppi, [STEP_PRISM] = step_prism,
	[STEP_AVS] = step_avs, [STEP_IP4] = step_ip4,
	[STEP_EXTENSION] = step_extension, [STEP_IP6] = step_ip6,
	[STEP_TCP] = step_tcp, [STEP_UDP] = step_udp,
	[STEP_UDPLITE] = step_udplite, [STEP_DCCP] = step_dccp,
	[STEP_CHUNK] = step_chunk, [STEP_SCTP] = step_sctp,
	[STEP_ICMP] = step_icmp, [STEP_ICMP6] = step_icmp6,
	[STEP_IGMP] = step_igmp, [STEP_ESP] = step_esp, [STEP_AH] = step_ah,
	[STEP_PROTO] = step_proto, [STEP_IPIP4] = step_ipip4,
	[STEP_IPIP6] = step_ipip6, [STEP_GRE] = step_gre,
	[STEP_VXLAN] = step_vxlan, [STEP_GENEVE] = step_geneve,
	[STEP_GTP] = step_gtp, [STEP_TEREDO] = step_teredo,
};

static void
run(struct walk *w)
{
	enum dissect_step	step;

	while (!w->cut && (step = w->next) != STEP_END) {
		w->next = STEP_END;
		steps[step](w);
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
	w->next = d->packet.key.family == FLOW_FAMILY_IP4 ? STEP_IP4 :
	    STEP_IP6;
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
	d->bridged = d->skipped = false;
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
		(void)walk_add(&w, LAYER_PAYLOAD, 0);
}
