/*
 * trafstat -s: the decoder's counters by protocol, in the manner of
 * netstat(8) -s.  Only what single packets show: no state is kept per
 * connection.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "report/json.h"
#include "stats.h"
#include "traffic.h"

/* TCP flags: RFC 9293, section 3.1. */
enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10,
    URG = 0x20, ECE = 0x40, CWR = 0x80 };

enum group { IP4, IP6, FRAGMENTS, ICMP, ICMP6, TCP, UDP, OTHER, MALFORMED,
    GROUPS };
_Static_assert(GROUPS == PROTO_GROUPS, "each group has a name");

const char *const	proto_groups[PROTO_GROUPS] = { "ip", "ipv6",
    "fragments", "icmp", "icmpv6", "tcp", "udp", "other", "malformed" };

/* Where a line's value comes from. */
enum kind {
	COUNTER,	/* entry a of struct protostat */
	LEDGER,		/* entry a of the ledger */
	FLAGS,		/* TCP segments with (flags & a) == b */
	REST		/* protocols without a group, from entry a on */
};

static const struct line {
	enum group	 group;
	enum kind	 kind;
	unsigned int	 a, b;
	const char	*key;
	const char	*text;
} lines[] = {
	{ IP4, COUNTER, PROTOSTAT_IP4_PACKETS, 0, "packets", "packets" },
	{ IP4, COUNTER, PROTOSTAT_IP4_BYTES, 0, "bytes", "bytes" },
	{ IP6, COUNTER, PROTOSTAT_IP6_PACKETS, 0, "packets", "packets" },
	{ IP6, COUNTER, PROTOSTAT_IP6_BYTES, 0, "bytes", "bytes" },
	{ FRAGMENTS, COUNTER, PROTOSTAT_FIRST_FRAGMENTS, 0, "first",
	    "first fragments" },
	{ FRAGMENTS, COUNTER, PROTOSTAT_LATER_FRAGMENTS, 0, "later",
	    "later fragments, without ports" },
	{ ICMP, COUNTER, PROTOSTAT_PACKETS + 1, 0, "packets", "packets" },
	{ ICMP, COUNTER, PROTOSTAT_BYTES + 1, 0, "bytes", "bytes" },
	{ ICMP6, COUNTER, PROTOSTAT_PACKETS + 58, 0, "packets", "packets" },
	{ ICMP6, COUNTER, PROTOSTAT_BYTES + 58, 0, "bytes", "bytes" },
	{ TCP, COUNTER, PROTOSTAT_PACKETS + 6, 0, "packets", "packets" },
	{ TCP, COUNTER, PROTOSTAT_BYTES + 6, 0, "bytes", "bytes" },
	{ TCP, COUNTER, PROTOSTAT_TCP_DATA, 0, "data", "with data" },
	{ TCP, FLAGS, SYN | ACK, SYN, "requests",
	    "connection requests (SYN)" },
	{ TCP, FLAGS, SYN | ACK, SYN | ACK, "accepts",
	    "connection accepts (SYN, ACK)" },
	{ TCP, FLAGS, FIN, FIN, "fins", "ends (FIN)" },
	{ TCP, FLAGS, RST, RST, "resets", "resets (RST)" },
	{ TCP, FLAGS, SYN | FIN | RST | PSH | ACK, ACK, "acks",
	    "with ACK alone" },
	{ TCP, FLAGS, URG, URG, "urgent", "urgent (URG)" },
	{ TCP, FLAGS, ECE, ECE, "ece", "congestion echoes (ECE)" },
	{ TCP, FLAGS, CWR, CWR, "cwr", "windows reduced (CWR)" },
	{ TCP, FLAGS, SYN | FIN | RST | ACK, 0, "flagless",
	    "without SYN, ACK, FIN or RST, or cut" },
	{ TCP, FLAGS, SYN | FIN, SYN | FIN, "contradictory",
	    "with SYN and FIN" },
	{ UDP, COUNTER, PROTOSTAT_PACKETS + 17, 0, "packets", "packets" },
	{ UDP, COUNTER, PROTOSTAT_BYTES + 17, 0, "bytes", "bytes" },
	{ OTHER, REST, PROTOSTAT_PACKETS, 0, "packets",
	    "packets of other protocols" },
	{ OTHER, REST, PROTOSTAT_BYTES, 0, "bytes", "bytes" },
	{ OTHER, LEDGER, LEDGER_NONIP, 0, "nonip", "frames not IP" },
	{ OTHER, LEDGER, LEDGER_UNSUPPORTED, 0, "unsupported",
	    "frames of a link type that is not decoded" },
	{ MALFORMED, LEDGER, LEDGER_L2_CUT, 0, "l2_cut",
	    "cut inside the link layer" },
	{ MALFORMED, LEDGER, LEDGER_IP_CUT, 0, "ip_cut",
	    "cut inside the IP header" },
	{ MALFORMED, LEDGER, LEDGER_IP_VERSION, 0, "ip_version",
	    "with another version than promised" },
	{ MALFORMED, LEDGER, LEDGER_IP_IHL, 0, "ip_ihl",
	    "with a header length < 20" },
	{ MALFORMED, LEDGER, LEDGER_IP_LEN, 0, "ip_len",
	    "with a total length < header length" },
};

#define NLINES	(sizeof(lines) / sizeof(lines[0]))

/* Names of types, from IANA's registries; others are shown by number. */
static const char *const	icmp_types[256] = {
	[0] = "echo reply", [3] = "destination unreachable",
	[4] = "source quench", [5] = "routing redirect", [8] = "echo",
	[9] = "router advertisement", [10] = "router solicitation",
	[11] = "time exceeded", [12] = "parameter problem",
	[13] = "time stamp", [14] = "time stamp reply",
	[17] = "address mask request", [18] = "address mask reply",
}, *const			icmp6_types[256] = {
	[1] = "destination unreachable", [2] = "packet too big",
	[3] = "time exceeded", [4] = "parameter problem", [128] = "echo",
	[129] = "echo reply", [130] = "multicast listener query",
	[131] = "multicast listener report", [132] = "multicast listener done",
	[133] = "router solicitation", [134] = "router advertisement",
	[135] = "neighbor solicitation", [136] = "neighbor advertisement",
	[137] = "redirect", [143] = "multicast listener report v2",
};

/* ---- values ---- */

static uint64_t
sum_flags(const struct protostat *p, unsigned int mask, unsigned int are)
{
	uint64_t	sum = 0;
	unsigned int	i;

	for (i = 0; i < 256; i++)
		if ((i & mask) == are)
			sum += p->v[PROTOSTAT_TCP_FLAGS + i];
	return (sum);
}

static uint64_t
sum_rest(const struct protostat *p, unsigned int first)
{
	uint64_t	sum = 0;
	unsigned int	i;

	for (i = 0; i < 256; i++)
		if (i != 1 && i != 6 && i != 17 && i != 58)
			sum += p->v[first + i];
	return (sum);
}

static uint64_t
value(const struct line *l, const struct control_stat *s)
{
	switch (l->kind) {
	case COUNTER:
		return (s->proto.v[l->a]);
	case LEDGER:
		return (s->total.v[l->a]);
	case FLAGS:
		return (sum_flags(&s->proto, l->a, l->b));
	default:
		return (sum_rest(&s->proto, l->a));
	}
}

/* Does this daemon count it?  The eBPF source and old daemons do not. */
static bool
is_known(const struct line *l, const struct control_stat *s)
{
	return (l->kind == LEDGER || s->v[CONTROL_PROTOSTAT_KNOWN] != 0);
}

/* ---- text ---- */

static void
put_line(struct out *o, uint64_t v, const char *text)
{
	char	line[128];

	(void)snprintf(line, sizeof(line), "\t%" PRIu64 " %s\n", v, text);
	out_str(o, line);
}

static void
put_histogram(const struct options *opt, struct out *o, const uint64_t *v,
    const char *const *names)
{
	char	name[8], line[128];
	bool	any = false;
	int	i;

	for (i = 0; i < 256; i++) {
		if (v[i] == 0 && (opt->no_zeros || names[i] == NULL))
			continue;
		if (!any)
			out_str(o, "\tinput histogram:\n");
		any = true;
		(void)snprintf(name, sizeof(name), "#%d", i);
		(void)snprintf(line, sizeof(line), "\t\t%s: %" PRIu64 "\n",
		    names[i] != NULL ? names[i] : name, v[i]);
		out_str(o, line);
	}
}

static bool
is_empty(enum group g, const struct control_stat *s)
{
	const struct line	*l;

	for (l = lines; l < lines + NLINES; l++)
		if (l->group == g && is_known(l, s) && value(l, s) != 0)
			return (false);
	return (true);
}

static void
put_group(const struct options *opt, struct out *o, enum group g,
    const struct control_stat *s)
{
	const struct line	*l;
	bool			 known = s->v[CONTROL_PROTOSTAT_KNOWN] != 0;

	if (opt->no_zeros && is_empty(g, s))
		return;
	out_str(o, proto_groups[g]);
	out_str(o, ":\n");
	if (!known && g != MALFORMED)
		out_str(o, "\tnot counted by this daemon\n");
	for (l = lines; l < lines + NLINES; l++)
		if (l->group == g && is_known(l, s) &&
		    (value(l, s) != 0 || !opt->no_zeros))
			put_line(o, value(l, s), l->text);
	if (known && g == ICMP)
		put_histogram(opt, o, &s->proto.v[PROTOSTAT_ICMP],
		    icmp_types);
	if (known && g == ICMP6)
		put_histogram(opt, o, &s->proto.v[PROTOSTAT_ICMP6],
		    icmp6_types);
}

static bool
is_wanted(const struct options *opt, enum group g)
{
	return (opt->proto == -1 || opt->proto == (int)g);
}

static int
print_text(const struct options *opt, const struct standings *st,
    struct out *o)
{
	size_t	i;
	int	g;

	for (i = 0; i < st->n; i++) {
		if (st->n > 1) {
			out_str(o, st->list[i].ext);
			out_str(o, "\n");
		}
		for (g = 0; g < GROUPS; g++)
			if (is_wanted(opt, (enum group)g))
				put_group(opt, o, (enum group)g,
				    &st->list[i].s);
	}
	return (TRAFD_EXIT_OK);
}

/* ---- JSON ---- */

static json_t *
histogram_json(const uint64_t *v)
{
	json_t	*j = json_object();
	char	 name[8];
	int	 i;

	for (i = 0; i < 256; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		if (v[i] != 0)
			(void)json_object_set_new(j, name, json_u64(v[i]));
	}
	return (j);
}

static json_t *
group_json(enum group g, const struct control_stat *s)
{
	const struct line	*l;
	json_t			*j = json_object();

	for (l = lines; l < lines + NLINES; l++)
		if (l->group == g)
			(void)json_object_set_new(j, l->key, is_known(l, s) ?
			    json_u64(value(l, s)) : json_null());
	if (g == ICMP)
		(void)json_object_set_new(j, "types",
		    histogram_json(&s->proto.v[PROTOSTAT_ICMP]));
	if (g == ICMP6)
		(void)json_object_set_new(j, "types",
		    histogram_json(&s->proto.v[PROTOSTAT_ICMP6]));
	return (j);
}

static json_t *
standing_json(const struct standing *st)
{
	json_t	*j = standing_head_json(st), *list = json_object();
	int	 g;

	for (g = 0; g < GROUPS; g++)
		(void)json_object_set_new(list, proto_groups[g],
		    group_json((enum group)g, &st->s));
	(void)json_object_set_new(j, "protocols", list);
	return (j);
}

static int
proto_print(const struct options *opt, const struct standings *st,
    struct out *o)
{
	return (opt->json ? standings_json(st, standing_json, o) :
	    print_text(opt, st, o));
}

int
proto_run(const struct options *opt)
{
	return (standings_repeat(opt, proto_print, false));
}
