/*
 * The texts of keys: which text a report shows for addresses, ports and
 * protocols that were dropped, summed up or never there.
 */
#include <string.h>

#include "base/digits.h"
#include "cells.h"

static void
fill_host(char *buf, struct names *n, const struct flow_key *k,
    const uint8_t addr[16], uint16_t folded)
{
	names_host(n, (k->flags & folded) ? FLOW_FAMILY_NONE : k->family, addr,
	    buf);
}

static void
fill_port(char *buf, const struct cells_style *style, const struct flow_key *k,
    uint16_t port, uint16_t client)
{
	if (k->flags & client)
		strlcpy(buf, style->client, NAMES_PORT_LEN);
	else if (style->blank_ports && !names_has_ports(k->proto))
		buf[0] = '\0';
	else
		names_port(style->names, k->proto, port, buf);
}

void
cells_fill(struct cells *c, const struct cells_style *style,
    const struct flow_key *k)
{
	char	digits[DIGITS_LEN];

	fill_host(c->src, style->names, k, k->src, FLOW_NO_SRC);
	fill_host(c->dst, style->names, k, k->dst, FLOW_NO_DST);
	fill_port(c->sport, style, k, k->sport, FLOW_SPORT_CLIENT);
	fill_port(c->dport, style, k, k->dport, FLOW_DPORT_CLIENT);
	strlcpy(c->proto, style->proto_number ?
	    digits_format(k->proto, digits) :
	    names_proto(style->names, k->proto), sizeof(c->proto));
}
