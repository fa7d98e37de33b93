/*
 * trafstat -I: packets that the interface itself has counted since the
 * daemon's start, next to the packets that the daemon has counted; and the
 * interface's error counters as they are now.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "host/ifcounters.h"
#include "host/ifstat.h"
#include "packet/closure.h"
#include "report/json.h"
#include "stats.h"
#include "traffic.h"

/* The header is repeated after so many reports. */
#define HEADER_EVERY	20

static uint64_t
grown(const struct standing *st, enum ledger_entry begin)
{
	const uint64_t	*v = st->s.total.v;
	uint64_t	 end = v[begin + LEDGER_IFACE_COUNTERS];

	return (end > v[begin] ? end - v[begin] : 0);
}

/* The interface's counters now; false when it is not here. */
static bool
get_counters(const char *ifname, struct ifcounters *c)
{
	struct ifcounters_source	*s = ifcounters_open(ifname);
	bool				 found;

	found = s != NULL && ifcounters_read(s, c);
	ifcounters_close(s);
	return (found);
}

static bool
is_filtered(const struct standing *st)
{
	return (st->s.text[CONTROL_TEXT_FILTER][0] != '\0');
}

static void
put_errors(struct out *o, const struct standing *st)
{
	struct ifcounters	c;
	char			line[128];

	if (!get_counters(st->s.text[CONTROL_TEXT_IFACE], &c)) {
		out_str(o, "     -     -     -");
		return;
	}
	(void)snprintf(line, sizeof(line), " %5" PRIu64 " %5" PRIu64
	    " %5" PRIu64, c.rx_errors, c.tx_errors, c.collisions);
	out_str(o, line);
}

static void
put_row(struct out *o, const struct standing *st)
{
	char	line[256];

	(void)snprintf(line, sizeof(line), "%-8s %11" PRIu64 " %6" PRIu64
	    " %11" PRIu64, st->ext, grown(st, LEDGER_RX_PACKETS_BEGIN),
	    grown(st, LEDGER_RX_DROPS_BEGIN),
	    grown(st, LEDGER_TX_PACKETS_BEGIN));
	out_str(o, line);
	put_errors(o, st);
	(void)snprintf(line, sizeof(line), " %11" PRIu64 " %8" PRIu64 "\n",
	    ledger_packets(&st->s.total), ledger_dropped(&st->s.total));
	out_str(o, line);
}

/* Do they agree?  Not in a list of differences, where it would be repeated. */
static void
put_closure(struct out *o, const struct standing *st)
{
	char	text[CLOSURE_LEN];

	if (closure_format(&st->s.total, is_filtered(st), text) == NULL)
		return;
	out_str(o, st->ext);
	out_str(o, ": ");
	out_str(o, text);
	out_char(o, '\n');
}

static json_t *
closure_json(const struct standing *st)
{
	char		text[CLOSURE_LEN];
	struct closure	c;

	if (!closure_get(&st->s.total, &c) ||
	    closure_format(&st->s.total, is_filtered(st), text) == NULL)
		return (json_null());
	return (json_pack("{s:o,s:o,s:o,s:o,s:s}",
	    "interface_packets", json_u64(c.iface_packets),
	    "interface_bytes", json_u64(c.iface_bytes),
	    "packets", json_u64(c.packets), "bytes", json_u64(c.bytes),
	    "text", text));
}

static json_t *
errors_json(const struct standing *st)
{
	struct ifcounters	c;

	if (!get_counters(st->s.text[CONTROL_TEXT_IFACE], &c))
		return (json_null());
	return (json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}",
	    "mtu", json_u64(ifstat_mtu(st->s.text[CONTROL_TEXT_IFACE])),
	    "rx_errors", json_u64(c.rx_errors),
	    "rx_dropped", json_u64(c.rx_dropped),
	    "tx_errors", json_u64(c.tx_errors),
	    "tx_dropped", json_u64(c.tx_dropped),
	    "collisions", json_u64(c.collisions)));
}

static json_t *
standing_json(const struct standing *st)
{
	json_t	*j = standing_head_json(st);

	(void)json_object_set_new(j, "counters", errors_json(st));
	(void)json_object_set_new(j, "closure", closure_json(st));
	return (j);
}

static int
iface_print(const struct options *opt, const struct standings *st,
    struct out *o)
{
	size_t	i;

	if (opt->json)
		return (standings_json(st, standing_json, o));
	if (st->shown % HEADER_EVERY == 0)
		out_str(o, "Name           Ipkts  Idrop       Opkts Ierrs "
		    "Oerrs  Coll     Packets  Dropped\n");
	for (i = 0; i < st->n; i++)
		put_row(o, &st->list[i]);
	for (i = 0; i < st->n && opt->interval == 0; i++)
		put_closure(o, &st->list[i]);
	return (TRAFD_EXIT_OK);
}

int
iface_run(const struct options *opt)
{
	return (standings_repeat(opt, iface_print, false));
}
