/*
 * Link layers as text, and those layers whose fields are in a table.
 */
#include <string.h>

#include "base/endian.h"
#include "ipreport.h"

/* A line of fields has at most so many. */
#define FIELDS_LINE	4

static void
put_meaning(struct text *t, const char *meaning)
{
	if (meaning != NULL)
		text_put(t, " (%s)", meaning);
}

static void
put_address(struct text *t, uint8_t family, const uint8_t *at)
{
	char	buf[ADDR_STRLEN];
	uint8_t	addr[16];

	if (family == FLOW_FAMILY_IP4)
		addr_map_ip4(addr, at);
	else
		memcpy(addr, at, sizeof(addr));
	text_str(t, addr_format(family, addr, buf));
}

static void
put_field(struct text *t, const struct field *f, const struct layer *l)
{
	const uint8_t	*at = l->at + f->at;
	uint32_t	 v;

	text_put(t, "%s=", f->name);
	switch (f->form) {
	case FIELD_MAC:
		text_mac(t, at);
		return;
	case FIELD_IP4:
		put_address(t, FLOW_FAMILY_IP4, at);
		return;
	case FIELD_IP6:
		put_address(t, FLOW_FAMILY_IP6, at);
		return;
	default:
		break;
	}
	v = field_value(f, l);
	text_put(t, f->form == FIELD_HEX ? "%x" : "%u", v);
	if (f->meaning != NULL)
		put_meaning(t, f->meaning(v));
}

/* Numbers whose place in the header varies. */
static void
show_next(struct show *s, const struct layer *l)
{
	if (l->next_kind == NEXT_PPP) {
		text_line(s->text);
		text_put(s->text, "protocol=%x", l->next);
		put_meaning(s->text, meaning_ppp(l->next));
		text_end(s->text);
	} else if (l->kind == LAYER_NULL || l->kind == LAYER_ENC) {
		text_line(s->text);
		text_put(s->text, "family=%u", l->next);
		text_end(s->text);
	}
}

void
show_fields(struct show *s, const struct shown *p, const struct layer *l)
{
	const struct layer_fields	*of = &layer_fields[l->kind];
	unsigned			 n = 0;
	size_t				 i = 0;

	(void)p;
	show_title(s, l, of->tag, of->title);
	if (of->n > 0 && strcmp(of->fields[0].name, "src_port") == 0) {
		show_ports(s, l);
		i = 2;
	}
	for (; i < of->n; i++) {
		if (!field_is_there(&of->fields[i], l))
			continue;
		if (n == FIELDS_LINE) {
			text_end(s->text);
			n = 0;
		}
		if (n++ == 0)
			text_line(s->text);
		else
			text_str(s->text, ", ");
		put_field(s->text, &of->fields[i], l);
	}
	if (n > 0)
		text_end(s->text);
	show_next(s, l);
}

/* ETHERNET packet : [ b4:14:... -> fa:09:... ]  type 800  (IP) */
void
show_ethernet(struct show *s, const struct shown *p, const struct layer *l)
{
	struct text	*t = s->text;

	(void)p;
	if (text_has_tags(t)) {
		show_title(s, l, "ETH:", "");
		text_line(t);
	} else
		text_str(t, l->depth > 0 ? "Inner ETHERNET packet : " :
		    "ETHERNET packet : ");
	text_str(t, "[ ");
	text_mac(t, l->at + 6);
	text_str(t, " -> ");
	text_mac(t, l->at);
	if (l->next_kind == NEXT_LENGTH)
		text_put(t, " ]  length %u  (802.3)", l->next);
	else {
		text_put(t, " ]  type %x", l->next);
		if (meaning_ethertype(l->next) != NULL)
			text_put(t, "  (%s)", meaning_ethertype(l->next));
	}
	text_end(t);
}

/* Addresses of Ethernet and IPv4; the octets of others. */
static void
put_pair(struct show *s, const char *who, const uint8_t *hw, unsigned nhw,
    const uint8_t *net, unsigned nnet)
{
	struct text	*t = s->text;
	unsigned	 i;

	text_line(t);
	text_put(t, "%s=", who);
	if (nhw == 6)
		text_mac(t, hw);
	else
		for (i = 0; i < nhw; i++)
			text_mem(t, text_hex[hw[i]], 2);
	text_char(t, ' ');
	if (nnet == 4) {
		put_address(t, FLOW_FAMILY_IP4, net);
		show_host(s, FLOW_FAMILY_IP4, net);
	} else
		for (i = 0; i < nnet; i++)
			text_mem(t, text_hex[net[i]], 2);
	text_end(t);
}

/* The header is there as a whole, and it has room for all addresses. */
void
show_arp(struct show *s, const struct shown *p, const struct layer *l)
{
	const uint8_t	*at = l->at + 8, *to;
	unsigned	 nhw = l->at[4], nnet = l->at[5];

	show_fields(s, p, l);
	put_pair(s, "sender", at, nhw, at + nhw, nnet);
	to = at + nhw + nnet;
	put_pair(s, "target", to, nhw, to + nhw, nnet);
}
