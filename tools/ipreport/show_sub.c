/*
 * TCP, UDP and SCTP as text, and what -C says.  The lines of TCP are AIX's.
 */
#include <string.h>

#include "base/endian.h"
#include "ipreport.h"

static void
put_port(struct show *s, uint8_t proto, uint16_t port)
{
	char	name[NAMES_PORT_LEN];

	text_u64(s->text, port);
	if (s->names == NULL)
		return;
	(void)names_port(s->names, proto, port, name);
	if (name[0] < '0' || name[0] > '9')
		text_put(s->text, "(%s)", name);
}

static uint8_t
proto_of(const struct layer *l)
{
	static const uint8_t	protos[LAYER_KINDS] = {
		[LAYER_TCP] = 6, [LAYER_UDP] = 17, [LAYER_DCCP] = 33,
		[LAYER_SCTP] = 132, [LAYER_UDPLITE] = 136,
	};

	return (protos[l->kind]);
}

bool
has_ports(const struct layer *l)
{
	return (proto_of(l) != 0);
}

/* <source port=49878, destination port=22(ssh) > */
void
show_ports(struct show *s, const struct layer *l)
{
	uint8_t	proto = proto_of(l);

	text_line(s->text);
	text_str(s->text, l->depth > 0 ? "<inner source port=" :
	    "<source port=");
	put_port(s, proto, get_be16(l->at));
	text_str(s->text, l->depth > 0 ? ", inner destination port=" :
	    ", destination port=");
	put_port(s, proto, get_be16(l->at + 2));
	text_str(s->text, " >");
	text_end(s->text);
}

/* flags<PUSH | ACK> */
static void
put_flags(struct text *t, uint8_t flags)
{
	static const char *const	names[8] = { "FIN", "SYN", "RST",
	    "PUSH", "ACK", "URG", "ECE", "CWR" };
	bool				some = false;
	int				i;

	text_str(t, "flags<");
	for (i = 0; i < 8; i++) {
		if ((flags >> i & 1) == 0)
			continue;
		if (some)
			text_str(t, " | ");
		text_str(t, names[i]);
		some = true;
	}
	text_char(t, '>');
}

void
show_tcp(struct show *s, const struct shown *p, const struct layer *l)
{
	const uint8_t	*at = l->at;
	struct text	*t = s->text;
	char		 buf[OPTIONS_TEXT];

	(void)p;
	show_title(s, l, "TCP:", "TCP header breakdown:");
	show_ports(s, l);
	text_line(t);
	text_put(t, "th_seq=%u, th_ack=%u", get_be32(at + 4),
	    get_be32(at + 8));
	text_end(t);
	text_line(t);
	text_put(t, "th_off=%u, ", at[12] >> 4);
	put_flags(t, at[13]);
	text_end(t);
	text_line(t);
	text_put(t, "th_win=%u, th_sum=%x, th_urp=%u", get_be16(at + 14),
	    get_be16(at + 16), get_be16(at + 18));
	text_end(t);
	if (s->opt->verbose && l->header > 20) {
		text_line(t);
		text_put(t, "th_opt: %s", words_tcp(l, buf));
		text_end(t);
	}
}

void
show_udp(struct show *s, const struct shown *p, const struct layer *l)
{
	(void)p;
	show_title(s, l, "UDP:", "UDP header breakdown:");
	show_ports(s, l);
	text_line(s->text);
	text_put(s->text, "[ udp length = %u | udp checksum = %x ]",
	    get_be16(l->at + 4), get_be16(l->at + 6));
	text_end(s->text);
}

/* A chunk of SCTP; one of data says more. */
void
show_chunk(struct show *s, const struct shown *p, const struct layer *l)
{
	show_fields(s, p, l);
	if (l->at[0] != 0)
		return;
	text_line(s->text);
	text_put(s->text, "tsn=%u, stream=%u, sequence=%u, protocol=%u",
	    get_be32(l->at + 4), get_be16(l->at + 8), get_be16(l->at + 10),
	    get_be32(l->at + 12));
	text_end(s->text);
}

void
show_sum(struct show *s, const struct shown *p, const struct layer *l)
{
	static const char *const	texts[SUM_STATES] = {
		[SUM_GOOD] = "correct",
		[SUM_NONE] = "none: the sender has not computed it",
		[SUM_NOT_READY] = "not computed yet: that is left to the "
		    "interface",
		[SUM_VOUCHED] = "correct, as the system says",
		[SUM_CUT] = "cannot be verified: the packet is cut",
		[SUM_FRAGMENT] = "cannot be verified: the packet is a "
		    "fragment",
		[SUM_ROUTED] = "cannot be verified: the packet is "
		    "source-routed",
	};
	struct sum	sum = sum_verify(p, l);
	struct text	*t = s->text;

	if (sum.state == SUM_UNKNOWN)
		return;
	text_line(t);
	text_str(t, "checksum ");
	if (sum.state == SUM_BAD)
		text_put(t, "wrong: it should be %x", sum.right);
	else
		text_str(t, texts[sum.state]);
	text_end(t);
}
