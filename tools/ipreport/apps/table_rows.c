/*
 * Tables with one line a packet: TCP, UDP and ICMP, each of the innermost
 * packet that has it.
 */
#include <string.h>

#include "base/endian.h"
#include "items.h"
#include "table_impl.h"

const struct sheet_column	table_tcp[] = {
	{ "packet", 7 }, { "time", 18 }, { "source", 15 }, { "sport", 5 },
	{ "destination", 15 }, { "dport", 5 }, { "seq", 10 }, { "ack", 10 },
	{ "window", 6 }, { "length", 6 }, { "flags", 0 }, { NULL, 0 }
};

const struct sheet_column	table_udp[] = {
	{ "packet", 7 }, { "time", 18 }, { "source", 15 }, { "sport", 5 },
	{ "destination", 15 }, { "dport", 5 }, { "length", 6 }, { NULL, 0 }
};

const struct sheet_column	table_icmp[] = {
	{ "packet", 7 }, { "time", 18 }, { "source", 15 },
	{ "destination", 15 }, { "type", 4 }, { "code", 4 }, { "id", 5 },
	{ "seq", 5 }, { "length", 6 }, { "name", 0 }, { NULL, 0 }
};

/* The IP packet that a layer is in. */
static const struct layer *
ip_of(const struct dissection *d, const struct layer *l)
{
	while (l-- > d->layers)
		if (l->kind == LAYER_IP4 || l->kind == LAYER_IP6)
			return (layer_is_cut(l) ? NULL : l);
	return (NULL);
}

/* The innermost layer of a kind, or of two, that is no quotation. */
static const struct layer *
innermost(const struct dissection *d, enum layer_kind kind,
    enum layer_kind other)
{
	const struct layer	*l = d->layers + d->nlayers;

	while (l-- > d->layers)
		if ((l->kind == kind || l->kind == other) && !l->quoted)
			return (l);
	return (NULL);
}

static void
ends(struct sheet *s, const struct listing_row *p, const struct layer *ip,
    const struct layer *transport)
{
	uint8_t	src[16], dst[16];

	app_addresses(ip, src, dst);
	sheet_u64(s, p->number);
	sheet_time(s, p->time_ns);
	table_address(s, src);
	if (transport != NULL)
		sheet_u64(s, get_be16(transport->at));
	table_address(s, dst);
	if (transport != NULL)
		sheet_u64(s, get_be16(transport->at + 2));
}

#define FLAGS	48		/* octets of all names */

static char *
flags(uint8_t bits, char text[FLAGS])
{
	static const char	*names[] = {
		"FIN", "SYN", "RST", "PUSH", "ACK", "URG", "ECE", "CWR"
	};
	unsigned		 i;

	*text = '\0';
	for (i = 0; i < 8; i++)
		if ((bits >> i & 1) != 0) {
			if (*text != '\0')
				(void)strlcat(text, "|", FLAGS);
			(void)strlcat(text, names[i], FLAGS);
		}
	return (text);
}

void
table_tcp_row(struct sheet *s, const struct listing_row *p)
{
	const struct layer	*l = innermost(p->d, LAYER_TCP, LAYER_TCP);
	const struct layer	*ip = l != NULL ? ip_of(p->d, l) : NULL;
	char			 text[FLAGS];

	if (ip == NULL || l->captured < 20)
		return;
	ends(s, p, ip, l);
	sheet_u64(s, get_be32(l->at + 4));
	sheet_u64(s, get_be32(l->at + 8));
	sheet_u64(s, get_be16(l->at + 14));
	sheet_u64(s, l->wire > l->header ? l->wire - l->header : 0);
	sheet_text(s, flags(l->at[13], text));
	sheet_end_row(s);
}

void
table_udp_row(struct sheet *s, const struct listing_row *p)
{
	const struct layer	*l = innermost(p->d, LAYER_UDP, LAYER_UDP);
	const struct layer	*ip = l != NULL ? ip_of(p->d, l) : NULL;
	unsigned		 length;

	if (ip == NULL || l->captured < 8)
		return;
	length = get_be16(l->at + 4);
	ends(s, p, ip, l);
	/* 0: a jumbogram, or a datagram that is still to be cut */
	sheet_u64(s, length >= 8 ? length - 8 :
	    l->wire > 8 ? l->wire - 8 : 0);
	sheet_end_row(s);
}

static const struct item_name	icmp[] = {
	{ 0, "ECHO_REPLY" }, { 3, "DEST_UNREACH" }, { 4, "SOURCE_QUENCH" },
	{ 5, "REDIRECT" }, { 8, "ECHO_REQUEST" }, { 9, "ROUTER_ADVERT" },
	{ 10, "ROUTER_SOLICIT" }, { 11, "TIME_EXCEEDED" },
	{ 12, "PARAM_PROBLEM" }, { 13, "TIMESTAMP" },
	{ 14, "TIMESTAMP_REPLY" }, { 17, "MASK_REQUEST" },
	{ 18, "MASK_REPLY" }, { 0, NULL }
};

static const struct item_name	icmp6[] = {
	{ 1, "DEST_UNREACH" }, { 2, "PACKET_TOO_BIG" },
	{ 3, "TIME_EXCEEDED" }, { 4, "PARAM_PROBLEM" },
	{ 128, "ECHO_REQUEST" }, { 129, "ECHO_REPLY" },
	{ 130, "MLD_QUERY" }, { 131, "MLD_REPORT" }, { 132, "MLD_DONE" },
	{ 133, "ROUTER_SOLICIT" }, { 134, "ROUTER_ADVERT" },
	{ 135, "NEIGHBOR_SOLICIT" }, { 136, "NEIGHBOR_ADVERT" },
	{ 137, "REDIRECT" }, { 143, "MLD2_REPORT" }, { 0, NULL }
};

/* Requests and replies have an identifier and a number. */
static bool
has_id(const struct layer *l)
{
	uint8_t	type = l->at[0];

	if (l->captured < 8)
		return (false);
	return (l->kind == LAYER_ICMP6 ? type == 128 || type == 129 :
	    type == 0 || type == 8 || (type >= 13 && type <= 18));
}

void
table_icmp_row(struct sheet *s, const struct listing_row *p)
{
	const struct layer	*l = innermost(p->d, LAYER_ICMP, LAYER_ICMP6);
	const struct layer	*ip = l != NULL ? ip_of(p->d, l) : NULL;
	const char		*name;

	if (ip == NULL || l->captured < 4)
		return;
	name = item_name(l->kind == LAYER_ICMP ? icmp : icmp6, l->at[0]);
	ends(s, p, ip, NULL);
	sheet_u64(s, l->at[0]);
	sheet_u64(s, l->at[1]);
	if (has_id(l)) {
		sheet_u64(s, get_be16(l->at + 4));
		sheet_u64(s, get_be16(l->at + 6));
	} else {
		sheet_none(s);
		sheet_none(s);
	}
	sheet_u64(s, l->wire);
	if (name != NULL)
		sheet_text(s, name);
	else
		sheet_none(s);
	sheet_end_row(s);
}
