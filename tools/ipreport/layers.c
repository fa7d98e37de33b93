/*
 * The fields of the layers.  JSON has all of them; text has those of layers
 * that no function prints (show.c).
 */
#include "base/endian.h"
#include "ipreport.h"

/* A number of whole octets; a part of one; an address. */
#define DEC(n, o, s)		{ .name = (n), .at = (o), .size = (s) }
#define HEX(n, o, s)		{ .name = (n), .at = (o), .size = (s),	\
	.form = FIELD_HEX }
#define BITS(n, o, s, sh, m)	{ .name = (n), .at = (o), .size = (s),	\
	.shift = (sh), .mask = (m) }
#define NAMED(n, o, s, f)	{ .name = (n), .at = (o), .size = (s),	\
	.meaning = (f) }
#define TYPE(n, o)		{ .name = (n), .at = (o), .size = 2,	\
	.form = FIELD_HEX, .meaning = meaning_ethertype }
#define MAC(n, o)		{ .name = (n), .at = (o), .size = 6,	\
	.form = FIELD_MAC }
#define IP4(n, o)		{ .name = (n), .at = (o), .size = 4,	\
	.form = FIELD_IP4 }
#define IP6(n, o)		{ .name = (n), .at = (o), .size = 16,	\
	.form = FIELD_IP6 }

static const struct field	ethernet[] = {
	MAC("src", 6), MAC("dst", 0), HEX("type", 12, 2),
};
static const struct field	vlan[] = {
	BITS("vlan", 0, 2, 0, 0xfff), BITS("priority", 0, 2, 13, 7),
	BITS("dei", 0, 2, 12, 1), TYPE("type", 2),
};
static const struct field	llc[] = {
	HEX("dsap", 0, 1), HEX("ssap", 1, 1), HEX("ctrl", 2, 1),
};
static const struct field	snap[] = {
	HEX("oui", 0, 3), TYPE("type", 3),
};
static const struct field	pppoe[] = {
	HEX("code", 1, 1), DEC("session", 2, 2), DEC("length", 4, 2),
};
static const struct field	mpls[] = {
	BITS("label", 0, 4, 12, 0xfffff), BITS("class", 0, 4, 9, 7),
	BITS("bottom", 0, 4, 8, 1), DEC("ttl", 3, 1),
};
static const struct field	sll[] = {
	DEC("packet_type", 0, 2), DEC("arphrd", 2, 2), MAC("src", 6),
	TYPE("type", 14),
};
static const struct field	sll2[] = {
	TYPE("type", 0), DEC("ifindex", 4, 4), DEC("arphrd", 8, 2),
	DEC("packet_type", 10, 1), MAC("src", 12),
};
static const struct field	slip[] = {
	DEC("direction", 0, 1),
};
static const struct field	enc[] = {
	HEX("spi", 4, 4), HEX("flags", 8, 4),
};
static const struct field	ipnet[] = {
	DEC("version", 0, 1), DEC("family", 1, 1),
};
static const struct field	nflog[] = {
	DEC("family", 0, 1), DEC("version", 1, 1), DEC("group", 2, 2),
};
static const struct field	chdlc[] = {
	HEX("address", 0, 1), HEX("control", 1, 1), TYPE("type", 2),
};
static const struct field	frelay[] = {
	HEX("address", 0, 2),
};
static const struct field	token_ring[] = {
	HEX("access", 0, 1), HEX("control", 1, 1), MAC("src", 8),
	MAC("dst", 2),
};
static const struct field	fddi[] = {
	HEX("control", 0, 1), MAC("src", 7), MAC("dst", 1),
};
static const struct field	wifi[] = {
	BITS("type", 0, 1, 2, 3), BITS("subtype", 0, 1, 4, 15),
	HEX("flags", 1, 1), MAC("address1", 4), MAC("address2", 10),
	MAC("address3", 16),
};
static const struct field	arp[] = {
	DEC("hardware", 0, 2), TYPE("protocol", 2),
	NAMED("operation", 6, 2, meaning_arp),
};
static const struct field	ip4[] = {
	IP4("src", 12), IP4("dst", 16), DEC("tos", 1, 1),
	DEC("length", 2, 2), DEC("id", 4, 2), BITS("df", 6, 2, 14, 1),
	BITS("mf", 6, 2, 13, 1), BITS("offset", 6, 2, -3, 0xfff8),
	DEC("ttl", 8, 1), NAMED("protocol", 9, 1, meaning_proto),
	HEX("checksum", 10, 2),
};
static const struct field	ip6[] = {
	IP6("src", 8), IP6("dst", 24), BITS("class", 0, 4, 20, 0xff),
	BITS("flow", 0, 4, 0, 0xfffff), DEC("payload", 4, 2),
	NAMED("next", 6, 1, meaning_proto), DEC("hop_limit", 7, 1),
};
static const struct field	extension[] = {
	NAMED("next", 0, 1, meaning_proto), DEC("length", 1, 1),
};
static const struct field	routing[] = {
	NAMED("next", 0, 1, meaning_proto), DEC("length", 1, 1),
	DEC("type", 2, 1), DEC("segments_left", 3, 1),
};
static const struct field	fragment[] = {
	NAMED("next", 0, 1, meaning_proto),
	BITS("offset", 2, 2, 0, 0xfff8), BITS("mf", 2, 2, 0, 1),
	HEX("id", 4, 4),
};
static const struct field	ah[] = {
	NAMED("next", 0, 1, meaning_proto), DEC("length", 1, 1),
	HEX("spi", 4, 4), DEC("sequence", 8, 4),
};
static const struct field	icmp[] = {
	NAMED("type", 0, 1, meaning_icmp), DEC("code", 1, 1),
	HEX("checksum", 2, 2), DEC("id", 4, 2), DEC("sequence", 6, 2),
};
static const struct field	icmp6[] = {
	NAMED("type", 0, 1, meaning_icmp6), DEC("code", 1, 1),
	HEX("checksum", 2, 2), DEC("id", 4, 2), DEC("sequence", 6, 2),
};
static const struct field	igmp[] = {
	NAMED("type", 0, 1, meaning_igmp), DEC("time", 1, 1),
	HEX("checksum", 2, 2), { .name = "group", .at = 4, .size = 4,
	.form = FIELD_IP4, .unless = IGMP_V3_REPORT },
};
static const struct field	tcp[] = {
	DEC("src_port", 0, 2), DEC("dst_port", 2, 2), DEC("seq", 4, 4),
	DEC("ack", 8, 4), DEC("flags", 13, 1), DEC("window", 14, 2),
	HEX("checksum", 16, 2), DEC("urgent", 18, 2),
};
static const struct field	udp[] = {
	DEC("src_port", 0, 2), DEC("dst_port", 2, 2), DEC("length", 4, 2),
	HEX("checksum", 6, 2),
};
static const struct field	dccp[] = {
	DEC("src_port", 0, 2), DEC("dst_port", 2, 2),
	HEX("checksum", 6, 2),
};
static const struct field	sctp[] = {
	DEC("src_port", 0, 2), DEC("dst_port", 2, 2), HEX("tag", 4, 4),
	HEX("checksum", 8, 4),
};
static const struct field	chunk[] = {
	NAMED("type", 0, 1, meaning_chunk), HEX("flags", 1, 1),
	DEC("length", 2, 2),
};
static const struct field	esp[] = {
	HEX("spi", 0, 4), DEC("sequence", 4, 4),
};
static const struct field	gre[] = {
	HEX("flags", 0, 2), TYPE("type", 2),
};
static const struct field	vxlan[] = {
	HEX("flags", 0, 1), DEC("vni", 4, 3),
};
static const struct field	geneve[] = {
	HEX("flags", 1, 1), TYPE("type", 2), DEC("vni", 4, 3),
};
static const struct field	gtp[] = {
	HEX("flags", 0, 1), DEC("type", 1, 1), DEC("length", 2, 2),
	HEX("teid", 4, 4),
};

#define OF(tag, title, list)						\
	{ tag, title, list, sizeof(list) / sizeof((list)[0]) }
#define NO_FIELDS(tag, title)	{ tag, title, NULL, 0 }

const struct layer_fields	layer_fields[LAYER_KINDS] = {
	[LAYER_ETHERNET] = OF("ETH:", "ETHERNET packet:", ethernet),
	[LAYER_VLAN] = OF("VLAN:", "VLAN tag:", vlan),
	[LAYER_LLC] = OF("LLC:", "802.2 LLC header:", llc),
	[LAYER_SNAP] = OF("SNAP:", "SNAP header:", snap),
	[LAYER_PPPOE] = OF("PPPOE:", "PPPoE header:", pppoe),
	[LAYER_PPP] = NO_FIELDS("PPP:", "PPP header:"),
	[LAYER_MPLS] = OF("MPLS:", "MPLS label:", mpls),
	[LAYER_SLL] = OF("SLL:", "Linux cooked header:", sll),
	[LAYER_SLL2] = OF("SLL2:", "Linux cooked header, version 2:", sll2),
	[LAYER_NULL] = NO_FIELDS("LO:", "Loopback header:"),
	[LAYER_SLIP] = OF("SLIP:", "SLIP header:", slip),
	[LAYER_ENC] = OF("ENC:", "enc(4) header:", enc),
	[LAYER_IPNET] = OF("IPNET:", "ipnet header:", ipnet),
	[LAYER_NFLOG] = OF("NFLOG:", "Netfilter log:", nflog),
	[LAYER_CHDLC] = OF("HDLC:", "Cisco HDLC header:", chdlc),
	[LAYER_FRELAY] = OF("FR:", "Frame relay header:", frelay),
	[LAYER_TOKEN_RING] = OF("TOK:", "802.5 packet:", token_ring),
	[LAYER_FDDI] = OF("FDDI:", "FDDI packet:", fddi),
	[LAYER_RADIO] = NO_FIELDS("RADIO:", "Radio header:"),
	[LAYER_WIFI] = OF("WIFI:", "802.11 packet:", wifi),
	[LAYER_ARP] = OF("ARP:", "ARP packet breakdown:", arp),
	[LAYER_IP4] = OF("IP:", "IP header breakdown:", ip4),
	[LAYER_IP6] = OF("IP6:", "IPv6 header breakdown:", ip6),
	[LAYER_HOPOPTS] = OF("IP6:", "Hop-by-hop options:", extension),
	[LAYER_ROUTING] = OF("IP6:", "Routing header:", routing),
	[LAYER_FRAGMENT] = OF("IP6:", "Fragment header:", fragment),
	[LAYER_AH] = OF("AH:", "Authentication header:", ah),
	[LAYER_DSTOPTS] = OF("IP6:", "Destination options:", extension),
	[LAYER_ICMP] = OF("ICMP:", "ICMP header breakdown:", icmp),
	[LAYER_ICMP6] = OF("ICM6:", "ICMPv6 header breakdown:", icmp6),
	[LAYER_IGMP] = OF("IGMP:", "IGMP header breakdown:", igmp),
	[LAYER_TCP] = OF("TCP:", "TCP header breakdown:", tcp),
	[LAYER_UDP] = OF("UDP:", "UDP header breakdown:", udp),
	[LAYER_UDPLITE] = OF("UDPL:", "UDP-Lite header breakdown:", udp),
	[LAYER_DCCP] = OF("DCCP:", "DCCP header breakdown:", dccp),
	[LAYER_SCTP] = OF("SCTP:", "SCTP header breakdown:", sctp),
	[LAYER_SCTP_CHUNK] = OF("SCTP:", "SCTP chunk:", chunk),
	[LAYER_ESP] = OF("ESP:", "ESP header breakdown:", esp),
	[LAYER_GRE] = OF("GRE:", "GRE header breakdown:", gre),
	[LAYER_VXLAN] = OF("VXLAN:", "VXLAN header breakdown:", vxlan),
	[LAYER_GENEVE] = OF("GENEVE:", "Geneve header breakdown:", geneve),
	[LAYER_GTP] = OF("GTP:", "GTP-U header breakdown:", gtp),
	[LAYER_TEREDO] = NO_FIELDS("TEREDO:", "Teredo indication:"),
	[LAYER_PAYLOAD] = NO_FIELDS("RAW:", "Frame:"),
};

bool
field_is_there(const struct field *f, const struct layer *l)
{
	return ((uint32_t)f->at + f->size <= l->captured &&
	    (f->unless == 0 || l->at[0] != f->unless));
}

uint32_t
field_value(const struct field *f, const struct layer *l)
{
	const uint8_t	*at = l->at + f->at;
	uint32_t	 v = 0;
	int		 i;

	for (i = 0; i < f->size; i++)
		v = v << 8 | at[i];
	v = f->shift < 0 ? v << -f->shift : v >> f->shift;
	return (f->mask != 0 ? v & f->mask : v);
}
