/*
 * The sources `pcap' and `ring': decode each frame that lib/capture reads from
 * an interface or a capture file to a flow.  It uses no table and no daemon.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/frames.h"
#include "host/ifstat.h"
#include "packet/joined.h"
#include "meter_frames_impl.h"
#include "once_filter.h"
#include "traffic.h"

/* Longest link header of a frame on a ring of all interfaces. */
#define LINK_HEADER_MOST	64

/*
 * An interface that is missing keeps the MTU that it had.  If the frames tell
 * what is joined in them, no MTU is needed.
 */
static void
note_mtu(struct source *c)
{
	uint32_t	mtu;

	if (frames_know_segments(c->frames))
		return;
	mtu = c->live ? ifstat_mtu(c->opts.ifname) : JOINED_MTU_FILE;
	if (mtu != 0)
		c->mtu = mtu;
}

/* If the buffer is smaller than it was asked for, that is logged once. */
static void
note_buffer(struct source *c)
{
	uint64_t	buffer = frames_buffer(c->frames);

	if (buffer != c->buffer &&
	    buffer < (uint64_t)c->opts.buffer_mib << 20)
		log_notice("capture buffer is small: %s: %" PRIu64 " of %"
		    PRIu64 " KiB; raise the %s", c->opts.ifname, buffer >> 10,
		    (uint64_t)c->opts.buffer_mib << 10,
		    TRAFD_BUFFER_LIMIT);
	c->buffer = buffer;
}

/* The first of several threads says it for all. */
static void
note_filter(const struct source *c)
{
	if (frames_filtered_here(c->frames) && !c->opts.quiet)
		log_notice("filter not in the kernel: %s: the kernel does not "
		    "take it; trafd filters every packet itself, which costs "
		    "more", c->opts.ifname);
}

static void
source_close(struct meter *base)
{
	struct source	*c = (struct source *)base;

	recent_free(c->recent);
	senders_free(c->senders);
	once_filter_free(c->once);
	frames_close(c->frames);
	free(c);
}

static int
attach_program(void *arg, int fd, char *err)
{
	struct source	*c = arg;

	return (once_filter_attach(c->once, fd, &c->opts,
	    DECODE_SNAPLEN + LINK_HEADER_MOST, err));
}

/*
 * What came before the check was attached is not counted.  The socket of a ring
 * has the link headers of the frames: the expression would not fit it.
 */
static int
attach_once(struct source *c, char *err)
{
	if (c->once == NULL)
		return (0);
	if (c->opts.ring && c->opts.filter != NULL &&
	    c->opts.filter[0] != '\0') {
		(void)snprintf(err, METER_ERRLEN, "cannot count each packet "
		    "once: %s: not with a ring and an expression; give "
		    "another --source", c->opts.ifname);
		return (-1);
	}
	if (attach_program(c, frames_fd(c->frames), err) == -1)
		return (-1);
	c->since_ns = now_wall();
	c->since_mono = now_mono();
	return (0);
}

static struct meter *
open_as(const struct meter_ops *ops, const struct meter_opts *o, char *err)
{
	struct source	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		return (NULL);
	}
	c->base.ops = ops;
	c->opts = o->frames;
	c->opts.ring = ops == &meter_ring;
	c->alone = o->threads <= 1;
	c->opts.snaplen = DECODE_SNAPLEN;
	c->opts.bare = true;
	c->live = o->frames.file == NULL;
	c->ports = o->ports;
	c->networks = o->networks;
	c->local = o->local;
	if ((c->senders = senders_new()) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		source_close(&c->base);
		return (NULL);
	}
	if ((o->once != NULL &&
	    (c->once = once_filter_new(o->once, err)) == NULL) ||
	    (c->frames = frames_open(&c->opts, err)) == NULL ||
	    attach_once(c, err) == -1) {
		source_close(&c->base);
		return (NULL);
	}
	c->base.absent = !frames_is_open(c->frames);
	c->link_name = "unknown";
	if (c->base.absent)
		return (&c->base);
	source_note_link(c);
	note_buffer(c);
	note_filter(c);
	note_mtu(c);
	return (&c->base);
}

static struct meter *
source_open(const struct meter_opts *o, char *err)
{
	return (open_as(&meter_pcap, o, err));
}

static struct meter *
source_open_ring(const struct meter_opts *o, char *err)
{
	return (open_as(&meter_ring, o, err));
}

static int
source_reopen(struct meter *base, char *err)
{
	struct source	*c = (struct source *)base;

	if (frames_reopen(c->frames, err) == -1 || attach_once(c, err) == -1)
		return (-1);
	source_note_link(c);
	note_buffer(c);
	note_mtu(c);
	return (0);
}

static bool
source_present(const struct meter *base)
{
	return (frames_present(((const struct source *)base)->frames));
}

static int
source_fd(const struct meter *base)
{
	return (frames_fd(((const struct source *)base)->frames));
}

static uint64_t
source_buffer(const struct meter *base)
{
	return (((const struct source *)base)->buffer);
}

static int
source_latency(const struct meter *base)
{
	return (frames_latency(((const struct source *)base)->frames));
}

/* Of a capture with several link types, the first that is not supported. */
static const char *
source_link_name(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (!c->live && c->unsupported != NULL ? c->unsupported :
	    c->link_name);
}

static bool
source_link_supported(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (c->live ? c->decode != NULL : c->unsupported == NULL);
}

static const enum meter_state	states[] = {
	[FRAMES_IDLE] = METER_IDLE,
	[FRAMES_MORE] = METER_MORE,
	[FRAMES_END] = METER_END,
	[FRAMES_TROUBLED] = METER_TROUBLED,
	[FRAMES_FAILED] = METER_FAILED,
};

/*
 * The kernel has dropped joined frames that it cannot describe (drop_kernel has
 * them): do without descriptions from now on.  Threads share their packets, so
 * all must be opened again: this is left to who opened them.
 */
static enum meter_state
do_without(struct source *c)
{
	char		err[METER_ERRLEN];
	uint64_t	gap;

	if (!c->alone || frames_succeed(c->frames, c->once != NULL ?
	    attach_program : NULL, c, &gap, err) == -1)
		return (METER_FAILED);
	note_buffer(c);
	note_mtu(c);
	c->ledger.v[LEDGER_GAPS]++;
	c->ledger.v[LEDGER_GAP_NS] += gap;
	log_notice("segments are unknown: %s: the kernel has dropped frames "
	    "that offload had joined and a ring cannot describe, such as "
	    "those of SCTP; from now on each frame counts as one packet",
	    c->opts.ifname);
	return (METER_IDLE);
}

static enum meter_state
source_drain(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source		*c = (struct source *)base;
	enum meter_state	 state;

	c->sink = sink;
	c->sink_arg = arg;
	state = states[frames_next(c->frames, source_count, c)];
	source_flush(c);
	if (state == METER_END || state == METER_FAILED)
		source_flush_rest(c);
	if (state == METER_IDLE && frames_refuses(c->frames))
		state = do_without(c);
	return (state);
}

static int
source_wait(const struct meter *base)
{
	return (frames_wait(((const struct source *)base)->frames));
}

static bool
source_split(struct meter *base, uint64_t at_ns, meter_split_fn *fn, void *arg)
{
	struct source	*c = (struct source *)base;

	c->split_ns = at_ns;
	c->split = fn;
	c->split_arg = arg;
	return (true);
}

static bool
source_collect(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source	*c = (struct source *)base;

	c->sink = sink;
	c->sink_arg = arg;
	source_flush_rest(c);
	return (false);
}

static bool
source_is_file(const struct meter *base)
{
	return (!((const struct source *)base)->live);
}

static uint64_t
source_discard(struct meter *base)
{
	return (frames_discard(((struct source *)base)->frames));
}

static const char *
source_error(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (frames_refuses(c->frames) ? "the kernel has dropped frames "
	    "that a ring cannot describe" : frames_error(c->frames));
}

static void
source_take_ledger(struct meter *base, struct ledger *l)
{
	struct source		*c = (struct source *)base;
	struct frames_losses	 lost;
	size_t			 i;

	frames_losses(c->frames, &lost);
	c->ledger.v[LEDGER_DROP_KERNEL] += lost.kernel;
	c->ledger.v[LEDGER_DROP_IFACE] += lost.iface;
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

static void
source_take_senders(struct meter *base, struct senders *s)
{
	senders_take(s, ((struct source *)base)->senders);
}

static bool
source_span(const struct meter *base, uint64_t *first_ns, uint64_t *last_ns)
{
	return (frames_span(((const struct source *)base)->frames, first_ns,
	    last_ns));
}

#define OPS_OF_FRAMES \
	.close = source_close, \
	.reopen = source_reopen, \
	.present = source_present, \
	.fd = source_fd, \
	.buffer = source_buffer, \
	.wait = source_wait, \
	.latency = source_latency, \
	.split = source_split, \
	.link_name = source_link_name, \
	.link_supported = source_link_supported, \
	.is_file = source_is_file, \
	.drain = source_drain, \
	.collect = source_collect, \
	.discard = source_discard, \
	.error = source_error, \
	.take_ledger = source_take_ledger, \
	.take_senders = source_take_senders, \
	.span = source_span, \
	.add_protostat = source_add_protostat,

const struct meter_ops meter_pcap = {
	.name = "pcap",
	.open = source_open,
	OPS_OF_FRAMES
};

const struct meter_ops meter_ring = {
	.name = "ring",
	.open = source_open_ring,
	OPS_OF_FRAMES
};
