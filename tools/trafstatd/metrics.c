/*
 * Metrics of all instances and of the server itself.  Both formats require all
 * samples of a family together.  Names follow the conventions of Prometheus:
 * base units, `_total' at the end of counters.
 */
#include "config.h"

#include <sys/resource.h>
#include <inttypes.h>
#include <string.h>

#include "web.h"

#define NS	1e-9
#define US	1e-6

struct metrics {
	FILE		*f;
	struct live	*live;
	bool		 openmetrics;
	const char	*last;		/* family whose head was written */
};

/*
 * Where a value comes from: struct control_stat's v, its ledger, the ledger
 * since the daemon's start, or how much a counter of the interface grew there.
 */
enum kind { VALUE, LEDGER, TOTAL, IFACE };

/* Families with one value per instance, or several with labels. */
static const struct family {
	const char	*name;
	const char	*type;
	const char	*unit;		/* or "" */
	const char	*labels;	/* or "" */
	enum kind	 kind;
	int		 n;		/* index there */
	double		 scale;		/* factor to the base unit */
	const char	*help;		/* in the first row of a name */
} families[] = {
	{ "trafd_start_time_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_STARTED, NS, "When the daemon started" },
	{ "trafd_account_begin_time_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_BEGIN, NS, "Begin of the rows not saved yet" },
	{ "trafd_frames", "counter", "", "",
	    VALUE, CONTROL_SEEN_FRAMES, 1, "Frames seen" },
	{ "trafd_packets", "counter", "", "",
	    VALUE, CONTROL_SEEN_PACKETS, 1, "IP packets counted in rows" },
	{ "trafd_ip_bytes", "counter", "bytes", "",
	    VALUE, CONTROL_SEEN_BYTES, 1, "Bytes of the packets counted" },
	{ "trafd_dropped_packets", "counter", "", "where=\"kernel\"",
	    LEDGER, LEDGER_DROP_KERNEL, 1,
	    "Packets lost before they could be counted; 0 after a save" },
	{ "trafd_dropped_packets", "counter", "", "where=\"interface\"",
	    LEDGER, LEDGER_DROP_IFACE, 1, NULL },
	{ "trafd_excluded_frames", "counter", "", "reason=\"nonip\"",
	    LEDGER, LEDGER_NONIP, 1,
	    "Frames that are in no row; 0 after a save" },
	{ "trafd_excluded_frames", "counter", "", "reason=\"unsupported\"",
	    LEDGER, LEDGER_UNSUPPORTED, 1, NULL },
	{ "trafd_excluded_frames", "counter", "", "reason=\"l2_cut\"",
	    LEDGER, LEDGER_L2_CUT, 1, NULL },
	{ "trafd_excluded_frames", "counter", "", "reason=\"ip_cut\"",
	    LEDGER, LEDGER_IP_CUT, 1, NULL },
	{ "trafd_excluded_frames", "counter", "", "reason=\"ip_version\"",
	    LEDGER, LEDGER_IP_VERSION, 1, NULL },
	{ "trafd_excluded_frames", "counter", "", "reason=\"ip_ihl\"",
	    LEDGER, LEDGER_IP_IHL, 1, NULL },
	{ "trafd_excluded_frames", "counter", "", "reason=\"ip_len\"",
	    LEDGER, LEDGER_IP_LEN, 1, NULL },
	{ "trafd_folded_packets", "counter", "", "",
	    LEDGER, LEDGER_FOLD_PACKETS, 1,
	    "Packets counted with less detail; 0 after a save" },
	{ "trafd_folded_bytes", "counter", "bytes", "",
	    LEDGER, LEDGER_FOLD_BYTES, 1,
	    "Bytes counted with less detail; 0 after a save" },
	{ "trafd_gaps", "counter", "", "",
	    LEDGER, LEDGER_GAPS, 1,
	    "Times in which nothing was counted; 0 after a save" },
	{ "trafd_gap_seconds", "counter", "seconds", "",
	    LEDGER, LEDGER_GAP_NS, NS,
	    "Time in which nothing was counted; 0 after a save" },
	{ "trafd_clock_jumps", "counter", "", "",
	    TOTAL, LEDGER_CLOCK_JUMPS, 1, "Times the clock was set" },
	{ "trafd_wire_frames", "counter", "", "",
	    TOTAL, LEDGER_FRAMES, 1, "Frames received" },
	{ "trafd_wire_segments", "counter", "", "", TOTAL, LEDGER_SEGMENTS, 1,
	    "Packets that joined frames stood for, less one for each frame" },
	{ "trafd_wire_bytes", "counter", "bytes", "", TOTAL,
	    LEDGER_WIRE_BYTES, 1,
	    "Bytes of frames and segments, with headers of the link layer" },
	{ "trafd_joined_frames", "counter", "", "", TOTAL, LEDGER_JOINED, 1,
	    "Frames longer than the MTU, counted as one packet each" },
	{ "trafd_joined_missing_bytes", "counter", "bytes", "", TOTAL,
	    LEDGER_JOINED_BYTES, 1,
	    "Bytes of headers that are missing, at least" },
	{ "trafd_interface_packets", "counter", "", "direction=\"received\"",
	    IFACE, LEDGER_RX_PACKETS_BEGIN, 1,
	    "Packets that the interface itself counted" },
	{ "trafd_interface_packets", "counter", "", "direction=\"sent\"",
	    IFACE, LEDGER_TX_PACKETS_BEGIN, 1, NULL },
	{ "trafd_interface_bytes", "counter", "bytes",
	    "direction=\"received\"", IFACE, LEDGER_RX_BYTES_BEGIN, 1,
	    "Bytes that the interface itself counted" },
	{ "trafd_interface_bytes", "counter", "bytes", "direction=\"sent\"",
	    IFACE, LEDGER_TX_BYTES_BEGIN, 1, NULL },
	{ "trafd_table_rows", "gauge", "", "",
	    VALUE, CONTROL_ROWS, 1, "Rows in the table" },
	{ "trafd_table_rows_limit", "gauge", "", "",
	    VALUE, CONTROL_MAX_ROWS, 1, "Rows the table can hold" },
	{ "trafd_table_memory_bytes", "gauge", "bytes", "",
	    VALUE, CONTROL_TABLE_MEMORY, 1, "Memory of the table" },
	{ "trafd_cpu_seconds", "counter", "seconds", "mode=\"user\"",
	    VALUE, CONTROL_CPU_USER_US, US, "CPU time of the daemon" },
	{ "trafd_cpu_seconds", "counter", "seconds", "mode=\"system\"",
	    VALUE, CONTROL_CPU_SYSTEM_US, US, NULL },
	{ "trafd_resident_memory_peak_bytes", "gauge", "bytes", "",
	    VALUE, CONTROL_MEMORY, 1, "Peak memory of the daemon" },
	{ "trafd_freezes", "counter", "", "",
	    VALUE, CONTROL_FREEZES, 1, "Times that the table was frozen" },
	{ "trafd_freeze_last_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_FREEZE_LAST_NS, NS,
	    "Pause of the capture at the last freeze" },
	{ "trafd_freeze_worst_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_FREEZE_WORST_NS, NS,
	    "Longest pause of the capture" },
	{ "trafd_dumps", "counter", "", "",
	    VALUE, CONTROL_DUMPS, 1, "Dumps done" },
	{ "trafd_dump_failures", "counter", "", "",
	    VALUE, CONTROL_DUMPS_FAILED, 1, "Dumps that failed" },
	{ "trafd_dump_last_time_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_DUMP_TIME, NS, "When the last dump was done" },
	{ "trafd_dump_last_duration_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_DUMP_TOOK_NS, NS, "Duration of the last dump" },
	{ "trafd_saves", "counter", "", "",
	    VALUE, CONTROL_SAVES, 1, "Saves done" },
	{ "trafd_save_failures", "counter", "", "",
	    VALUE, CONTROL_SAVES_FAILED, 1, "Saves that failed" },
	{ "trafd_save_last_time_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_SAVE_TIME, NS, "When the last save was done" },
	{ "trafd_save_last_duration_seconds", "gauge", "seconds", "",
	    VALUE, CONTROL_SAVE_TOOK_NS, NS, "Duration of the last save" },
	{ "trafd_saved_packets", "counter", "", "",
	    VALUE, CONTROL_SAVED_PACKETS, 1, "Packets in saved rows" },
	{ "trafd_saved_bytes", "counter", "bytes", "",
	    VALUE, CONTROL_SAVED_BYTES, 1, "IP bytes in saved rows" },
	{ "trafd_control_requests", "counter", "", "",
	    VALUE, CONTROL_REQUESTS, 1, "Requests to the control socket" },
	{ "trafd_control_refused", "counter", "", "",
	    VALUE, CONTROL_REFUSED, 1, "Requests refused" },
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

/* ---- the two formats ---- */

static bool
is_counter(const char *type)
{
	return (strcmp(type, "counter") == 0);
}

static void
head(struct metrics *m, const char *name, const char *type, const char *unit,
    const char *help)
{
	const char	*suffix = is_counter(type) && !m->openmetrics ?
	    "_total" : "";

	if (m->last != NULL && strcmp(m->last, name) == 0)
		return;
	m->last = name;
	(void)fprintf(m->f, "# HELP %s%s %s.\n# TYPE %s%s %s\n", name, suffix,
	    help, name, suffix, type);
	if (m->openmetrics && unit[0] != '\0')
		(void)fprintf(m->f, "# UNIT %s %s\n", name, unit);
}

static void
put_label(FILE *f, const char *name, const char *value)
{
	(void)fprintf(f, "%s=\"", name);
	for (; *value != '\0'; value++)
		if (*value == '\\' || *value == '"')
			(void)fprintf(f, "\\%c", *value);
		else if (*value == '\n')
			(void)fputs("\\n", f);
		else
			(void)fputc(*value, f);
	(void)fputc('"', f);
}

/* Write a sample up to the labels of its family; end_sample() ends it. */
static void
begin_sample(struct metrics *m, const char *name, const char *type,
    const struct live_instance *in)
{
	(void)fprintf(m->f, "%s%s{", name, is_counter(type) ? "_total" : "");
	put_label(m->f, "interface", in->ext);
}

/* Without a scale the value is written exactly, else as a fraction. */
static void
end_sample(struct metrics *m, uint64_t value, double scale)
{
	if (scale == 1)
		(void)fprintf(m->f, "} %" PRIu64 "\n", value);
	else
		(void)fprintf(m->f, "} %.15g\n", (double)value * scale);
}

/* The next daemon that answers, from *i on, or NULL. */
static const struct live_instance *
next_up(const struct metrics *m, size_t *i)
{
	const struct live_instance	*in;

	while (*i < live_count(m->live)) {
		in = live_get(m->live, (*i)++);
		if (in->up)
			return (in);
	}
	return (NULL);
}

/* ---- families ---- */

static uint64_t
number(const struct control_stat *s, const struct family *fam)
{
	const uint64_t	*total = s->total.v + fam->n;

	switch (fam->kind) {
	case VALUE:
		return (s->v[fam->n]);
	case LEDGER:
		return (s->ledger.v[fam->n]);
	case TOTAL:
		return (*total);
	default:
		return (total[LEDGER_IFACE_COUNTERS] - *total);
	}
}

static void
put_family(struct metrics *m, const struct family *fam)
{
	const struct live_instance	*in;
	size_t				 i = 0;

	head(m, fam->name, fam->type, fam->unit, fam->help);
	while ((in = next_up(m, &i)) != NULL) {
		begin_sample(m, fam->name, fam->type, in);
		if (fam->labels[0] != '\0')
			(void)fprintf(m->f, ",%s", fam->labels);
		end_sample(m, number(&in->stat, fam), fam->scale);
	}
}

static void
put_up(struct metrics *m)
{
	const struct live_instance	*in;
	size_t				 i;

	head(m, "trafd_up", "gauge", "", "1 if the daemon answers, else 0");
	for (i = 0; i < live_count(m->live); i++) {
		begin_sample(m, "trafd_up", "gauge", live_get(m->live, i));
		end_sample(m, live_get(m->live, i)->up, 1);
	}
	head(m, "trafd_capturing", "gauge", "",
	    "1 if the interface is there and up, else 0");
	for (i = 0; i < live_count(m->live); i++) {
		in = live_get(m->live, i);
		begin_sample(m, "trafd_capturing", "gauge", in);
		end_sample(m, in->up &&
		    in->stat.v[CONTROL_SOURCE_STATE] == 0, 1);
	}
}

static void
put_info(struct metrics *m)
{
	const struct live_instance	*in;
	size_t				 i = 0;

	head(m, "trafd_instance_info", "gauge", "",
	    "Interface, link type and source of the daemon");
	while ((in = next_up(m, &i)) != NULL) {
		begin_sample(m, "trafd_instance_info", "gauge", in);
		(void)fputc(',', m->f);
		put_label(m->f, "device", in->stat.text[CONTROL_TEXT_IFACE]);
		(void)fputc(',', m->f);
		put_label(m->f, "link", in->stat.text[CONTROL_TEXT_LINK]);
		(void)fputc(',', m->f);
		put_label(m->f, "source", in->stat.text[CONTROL_TEXT_SOURCE]);
		end_sample(m, 1, 1);
	}
}

static void
put_seen(struct metrics *m)
{
	const struct live_instance	*in;
	size_t				 i = 0;

	head(m, "trafd_seen_ratio", "gauge", "ratio",
	    "Share of the packets that were seen since the last save");
	while ((in = next_up(m, &i)) != NULL) {
		begin_sample(m, "trafd_seen_ratio", "gauge", in);
		(void)fprintf(m->f, "} %.9g\n",
		    live_seen_percent(&in->stat.ledger) / 100);
	}
}

static void
put_protocol(struct metrics *m, const struct live_instance *in,
    const char *name, const char *protocol, uint64_t n)
{
	begin_sample(m, name, "counter", in);
	(void)fputc(',', m->f);
	put_label(m->f, "protocol", protocol);
	end_sample(m, n, 1);
}

/* By IP protocol: the decoder's counters since the daemon's start. */
static void
put_counted(struct metrics *m, const struct live_instance *in,
    const char *name, int first)
{
	struct flow_key	key = { .family = FLOW_FAMILY_IP4 };
	char		text[LIVE_NAME_LEN];
	int		p;

	for (p = 0; p < 256; p++) {
		key.proto = (uint8_t)p;
		if (in->stat.proto.v[first + p] != 0)
			put_protocol(m, in, name, live_name(m->live,
			    LIVE_PROTOCOLS, &key, text),
			    in->stat.proto.v[first + p]);
	}
}

/* The same for sources without these counters: from the set of members. */
static void
put_protocol_set(struct metrics *m, const struct live_instance *in,
    const char *name)
{
	const struct members	*set = in->dims[LIVE_PROTOCOLS];
	const struct member	*one;
	char			 text[LIVE_NAME_LEN];
	size_t			 i;

	for (i = 0; i < members_count(set); i++) {
		one = members_get(set, i);
		put_protocol(m, in, name, live_name(m->live, LIVE_PROTOCOLS,
		    &one->key, text), one->in + one->out);
	}
	put_protocol(m, in, name, "other", members_other(set)->out);
}

static void
put_protocols(struct metrics *m)
{
	const struct live_instance	*in;
	size_t				 i = 0;

	head(m, "trafd_protocol_packets", "counter", "",
	    "IP packets by protocol, if the source counts them");
	while ((in = next_up(m, &i)) != NULL)
		if (in->stat.v[CONTROL_PROTOSTAT_KNOWN] != 0)
			put_counted(m, in, "trafd_protocol_packets",
			    PROTOSTAT_PACKETS);
	head(m, "trafd_protocol_bytes", "counter", "bytes",
	    "IP bytes by protocol");
	for (i = 0; (in = next_up(m, &i)) != NULL;)
		if (in->stat.v[CONTROL_PROTOSTAT_KNOWN] != 0)
			put_counted(m, in, "trafd_protocol_bytes",
			    PROTOSTAT_BYTES);
		else if (in->dim_ms[LIVE_PROTOCOLS] != 0)
			put_protocol_set(m, in, "trafd_protocol_bytes");
}

/* ---- the largest ---- */

static const struct largest {
	enum live_dim	 dim;
	const char	*name;
	const char	*label;
	const char	*directions[3];	/* in, out; none: their sum */
	const char	*help;
} largest[] = {
	{ LIVE_HOSTS, "trafd_host_bytes", "host", { "in", "out", NULL },
	    "IP bytes of hosts while they are among the largest; the rest is "
	    "other" },
	{ LIVE_SERVICES, "trafd_service_bytes", "service", { NULL },
	    "IP bytes of services while they are among the largest; the rest "
	    "is other" },
};

static void
put_member(struct metrics *m, const struct live_instance *in,
    const struct largest *what, const char *text, const struct member *who)
{
	int	i = 0;

	do {
		begin_sample(m, what->name, "counter", in);
		(void)fputc(',', m->f);
		put_label(m->f, what->label, text);
		if (what->directions[i] == NULL) {
			end_sample(m, who->in + who->out, 1);
			return;
		}
		(void)fputc(',', m->f);
		put_label(m->f, "direction", what->directions[i]);
		end_sample(m, i == 0 ? who->in : who->out, 1);
	} while (what->directions[++i] != NULL);
}

static void
put_largest(struct metrics *m, const struct largest *what)
{
	const struct live_instance	*in;
	const struct members		*set;
	char				 text[LIVE_NAME_LEN];
	size_t				 i = 0, k;

	head(m, what->name, "counter", "bytes", what->help);
	while ((in = next_up(m, &i)) != NULL) {
		set = in->dims[what->dim];
		if (in->dim_ms[what->dim] == 0)
			continue;
		for (k = 0; k < members_count(set); k++)
			put_member(m, in, what, live_name(m->live, what->dim,
			    &members_get(set, k)->key, text),
			    members_get(set, k));
		put_member(m, in, what, "other", members_other(set));
	}
}

/* ---- the server itself ---- */

static double
seconds_of(const struct timeval *t)
{
	return ((double)t->tv_sec + (double)t->tv_usec * US);
}

static void
put_self(struct metrics *m, const struct web_self *self)
{
	struct rusage	ru;
	int		i;

	if (getrusage(RUSAGE_SELF, &ru) == -1)
		return;
	head(m, "trafstatd_start_time_seconds", "gauge", "seconds",
	    "When trafstatd started");
	(void)fprintf(m->f, "trafstatd_start_time_seconds %.3f\n",
	    (double)self->started_ns * NS);
	head(m, "trafstatd_cpu_seconds", "counter", "seconds",
	    "CPU time of trafstatd");
	(void)fprintf(m->f, "trafstatd_cpu_seconds_total %.6f\n",
	    seconds_of(&ru.ru_utime) + seconds_of(&ru.ru_stime));
	head(m, "trafstatd_connections", "gauge", "", "Connections open");
	(void)fprintf(m->f, "trafstatd_connections %zu\n", self->connections);
	head(m, "trafstatd_requests", "counter", "",
	    "Requests answered, by the class of the status");
	for (i = 2; i < 6; i++)
		(void)fprintf(m->f, "trafstatd_requests_total{status=\"%dxx\"}"
		    " %" PRIu64 "\n", i, self->requests[i]);
}

void
metrics_write(FILE *f, struct live *l, const struct web_self *self,
    bool openmetrics)
{
	struct metrics	m = { f, l, openmetrics, NULL };
	size_t		i;

	put_up(&m);
	put_info(&m);
	for (i = 0; i < COUNT(families); i++)
		put_family(&m, &families[i]);
	put_seen(&m);
	put_protocols(&m);
	for (i = 0; i < COUNT(largest); i++)
		put_largest(&m, &largest[i]);
	put_self(&m, self);
	if (openmetrics)
		(void)fputs("# EOF\n", f);
}
