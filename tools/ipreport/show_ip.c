/*
 * IP as text.  The lines of IPv4 are AIX's.  Those of packets in a tunnel or in
 * an error begin with another word, so that a script that adds up "ip_len="
 * counts what trafd counts.
 */
#include <string.h>

#include "base/endian.h"
#include "ipreport.h"

#define IP4_WIDTH	15

void
show_host(struct show *s, uint8_t family, const uint8_t *addr)
{
	char	name[NAMES_HOST_LEN], number[ADDR_STRLEN];
	uint8_t	full[16];

	if (!s->hosts)
		return;
	if (family == FLOW_FAMILY_IP4)
		addr_map_ip4(full, addr);
	else
		memcpy(full, addr, sizeof(full));
	(void)names_host_alone(s->names, family, full, name);
	if (strcmp(name, addr_format(family, full, number)) != 0)
		text_put(s->text, "  (%s)", name);
}

/* Faster than inet_ntop(3).  Returns the length. */
static size_t
format_ip4(const uint8_t *at, char buf[ADDR_STRLEN])
{
	char	*to = buf;
	int	 i;

	for (i = 0; i < 4; i++) {
		if (at[i] >= 100)
			*to++ = (char)('0' + at[i] / 100);
		if (at[i] >= 10)
			*to++ = (char)('0' + at[i] / 10 % 10);
		*to++ = (char)('0' + at[i] % 10);
		*to++ = '.';
	}
	*--to = '\0';
	return ((size_t)(to - buf));
}

static void
put_side(struct show *s, const struct layer *l, const char *side,
    const uint8_t *at)
{
	static const char	blanks[IP4_WIDTH + 1] = "               ";
	uint8_t			family = l->kind == LAYER_IP4 ?
	    FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6;
	char			buf[ADDR_STRLEN];
	size_t			n;

	if (family == FLOW_FAMILY_IP4)
		n = format_ip4(at, buf);
	else
		n = strlen(addr_format(family, at, buf));
	text_line(s->text);
	text_put(s->text, l->depth > 0 ? "< inner %s = " : "< %s = ", side);
	if (n < IP4_WIDTH)
		text_mem(s->text, blanks, IP4_WIDTH - n);
	text_mem(s->text, buf, n);
	text_str(s->text, " >");
	show_host(s, family, at);
	text_end(s->text);
}

/* The length that counts: that of the decoder for the outermost packet. */
static uint32_t
length_of(const struct shown *p, const struct layer *l, uint32_t stated)
{
	if (l->depth > 0 && stated == 0)
		return (l->wire);
	return (l->at == p->d->packet.begin &&
	    p->d->verdict == DECODED_IP ? p->d->packet.ip : stated);
}

/*
 * A script adds up "ip_len=": only what counts has it, not a packet in another
 * one, nor one whose header contradicts itself.
 */
static const char *
length_name(const struct shown *p, const struct layer *l)
{
	if (l->depth > 0)
		return ("inner_len");
	return (p->d->verdict == DECODED_IP ? "ip_len" : "bad_len");
}

static void
put_proto(struct text *t, const char *name, uint32_t proto)
{
	const char	*meaning = meaning_proto(proto);

	text_put(t, "%s = %u", name, proto);
	if (meaning != NULL)
		text_put(t, " (%s)", meaning);
}

static void
put_offset(struct text *t, uint32_t field)
{
	text_put(t, "ip_off=%u", (field & 0x1fff) * 8);
	if (field & 0x4000)
		text_str(t, " DF");
	if (field & 0x2000)
		text_str(t, " MF");
}

void
show_ip4(struct show *s, const struct shown *p, const struct layer *l)
{
	const uint8_t	*at = l->at;
	struct text	*t = s->text;
	char		 buf[OPTIONS_TEXT];

	show_title(s, l, "IP:", "IP header breakdown:");
	put_side(s, l, "SRC", at + 12);
	put_side(s, l, "DST", at + 16);
	text_line(t);
	text_put(t, "ip_v=4, ip_hl=%u, ip_tos=%u, %s=%u, ip_id=%u, ",
	    l->header, at[1], length_name(p, l),
	    length_of(p, l, get_be16(at + 2)), get_be16(at + 4));
	put_offset(t, get_be16(at + 6));
	text_end(t);
	text_line(t);
	text_put(t, "ip_ttl=%u, ip_sum=%x, ", at[8], get_be16(at + 10));
	put_proto(t, "ip_p", at[9]);
	text_end(t);
	if (get_be16(at + 2) == 0) {
		text_line(t);
		text_str(t, "the header states no length: that of the frame "
		    "is shown");
		text_end(t);
	}
	if (l->header > 20) {
		text_line(t);
		text_put(t, "ip_opt: %s", words_ip4(l, buf));
		text_end(t);
	}
}

void
show_ip6(struct show *s, const struct shown *p, const struct layer *l)
{
	const uint8_t	*at = l->at;
	struct text	*t = s->text;

	show_title(s, l, "IP6:", "IPv6 header breakdown:");
	put_side(s, l, "SRC", at + 8);
	put_side(s, l, "DST", at + 24);
	text_line(t);
	text_put(t, "ip_v=6, ip_tclass=%u, ip_flow=%u, %s=%u, ip_plen=%u",
	    get_be32(at) >> 20 & 0xff, get_be32(at) & 0xfffff,
	    length_name(p, l),
	    length_of(p, l, 40 + (uint32_t)get_be16(at + 4)),
	    get_be16(at + 4));
	text_end(t);
	text_line(t);
	text_put(t, "ip_hlim=%u, ", at[7]);
	put_proto(t, "ip_nxt", at[6]);
	text_end(t);
}

/* icmp_type=8 (ECHO_REQUEST)  icmp_id=18058  icmp_seq=3 */
static void
put_icmp(struct show *s, const struct layer *l, const char *meaning,
    bool echo)
{
	struct text	*t = s->text;
	const uint8_t	*at = l->at;

	text_line(t);
	text_put(t, "icmp_type=%u", at[0]);
	if (meaning != NULL)
		text_put(t, " (%s)", meaning);
	if (echo)
		text_put(t, "  icmp_id=%u  icmp_seq=%u", get_be16(at + 4),
		    get_be16(at + 6));
	else
		text_put(t, "  icmp_code=%u", at[1]);
	if (s->opt->verbose)
		text_put(t, "  icmp_sum=%x", get_be16(at + 2));
	text_end(t);
}

void
show_icmp(struct show *s, const struct shown *p, const struct layer *l)
{
	const uint8_t	*at = l->at;
	uint8_t		 type = at[0];

	(void)p;
	show_title(s, l, "ICMP:", "ICMP header breakdown:");
	put_icmp(s, l, meaning_icmp(type), type == 0 || type == 8 ||
	    (type >= 13 && type <= 18));
	if (type == 5) {
		text_line(s->text);
		text_put(s->text, "gateway=%u.%u.%u.%u", at[4], at[5], at[6],
		    at[7]);
		text_end(s->text);
	} else if (type == 3 && at[1] == 4) {
		text_line(s->text);
		text_put(s->text, "mtu=%u", get_be16(at + 6));
		text_end(s->text);
	}
}

/* A line for each group of a report. */
static void
show_groups(struct show *s, const struct layer *l)
{
	struct group	g;
	uint8_t		full[16];
	char		buf[ADDR_STRLEN];
	bool		is;

	for (is = groups_first(l, &g); is; is = groups_next(l, &g)) {
		if (g.family == FLOW_FAMILY_IP4)
			addr_map_ip4(full, g.address);
		else
			memcpy(full, g.address, sizeof(full));
		text_line(s->text);
		text_put(s->text, "group=%s, record=%u",
		    addr_format(g.family, full, buf), g.type);
		if (meaning_group(g.type) != NULL)
			text_put(s->text, " (%s)", meaning_group(g.type));
		text_put(s->text, ", sources=%u", g.sources);
		text_end(s->text);
	}
}

void
show_igmp(struct show *s, const struct shown *p, const struct layer *l)
{
	show_fields(s, p, l);
	show_groups(s, l);
}

void
show_icmp6(struct show *s, const struct shown *p, const struct layer *l)
{
	uint8_t		type = l->at[0];
	char		buf[ADDR_STRLEN];

	(void)p;
	show_title(s, l, "ICM6:", "ICMPv6 header breakdown:");
	put_icmp(s, l, meaning_icmp6(type), type == 128 || type == 129);
	show_groups(s, l);
	if (type == 2) {
		text_line(s->text);
		text_put(s->text, "mtu=%u", get_be32(l->at + 4));
		text_end(s->text);
	} else if (type >= 135 && type <= 137 && l->captured >= 24) {
		text_line(s->text);
		text_put(s->text, "target=%s",
		    addr_format(FLOW_FAMILY_IP6, l->at + 8, buf));
		text_end(s->text);
	}
}
