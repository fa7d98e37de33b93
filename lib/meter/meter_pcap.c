/*
 * The source `pcap': live interfaces and capture files through libpcap, but
 * for the records of classic capture files, which pcapfile.c reads.  Decodes
 * each frame to a flow.  Knows no table and no daemon.
 */
#include "config.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter_impl.h"
#include "packet/decode.h"
#include "filter.h"
#include "capture/pcapfile.h"
#include "packet/recent.h"
#include "table/table.h"

/* How long the kernel may keep packets before it hands a buffer over. */
#define LATENCY_MS	FILTER_LATENCY_MS

/* Frames a call of meter_drain(), so that requests are seen in between. */
#define DRAIN_FRAMES	4096

struct source {
	struct meter	 base;		/* comes first */
	const struct meter_opts *opts; /* borrowed */
	pcap_t		*pcap;		/* NULL: could not be opened again */
	struct pcapfile	*file;		/* reads instead of pcap, or NULL */
	struct recent	*recent;	/* of Ethernet in it, or NULL */
	decode_fn	*decode;
	const char	*link_name;
	struct bpf_program prog;	/* the filter, compiled for prog_link */
	int		 prog_link;	/* -1: not compiled yet */
	unsigned int	 index;		/* of the interface, 0: has none */
	enum flow_ports	 ports;
	bool		 live;
	uint64_t	 left;		/* of count; UINT64_MAX: no end */
	uint32_t	 last_drop;	/* counters of pcap_stats(), 32 bits */
	uint32_t	 last_ifdrop;
	uint64_t	 first_ns, last_ns;
	struct ledger	 ledger;	/* without the verdicts */
	uint64_t	 verdicts[DECODED_VERDICTS];
	struct prototally tally;	/* since it was opened */
	meter_sink_fn	*sink;		/* during meter_drain() */
	void		*sink_arg;
	size_t		 nbatch;
	struct flow	 batch[TABLE_BATCH];
};

/* Install the filter; a program for the same link type is used again. */
static int
set_filter(struct source *c, int link, char *err)
{
	if (c->opts->filter[0] == '\0')
		return (0);
	if (c->prog_link != link) {
		if (c->prog_link != -1)
			pcap_freecode(&c->prog);
		c->prog_link = -1;
		if (filter_compile(c->pcap, c->opts, &c->prog, err) == -1)
			return (-1);
		c->prog_link = link;
	}
	if (pcap_setfilter(c->pcap, &c->prog) == 0)
		return (0);
	(void)snprintf(err, METER_ERRLEN, "cannot set the filter: \"%s\": %s",
	    c->opts->filter, pcap_geterr(c->pcap));
	return (-1);
}

/* The index comes first: one that is replaced meanwhile is not present. */
static int
attach(struct source *c, char *err)
{
	int	link;

	if (c->live)
		c->index = if_nametoindex(c->opts->ifname);
	c->pcap = c->live ? filter_open_live(c->opts, DECODE_SNAPLEN, err) :
	    filter_open_file(c->opts, err);
	if (c->pcap == NULL)
		return (-1);
	link = pcap_datalink(c->pcap);
	if (set_filter(c, link, err) == -1) {
		pcap_close(c->pcap);
		c->pcap = NULL;
		return (-1);
	}
	c->decode = decode_for_link(link);
	c->link_name = decode_link_name(link);
	if (c->link_name == NULL)
		c->link_name = pcap_datalink_val_to_name(link);
	c->last_drop = c->last_ifdrop = 0;
	/* Standard input may be read from its middle; records of other link
	 * types may be longer than that reader takes. */
	if (!c->live && c->decode != NULL && strcmp(c->opts->file, "-") != 0)
		c->file = pcapfile_open(fileno(pcap_file(c->pcap)),
		    (uint32_t)pcap_snapshot(c->pcap));
	if (c->file != NULL && link == DLT_EN10MB)
		c->recent = recent_new(c->ports);
	return (0);
}

static void
source_close(struct meter *base)
{
	struct source	*c = (struct source *)base;

	recent_free(c->recent);
	pcapfile_close(c->file);
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	if (c->prog_link != -1)
		pcap_freecode(&c->prog);
	free(c);
}

static struct meter *
source_open(const struct meter_opts *o, char *err)
{
	struct source	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		return (NULL);
	}
	c->base.ops = &meter_pcap;
	c->opts = o;
	c->live = o->file == NULL;
	c->prog_link = -1;
	c->ports = o->ports;
	c->left = o->count == 0 ? UINT64_MAX : o->count;
	if (attach(c, err) == 0)
		return (&c->base);
	source_close(&c->base);
	return (NULL);
}

static int
source_reopen(struct meter *base, char *err)
{
	struct source	*c = (struct source *)base;

	if (c->pcap != NULL)
		pcap_close(c->pcap);
	return (attach(c, err));
}

static bool
source_present(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (meter_is_same(c->opts->ifname, c->index));
}

static int
source_fd(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (c->live ? pcap_get_selectable_fd(c->pcap) : -1);
}

static int
source_latency(const struct meter *base)
{
	return (((const struct source *)base)->live ? LATENCY_MS : 0);
}

static const char *
source_link_name(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (c->link_name != NULL ? c->link_name : "unknown");
}

static bool
source_link_supported(const struct meter *base)
{
	return (((const struct source *)base)->decode != NULL);
}

static void
flush(struct source *c)
{
	if (c->nbatch > 0)
		c->sink(c->sink_arg, c->batch, c->nbatch);
	c->nbatch = 0;
}

/* Decode n frames, no more than a batch still has room for. */
static void
count_frames(struct source *c, const struct frame *frames, size_t n)
{
	if (c->recent != NULL)
		c->nbatch += recent_frames(c->recent, frames, n,
		    c->batch + c->nbatch, c->verdicts);
	else if (c->decode != NULL)
		c->nbatch += decode_frames(c->decode, c->ports, frames, n,
		    c->batch + c->nbatch, c->verdicts,
		    c->live ? &c->tally : NULL);
	else
		c->verdicts[DECODED_UNSUPPORTED] += n;
	if (c->nbatch == TABLE_BATCH)
		flush(c);
}

static void
on_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct source	*c = (void *)user;
	struct frame	 frame = { bytes, h->caplen, h->len };

	c->last_ns = (uint64_t)h->ts.tv_sec * 1000000000u +
	    (uint64_t)h->ts.tv_usec * (c->live ? 1000u : 1u);
	if (c->first_ns == 0)
		c->first_ns = c->last_ns;
	c->ledger.v[LEDGER_FRAMES]++;
	c->ledger.v[LEDGER_WIRE_BYTES] += h->len;
	c->ledger.v[LEDGER_TRUNCATED] += h->caplen < h->len && !c->live;
	count_frames(c, &frame, 1);
}

/* Leave only the frames that the filter wants: how many. */
static int
filter_frames(const struct source *c, struct frame *frames, int n)
{
	struct pcap_pkthdr	h;
	int			i, kept = 0;

	if (c->prog_link == -1)
		return (n);
	memset(&h, 0, sizeof(h));
	for (i = 0; i < n; i++) {
		h.caplen = frames[i].caplen;
		h.len = frames[i].wirelen;
		if (pcap_offline_filter(&c->prog, &h, frames[i].octets) != 0)
			frames[kept++] = frames[i];
	}
	return (kept);
}

static void
count_records(struct source *c, const struct frame *frames, int n)
{
	uint64_t	bytes = 0, cut = 0;
	int		i;

	if (n == 0)
		return;
	if (c->first_ns == 0)
		c->first_ns = pcapfile_time(c->file, &frames[0]);
	c->last_ns = pcapfile_time(c->file, &frames[n - 1]);
	for (i = 0; i < n; i++) {
		bytes += frames[i].wirelen;
		cut += frames[i].caplen < frames[i].wirelen;
	}
	c->ledger.v[LEDGER_FRAMES] += (uint64_t)n;
	c->ledger.v[LEDGER_WIRE_BYTES] += bytes;
	c->ledger.v[LEDGER_TRUNCATED] += cut;
	count_frames(c, frames, (size_t)n);
	if (c->nbatch > TABLE_BATCH / 2)
		flush(c);
}

/* As pcap_dispatch(3): the number of frames handled, 0 at the end, or -1. */
static int
dispatch_file(struct source *c, int most)
{
	struct frame	frames[TABLE_BATCH];
	int		n = 0, got, batch;

	while (n < most) {
		batch = TABLE_BATCH - (int)c->nbatch;
		if (c->recent != NULL)
			batch = (int)recent_frames_for(c->recent,
			    (size_t)batch);
		got = pcapfile_next(c->file, frames,
		    batch < most - n ? batch : most - n);
		if (got <= 0)
			return (got == -1 ? -1 : n);
		got = filter_frames(c, frames, got);
		count_records(c, frames, got);
		n += got;
	}
	return (n);
}

/* Nothing follows: hand over what has been held back, too. */
static enum meter_state
finish(struct source *c, enum meter_state state)
{
	while (c->recent != NULL && (c->nbatch = recent_rest(c->recent,
	    c->batch, TABLE_BATCH)) > 0)
		flush(c);
	return (state);
}

static enum meter_state
source_drain(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source	*c = (struct source *)base;
	int	most = DRAIN_FRAMES, n;

	if (c->left < DRAIN_FRAMES)
		most = (int)c->left;
	if (most == 0)
		return (METER_END);
	c->sink = sink;
	c->sink_arg = arg;
	n = c->file != NULL ? dispatch_file(c, most) :
	    pcap_dispatch(c->pcap, most, on_frame, (u_char *)c);
	flush(c);
	if (n < 0)
		return (finish(c, METER_FAILED));
	if (c->left != UINT64_MAX)
		c->left -= (uint64_t)n;
	if (c->left == 0 || (n == 0 && !c->live))
		return (finish(c, METER_END));
	return (n == most || !c->live ? METER_MORE : METER_IDLE);
}

static void
on_forgotten(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	(void)user;
	(void)h;
	(void)bytes;
}

static void
source_discard(struct meter *base)
{
	struct source	*c = (struct source *)base;

	/* An error is met again by the next batch. */
	(void)!pcap_dispatch(c->pcap, -1, on_forgotten, NULL);
}

static const char *
source_error(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;
	const char	*text = c->file != NULL ? pcapfile_error(c->file) :
	    pcap_geterr(c->pcap);

	return (text[0] != '\0' ? text : "it was deleted, renamed or replaced");
}

static void
source_take_ledger(struct meter *base, struct ledger *l)
{
	struct source	*c = (struct source *)base;
	struct pcap_stat	st;
	size_t			i;

	/* Its counters are 32 bits wide and wrap: only differences count. */
	if (c->live && c->pcap != NULL && pcap_stats(c->pcap, &st) == 0) {
		c->ledger.v[LEDGER_DROP_KERNEL] +=
		    (uint32_t)(st.ps_drop - c->last_drop);
		c->ledger.v[LEDGER_DROP_IFACE] +=
		    (uint32_t)(st.ps_ifdrop - c->last_ifdrop);
		c->last_drop = st.ps_drop;
		c->last_ifdrop = st.ps_ifdrop;
	}
	for (i = 0; i < DECODED_VERDICTS; i++)
		c->ledger.v[ledger_of_verdict[i]] += c->verdicts[i];
	memset(c->verdicts, 0, sizeof(c->verdicts));
	ledger_add(l, &c->ledger);
	memset(&c->ledger, 0, sizeof(c->ledger));
}

static void
source_add_protostat(const struct meter *base, struct protostat *sum)
{
	protostat_add(sum, &((const struct source *)base)->tally);
}

static bool
source_span(const struct meter *base, uint64_t *first_ns, uint64_t *last_ns)
{
	const struct source	*c = (const struct source *)base;

	*first_ns = c->first_ns;
	*last_ns = c->last_ns;
	return (c->first_ns != 0);
}

const struct meter_ops meter_pcap = {
	.name = "pcap",
	.open = source_open,
	.close = source_close,
	.reopen = source_reopen,
	.present = source_present,
	.fd = source_fd,
	.latency = source_latency,
	.link_name = source_link_name,
	.link_supported = source_link_supported,
	.drain = source_drain,
	.discard = source_discard,
	.error = source_error,
	.take_ledger = source_take_ledger,
	.span = source_span,
	.add_protostat = source_add_protostat,
};
