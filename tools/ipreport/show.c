/*
 * A packet as text: the lines before its layers, then each layer, then a dump
 * of what is not decoded.  What a line of AIX looks like is in trace.md and
 * ipreport(1); the others are in its style.
 */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/plural.h"
#include "above.h"
#include "ipreport.h"

/* Who prints a layer; the fields of the others are in a table. */
static show_layer_fn *const	printers[LAYER_KINDS] = {
	[LAYER_ETHERNET] = show_ethernet, [LAYER_ARP] = show_arp,
	[LAYER_IP4] = show_ip4, [LAYER_IP6] = show_ip6,
	[LAYER_ICMP] = show_icmp, [LAYER_ICMP6] = show_icmp6,
	[LAYER_IGMP] = show_igmp,
	[LAYER_TCP] = show_tcp, [LAYER_UDP] = show_udp,
	[LAYER_SCTP_CHUNK] = show_chunk,
};

/* Local time without the date, "12:12:33.397003947". */
static void
put_time(struct show *s, uint64_t ns)
{
	time_t		 second = (time_t)(ns / NS_PER_S);
	uint32_t	 rest = (uint32_t)(ns % NS_PER_S), i;
	char		 fraction[10];
	struct tm	 tm;

	if (s->clock[0] == '\0' || s->second != (int64_t)second) {
		if (localtime_r(&second, &tm) == NULL ||
		    strftime(s->clock, sizeof(s->clock), "%H:%M:%S",
		    &tm) == 0)
			(void)strlcpy(s->clock, "?", sizeof(s->clock));
		s->second = (int64_t)second;
	}
	for (i = 9; i > 0; i--, rest /= 10)
		fraction[i] = (char)('0' + rest % 10);
	fraction[0] = '.';
	text_str(s->text, s->clock);
	text_mem(s->text, fraction, sizeof(fraction));
}

/* ====( 130 bytes received on interface en0 )==== 12:12:33.397003947 */
static void
show_frame(struct show *s, const struct shown *p)
{
	static const char *const	directions[] = {
		[FRAME_UNKNOWN] = "captured", [FRAME_IN] = "received",
		[FRAME_OUT] = "transmitted",
	};
	struct text	*t = s->text;

	text_bare(t);
	text_str(t, "====( ");
	text_u64(t, p->frame->wirelen);	/* AIX says "1 bytes", too */
	text_put(t, " bytes %s", directions[p->about->direction]);
	if (p->ifname != NULL)
		text_put(t, " on interface %s", p->ifname);
	text_str(t, " )====");
	if (p->frame->time_ns != 0) {
		text_char(t, ' ');
		put_time(s, p->frame->time_ns);
	}
	text_end(t);
}

/* What the capture says of the frame. */
static void
show_about(struct show *s, const struct shown *p)
{
	const struct capfile_about	*a = p->about;
	struct text			*t = s->text;

	if (p->frame->caplen < p->frame->wirelen) {
		text_line(t);
		text_put(t, "%u of %u bytes captured",
		    p->frame->caplen, p->frame->wirelen);
		text_end(t);
	}
	if (a->segments > 1) {
		text_line(t);
		text_put(t, "%u segments", a->segments);
		if (a->segment_octets != 0)
			text_put(t, " of %u octets", a->segment_octets);
		text_str(t, ", joined by offload");
		text_end(t);
	}
	if (p->d->bridged || p->d->skipped) {
		text_line(t);
		text_str(t, "some headers are not shown: there are too many");
		text_end(t);
	}
	if (a->dropped != 0) {
		text_line(t);
		text_u64(t, a->dropped);
		text_put(t, " packet%s lost before this one",
		    plural(a->dropped));
		text_end(t);
	}
}

/* With -v: date, process, comment, and what the packet counts as. */
static void
show_more(struct show *s, const struct shown *p)
{
	const struct capfile_about	*a = p->about;
	time_t				 at;
	struct tm			 tm;
	char				 date[40];

	at = (time_t)(p->frame->time_ns / NS_PER_S);
	text_line(s->text);
	text_put(s->text, "link=%d", p->link);
	if (decode_link_name(p->link) != NULL)
		text_put(s->text, " (%s)", decode_link_name(p->link));
	if (p->frame->time_ns != 0 && localtime_r(&at, &tm) != NULL &&
	    strftime(date, sizeof(date), "%Y-%m-%d %z", &tm) != 0)
		text_put(s->text, ", date=%s", date);
	if (a->pid != 0)
		text_put(s->text, ", pid=%u, tid=%u", a->pid, a->tid);
	text_put(s->text, ", counts as %s",
	    decode_verdict_name(p->d->verdict));
	if (p->d->verdict == DECODED_IP)
		text_put(s->text, " of %u octets, %u of data",
		    p->d->packet.ip, p->d->packet.data);
	text_end(s->text);
	/* That of a joined packet is shown in words, unless there is more. */
	if (a->comment != NULL && (a->segments < 2 ||
	    memchr(a->comment, ';', a->comment_len) != NULL)) {
		text_line(s->text);
		text_str(s->text, "comment: ");
		text_printable(s->text, a->comment, a->comment_len);
		text_end(s->text);
	}
}

/* ---- the dump ---- */

/* What a terminal shows of each octet: ASCII. */
const char *
dump_ascii(void)
{
	static char	set[256];
	int		i;

	if (set[0] == '\0')
		for (i = 0; i < 256; i++)
			set[i] = i >= ' ' && i <= '~' ? (char)i : '.';
	return (set);
}

/* EBCDIC, code page 037, as far as it is ASCII. */
const char *
dump_ebcdic(void)
{
	static const char	rows[] =
	    "................................"
	    "................................"
	    " ...........<(+|&.........!$*);."
	    "-/.........,%_>?.........`:#@'=\""
	    ".abcdefghi.......jklmnopqr......"
	    ".~stuvwxyz......^.........[]...."
	    "{ABCDEFGHI......}JKLMNOPQR......"
	    "\\.STUVWXYZ......0123456789......";

	return (rows);
}

static void
dump(struct show *s, const uint8_t *at, uint32_t n)
{
	const char	*set = s->opt->ebcdic ? dump_ebcdic() : dump_ascii();
	uint32_t	 i, most = n < s->opt->dump ? n : s->opt->dump;

	for (i = 0; i < most; i += 16)
		text_dump_line(s->text, i, at + i,
		    most - i < 16 ? most - i : 16, set);
	if (most < n && most > 0) {
		text_line(s->text);
		text_put(s->text, "%u more byte%s", n - most,
		    plural(n - most));
		text_end(s->text);
	}
}

/* ---- layers ---- */

void
show_title(struct show *s, const struct layer *l, const char *tag,
    const char *title)
{
	char	inner[80];

	if (l->depth == 0 || text_has_tags(s->text)) {
		text_title(s->text, tag, title);
		return;
	}
	(void)strlcpy(inner, l->quoted ? "Quoted " : "Inner ",
	    sizeof(inner));
	(void)strlcat(inner, title, sizeof(inner));
	text_title(s->text, tag, inner);
}

/* Of a header whose options are cut, the rest is there. */
static bool
is_all_but_options(const struct layer *l)
{
	return ((l->kind == LAYER_IP4 || l->kind == LAYER_TCP) &&
	    l->captured >= 20);
}

/*
 * A header that is not there as a whole: what there is of it.  What trafd
 * counts by, addresses and ports, is shown if it is there.
 */
static void
show_cut(struct show *s, const struct shown *p, const struct layer *l)
{
	const struct layer_fields	*f = &layer_fields[l->kind];

	if (is_all_but_options(l))
		printers[l->kind](s, p, l);
	else {
		show_title(s, l, f->tag, f->title);
		if (has_ports(l) && l->captured >= 4)
			show_ports(s, l);
	}
	text_line(s->text);
	text_put(s->text, "cut: %u of %u bytes of the header captured",
	    l->captured, l->header);
	text_end(s->text);
	if (!s->opt->hex)
		dump(s, l->at, l->captured);
}

/* Is the layer the last header, so that data are expected behind it? */
static bool
ends_headers(const struct layer *l)
{
	switch (l->kind) {
	case LAYER_ICMP:
	case LAYER_ICMP6:
	case LAYER_IGMP:
	case LAYER_TCP:
	case LAYER_UDP:
	case LAYER_UDPLITE:
	case LAYER_DCCP:
	case LAYER_SCTP_CHUNK:
		return (true);
	default:
		return (false);
	}
}

/* Why there is a dump: the number that the layer before announces is named. */
static void
show_reason(struct show *s, const struct shown *p, const struct layer *before)
{
	const char	*meaning = NULL;

	if (before == NULL)
		text_title(s->text, "RAW:", "Frame:");
	else
		meaning = meaning_next(before);
	text_line(s->text);
	if (p->d->verdict == DECODED_IP &&
	    p->d->packet.fragment == PACKET_LATER_FRAGMENT)
		text_str(s->text, "a later fragment: its header is in the "
		    "first one");
	else
		text_str(s->text, "not decoded");
	if (meaning != NULL)
		text_put(s->text, ": %s", meaning);
	text_end(s->text);
}

static void
show_payload(struct show *s, const struct shown *p, const struct layer *l)
{
	const struct layer	*before = l > p->d->layers ? l - 1 : NULL;

	if (above_show(s->above, p, l, s->text))
		return;
	if (before == NULL || !ends_headers(before))
		show_reason(s, p, before);
	if (!s->opt->hex)
		dump(s, l->at, l->captured);
}

static void
show_layer(struct show *s, const struct shown *p, const struct layer *l)
{
	if (l->kind == LAYER_PAYLOAD)
		show_payload(s, p, l);
	else if (layer_is_cut(l))
		show_cut(s, p, l);
	else {
		(printers[l->kind] != NULL ? printers[l->kind] :
		    show_fields)(s, p, l);
		if (s->opt->verify)
			show_sum(s, p, l);
	}
}

void
show_packet(struct show *s, const struct shown *p)
{
	uint32_t	i;

	if (s->opt->number) {
		text_str(s->text, "Packet Number ");
		text_u64(s->text, p->number);
		text_end(s->text);
	}
	if (p->d->nlayers > 0)
		text_title(s->text, layer_fields[p->d->layers[0].kind].tag,
		    "");
	show_frame(s, p);
	show_about(s, p);
	if (s->opt->verbose)
		show_more(s, p);
	for (i = 0; i < p->d->nlayers; i++)
		show_layer(s, p, &p->d->layers[i]);
	if (s->opt->hex)
		dump(s, p->frame->octets, p->frame->caplen);
	text_gap(s->text);
}

void
show_losses(struct show *s, const struct capfile_losses *l)
{
	uint64_t	n = l->kernel + l->iface + l->writer;

	if (n == 0)
		return;
	text_str(s->text, "TRACING DROPPED ");
	text_u64(s->text, n);
	text_str(s->text, " PACKETS");
	text_end(s->text);
}
