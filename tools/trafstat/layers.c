/*
 * trafstat -D: the layers that a packet passes, from the interface to the
 * history, one row each: how many came in, went on, were dropped, and were set
 * aside (seen, but not passed on, or not yet).  In is the sum of the others.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/plural.h"
#include "report/json.h"
#include "stats.h"
#include "traffic.h"

struct layer {
	uint64_t	in;
	uint64_t	out;
	uint64_t	dropped;
	uint64_t	aside;		/* seen, and not (yet) passed on */
	bool		known;
};

static uint64_t
above(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : 0);
}

static uint64_t
grown(const struct ledger *l, enum ledger_entry begin, enum ledger_entry end)
{
	return (above(l->v[end], l->v[begin]));
}

/* ---- the layers ---- */

static uint64_t
interface_packets(const struct ledger *l)
{
	return (grown(l, LEDGER_RX_PACKETS_BEGIN, LEDGER_RX_PACKETS_END) +
	    grown(l, LEDGER_TX_PACKETS_BEGIN, LEDGER_TX_PACKETS_END));
}

/*
 * Where segmentation offload has joined packets, a frame counts as the packets
 * of the wire that it stands for, in all layers.
 */
static uint64_t
counted(const struct ledger *l)
{
	return (l->v[LEDGER_IP] + l->v[LEDGER_SEGMENTS]);
}

static uint64_t
captured(const struct ledger *l)
{
	return (ledger_packets(l) + l->v[LEDGER_DROP_KERNEL]);
}

static void
layer_interface(const struct standing *st, struct layer *y)
{
	const struct ledger	*l = &st->s.total;

	y->known = l->v[LEDGER_RX_PACKETS_END] != 0 ||
	    l->v[LEDGER_TX_PACKETS_END] != 0;
	y->dropped = grown(l, LEDGER_RX_DROPS_BEGIN, LEDGER_RX_DROPS_END);
	y->out = interface_packets(l);
	y->in = y->out + y->dropped;
}

/*
 * The interface's counters and the capture are not read at the same moment,
 * and some interfaces count a packet once that is captured twice.  If more was
 * captured than the interface counted, the row is unknown.
 */
static void
layer_filter(const struct standing *st, struct layer *y)
{
	y->in = interface_packets(&st->s.total);
	y->out = captured(&st->s.total);
	y->known = y->in >= y->out;
	y->aside = above(y->in, y->out);
}

static void
layer_buffer(const struct standing *st, struct layer *y)
{
	y->in = captured(&st->s.total);
	y->out = ledger_packets(&st->s.total);
	y->dropped = st->s.total.v[LEDGER_DROP_KERNEL];
	y->known = true;
}

static void
layer_decode(const struct standing *st, struct layer *y)
{
	const uint64_t	*v = st->s.total.v;

	y->in = ledger_packets(&st->s.total);
	y->out = counted(&st->s.total);
	y->aside = v[LEDGER_NONIP] + v[LEDGER_UNSUPPORTED];
	y->dropped = v[LEDGER_L2_CUT] + v[LEDGER_IP_CUT] +
	    v[LEDGER_IP_VERSION] + v[LEDGER_IP_IHL] + v[LEDGER_IP_LEN];
	y->known = true;
}

static void
layer_table(const struct standing *st, struct layer *y)
{
	y->in = y->out = counted(&st->s.total);
	y->known = true;
}

/*
 * Packets not saved yet are aside.  More than came in can be saved since a
 * baseline: rows from before it.
 */
static void
layer_save_file(const struct standing *st, struct layer *y)
{
	y->out = st->s.v[CONTROL_SAVED_PACKETS];
	y->in = counted(&st->s.total);
	if (y->in < y->out)
		y->in = y->out;
	y->aside = y->in - y->out;
	y->known = true;
}

/* Saved packets that the history lacks are aside, at most those shown. */
static void
layer_history(const struct standing *st, struct layer *y)
{
	y->known = st->fed.known;
	y->in = st->s.v[CONTROL_SAVED_PACKETS];
	y->aside = y->in < st->fed.unfed ? y->in : st->fed.unfed;
	y->out = y->in - y->aside;
}

static const struct {
	const char	*name;
	const char	*key;
	const char	*total;
	void		(*fill)(const struct standing *, struct layer *);
} layers[] = {
	{ "interface", "interface", "Interfaces", layer_interface },
	{ "filter", "filter", "Filters", layer_filter },
	{ "buffer", "capture_buffer", "Buffers", layer_buffer },
	{ "decode", "decode", "Decoders", layer_decode },
	{ "table", "table", "Tables", layer_table },
	{ "save file", "save_file", "Save files", layer_save_file },
	{ "history", "history", "Histories", layer_history },
};

#define NLAYERS	(sizeof(layers) / sizeof(layers[0]))

static struct layer
layer_of(size_t n, const struct standing *st)
{
	struct layer	y = { 0, 0, 0, 0, false };

	layers[n].fill(st, &y);
	return (y);
}

/* ---- text ---- */

static void
put_number(struct out *o, const struct layer *y, uint64_t v, size_t width)
{
	if (y->known)
		out_right(o, v, width);
	else
		out_left(o, "", width - 1), out_char(o, '-');
}

static void
put_row(struct out *o, const char *a, const char *b, const struct layer *y)
{
	char	name[INSTANCE_LEN + 32];

	(void)snprintf(name, sizeof(name), "%s %s", a, b);
	out_left(o, name, 24);
	put_number(o, y, y->in, 14);
	put_number(o, y, y->out, 14);
	put_number(o, y, y->dropped, 12);
	put_number(o, y, y->aside, 12);
	out_char(o, '\n');
}

static void
put_layer(struct out *o, size_t n, const struct standings *st)
{
	struct layer	sum = { 0, 0, 0, 0, false }, y;
	size_t		i;

	for (i = 0; i < st->n; i++) {
		y = layer_of(n, &st->list[i]);
		put_row(o, st->list[i].ext, layers[n].name, &y);
		if (!y.known)
			continue;
		sum.in += y.in;
		sum.out += y.out;
		sum.dropped += y.dropped;
		sum.aside += y.aside;
		sum.known = true;
	}
	if (st->n > 1)
		put_row(o, layers[n].total, "total", &sum);
}

static const char *
when(uint64_t ns, char buf[32])
{
	time_t		t = (time_t)(ns / NS_PER_S);
	struct tm	tm;

	if (ns == 0 || localtime_r(&t, &tm) == NULL ||
	    strftime(buf, 32, "%b %e %H:%M:%S", &tm) == 0)
		(void)snprintf(buf, 32, "never");
	return (buf);
}

/* State, table and times of a daemon, below the numbers. */
static void
put_notes(struct out *o, const struct standing *st)
{
	static const char *const	states[] = { "capturing",
	    "interface down", "interface missing" };
	const struct control_stat	*s = &st->s;
	uint64_t			 state = s->v[CONTROL_SOURCE_STATE];
	char				 line[1024], a[32], b[32];

	(void)snprintf(line, sizeof(line), "%s: %s, %s on %s, %s %s\n"
	    "%s: %" PRIu64 " of %" PRIu64 " rows, %" PRIu64
	    " packet%s without detail; last save %s%s\n",
	    st->ext, states[state < 3 ? state : 2],
	    s->text[CONTROL_TEXT_SOURCE], s->text[CONTROL_TEXT_LINK],
	    st->based ? "numbers since a baseline; running since" : "since",
	    when(s->v[CONTROL_STARTED], a), st->ext, s->v[CONTROL_ROWS],
	    s->v[CONTROL_MAX_ROWS], s->total.v[LEDGER_FOLD_PACKETS],
	    plural(s->total.v[LEDGER_FOLD_PACKETS]),
	    when(s->v[CONTROL_SAVE_TIME], b),
	    s->v[CONTROL_SAVE_FAILED] ? ", the last attempt failed" : "");
	out_str(o, line);
	if (st->fed.any) {
		(void)snprintf(line, sizeof(line), "%s: history up to %s; "
		    "blocks %" PRIu64 ", rows %" PRIu64 " since the start\n",
		    st->ext, when(st->fed.end_ns, a), st->fed.blocks,
		    st->fed.rows);
		out_str(o, line);
	}
}

/* What explains numbers above that may surprise. */
static void
put_reasons(struct out *o, const struct standing *st)
{
	const uint64_t	*v = st->s.v;
	char		 line[512];

	if (v[CONTROL_LOOPBACK] != 0) {
		(void)snprintf(line, sizeof(line), "%s: a loopback interface "
		    "counts each packet twice, sent and received; it is "
		    "captured once\n", st->ext);
		out_str(o, line);
	}
	if (v[CONTROL_BUFFER] != 0 &&
	    v[CONTROL_BUFFER] < v[CONTROL_BUFFER_MIB] << 20) {
		(void)snprintf(line, sizeof(line), "%s: the capture buffer has "
		    "%" PRIu64 " of %" PRIu64 " KiB; raise the "
		    TRAFD_BUFFER_LIMIT "\n", st->ext,
		    v[CONTROL_BUFFER] >> 10, v[CONTROL_BUFFER_MIB] << 10);
		out_str(o, line);
	}
}

static int
print_text(const struct standings *st, struct out *o)
{
	size_t	i;

	out_str(o, "Source                           Ipkts         Opkts"
	    "     Dropped       Aside\n");
	for (i = 0; i < NLAYERS; i++) {
		out_str(o, "-----------------------------------------------"
		    "-----------------------------\n");
		put_layer(o, i, st);
	}
	for (i = 0; i < st->n; i++) {
		put_notes(o, &st->list[i]);
		put_reasons(o, &st->list[i]);
	}
	return (TRAFD_EXIT_OK);
}

/* ---- JSON ---- */

static json_t *
layer_json(const struct layer *y)
{
	if (!y->known)
		return (json_null());
	return (json_pack("{s:o,s:o,s:o,s:o}", "in", json_u64(y->in),
	    "out", json_u64(y->out), "dropped", json_u64(y->dropped),
	    "aside", json_u64(y->aside)));
}

static json_t *
standing_json(const struct standing *st)
{
	json_t		*j = standing_head_json(st), *list = json_object();
	struct layer	 y;
	size_t		 i;

	for (i = 0; i < NLAYERS; i++) {
		y = layer_of(i, st);
		(void)json_object_set_new(list, layers[i].key,
		    layer_json(&y));
	}
	(void)json_object_set_new(j, "layers", list);
	return (j);
}

static int
layers_print(const struct options *opt, const struct standings *st,
    struct out *o)
{
	return (opt->json ? standings_json(st, standing_json, o) :
	    print_text(st, o));
}

int
layers_run(const struct options *opt)
{
	return (standings_repeat(opt, layers_print, true));
}
