/*
 * The source of --threads: several sources `ring' or `pcap' on one interface.
 * The kernel distributes the packets to them by the hash of their flow
 * (PACKET_FANOUT, packet(7)).  Each has a thread that fills its own table.
 * The capturer's thread collects: it replaces each table by an empty one and
 * passes the rows on.  It collects a second after the first frame, when a
 * table is half full, and before each freeze.  If no frame comes in, no thread
 * wakes up.  Rows and ledger of a thread are taken together, so they always
 * agree.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "table/table.h"
#include "fanout.h"
#include "meter_threads_impl.h"

/* Milliseconds. */
#define COLLECT_AFTER	1000	/* after the first frame in a table */
#define COLLECT_MOST	100	/* the longest that collecting may work */
#define SLACK		20	/* the kernel may exceed its latency by this */

/* ---- collecting ---- */

static void
hand_over(const struct table *t, meter_sink_fn *sink, void *arg)
{
	struct flow	batch[TABLE_BATCH];
	size_t		i, n, rows = table_rows(t);

	for (i = 0; i < rows;) {
		for (n = 0; n < TABLE_BATCH && i < rows; n++)
			batch[n] = *table_row(t, i++);
		(void)sink(arg, batch, n);	/* the worker noted who sent */
	}
}

static void
collect_within(struct fanout *f, uint64_t ns)
{
	uint64_t	at = now_mono() + ns;

	if (at < f->collect_at)
		f->collect_at = at;
}

/* Pass the rows on, and free the table; NULL is allowed. */
static void
pass_on(struct fanout *f, struct table *t, meter_sink_fn *sink, void *arg)
{
	struct flow_count	folded;

	if (t == NULL)
		return;
	folded = table_folded(t);
	f->ledger.v[LEDGER_FOLD_PACKETS] += folded.packets;
	f->ledger.v[LEDGER_FOLD_BYTES] += folded.ip;
	hand_over(t, sink, arg);
	table_free(t);
}

/* Take the table and what goes with it; the lock is held. */
static struct table *
take_table(struct fanout *f, struct worker *w, struct table *fresh)
{
	struct table	*full = w->table;

	w->table = fresh;
	w->told = false;
	fanout_take_ledger(f, w, &f->ledger);
	meter_take_senders(w->source, f->senders);
	(void)meter_protostat(w->source, &w->stat);
	return (full);
}

/*
 * Collect from one worker, also the frames that its thread has not read yet on
 * a busy machine.  True if there may be more of these.  What came after a split
 * stays until that has ended; if memory is short, everything stays for the next
 * time.
 */
static bool
collect_one(struct fanout *f, struct worker *w, meter_sink_fn *sink,
    void *arg)
{
	struct table	*fresh = fanout_table(f), *before, *full = NULL;
	bool		 more, beyond;

	if (fresh == NULL) {
		collect_within(f, COLLECT_AFTER * NS_PER_MS);
		return (false);
	}
	fanout_lock(w);
	more = meter_drain(w->source, fanout_add_flows, w) == METER_MORE;
	before = w->before;
	w->before = NULL;
	ledger_add(&f->ledger, &w->ledger);
	memset(&w->ledger, 0, sizeof(w->ledger));
	if (!(beyond = w->beyond))
		full = take_table(f, w, fresh);
	(void)pthread_mutex_unlock(&w->lock);
	pass_on(f, before, sink, arg);
	pass_on(f, full, sink, arg);
	if (!beyond)
		return (more);
	table_free(fresh);
	collect_within(f, COLLECT_AFTER * NS_PER_MS);
	return (more);
}

/* Visit the workers in turn, so that a busy one does not delay the others. */
static bool
fanout_collect(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct fanout	*f = (struct fanout *)base;
	uint64_t	 most = thread_cpu_ns() + COLLECT_MOST * NS_PER_MS;
	unsigned int	 i;
	bool		 more;

	f->collect_at = UINT64_MAX;
	do {
		more = false;
		for (i = 0; i < f->n; i++)
			more |= collect_one(f, &f->workers[i], sink, arg);
	} while (more && thread_cpu_ns() < most);
	if (more)
		collect_within(f, COLLECT_AFTER * NS_PER_MS);
	return (more);
}

/* Note the worst state of the workers: FAILED is worse than TROUBLED. */
static void
find_worst(struct fanout *f)
{
	struct worker	*w;

	f->state = METER_IDLE;
	for (w = f->workers; w < f->workers + f->n; w++) {
		(void)pthread_mutex_lock(&w->lock);
		if (w->state >= METER_TROUBLED && w->state > f->state) {
			f->state = w->state;
			(void)snprintf(f->error, sizeof(f->error), "%s",
			    meter_error(w->source));
		}
		(void)pthread_mutex_unlock(&w->lock);
	}
}

/* The threads start here: by now the daemon has given up its privileges. */
static enum meter_state
fanout_drain(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct fanout	*f = (struct fanout *)base;
	char		 octets[64];
	bool		 now = false;
	ssize_t		 n;

	if (fanout_start(f) == -1)
		return (METER_FAILED);
	while ((n = read(f->events[0], octets, sizeof(octets))) > 0) {
		now = now || memchr(octets, FANOUT_NOW, (size_t)n) != NULL;
		collect_within(f, COLLECT_AFTER * NS_PER_MS);
	}
	if (now)
		find_worst(f);
	if (f->state == METER_FAILED)
		return (METER_FAILED);
	if (now || now_mono() >= f->collect_at)
		(void)fanout_collect(base, sink, arg);
	return (f->state);
}

static void
fanout_give_ledger(struct meter *base, struct ledger *l)
{
	struct fanout	*f = (struct fanout *)base;

	ledger_add(l, &f->ledger);
	memset(&f->ledger, 0, sizeof(f->ledger));
}

static void
fanout_take_senders(struct meter *base, struct senders *s)
{
	senders_take(s, ((struct fanout *)base)->senders);
}

static void
fanout_add_protostat(const struct meter *base, struct protostat *sum)
{
	const struct fanout	*f = (const struct fanout *)base;
	size_t			 i, j;

	for (i = 0; i < f->n; i++)
		for (j = 0; j < PROTOSTAT_ENTRIES; j++)
			sum->v[j] += f->workers[i].stat.v[j];
}

/* The threads end here.  meter_drain() would start them again. */
static uint64_t
fanout_discard(struct meter *base)
{
	struct fanout	*f = (struct fanout *)base;
	uint64_t	 n = 0;
	unsigned int	 i;

	fanout_stop(f);
	for (i = 0; i < f->n; i++)
		n += meter_discard(f->workers[i].source);
	return (n);
}

/* ---- opening ---- */

static int
join_group(struct fanout *f, char *err)
{
	int		group = FANOUT_NEW;
	unsigned int	i;

	for (i = 0; i < f->n; i++)
		if (fanout_join(meter_fd(f->workers[i].source),
		    &group) == -1) {
			(void)snprintf(err, METER_ERRLEN, "cannot "
			    "distribute packets to threads: %s: %s",
			    f->opts.frames.ifname, strerror(errno));
			return (-1);
		}
	return (0);
}

/*
 * Packets that arrived before all workers had joined went to several of them.
 * Discard these, and all that arrive until the kernel has passed them on.
 */
static void
discard_early(struct fanout *f)
{
	struct ledger	forgotten = { { 0 } };
	uint64_t	end;
	unsigned int	i;

	end = now_mono() + NS_PER_MS * (SLACK +
	    2 * (uint64_t)meter_latency(f->workers[0].source));
	do {
		for (i = 0; i < f->n; i++)
			(void)meter_discard(f->workers[i].source);
		(void)poll(NULL, 0, 5);
	} while (now_mono() < end);
	for (i = 0; i < f->n; i++)
		meter_take_ledger(f->workers[i].source, &forgotten);
}

static int
fanout_reopen(struct meter *base, char *err)
{
	struct fanout	*f = (struct fanout *)base;
	unsigned int	 i;

	fanout_stop(f);
	for (i = 0; i < f->n; i++) {
		fanout_take_ledger(f, &f->workers[i], &f->ledger);
		if (meter_reopen(f->workers[i].source, err) == -1)
			return (-1);
	}
	if (join_group(f, err) == -1)
		return (-1);
	discard_early(f);
	f->error[0] = '\0';
	return (0);
}

static void
fanout_close(struct meter *base)
{
	struct fanout	*f = (struct fanout *)base;
	unsigned int	 i;

	fanout_stop(f);
	for (i = 0; i < f->n; i++) {
		meter_close(f->workers[i].source);
		table_free(f->workers[i].table);
		table_free(f->workers[i].spare);
		table_free(f->workers[i].before);
		(void)pthread_mutex_destroy(&f->workers[i].lock);
	}
	(void)close(f->events[0]);
	(void)close(f->events[1]);
	(void)close(f->quit[0]);
	(void)close(f->quit[1]);
	senders_free(f->senders);
	free(f);
}

static int
open_worker(struct fanout *f, struct worker *w, char *err)
{
	w->owner = f;
	if ((w->table = fanout_table(f)) == NULL ||
	    pthread_mutex_init(&w->lock, NULL) != 0) {
		table_free(w->table);
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		return (-1);
	}
	f->n++;		/* from here on fanout_close() frees it */
	w->source = f->source->open(&f->opts, err);
	f->opts.frames.quiet = true;	/* the others say nothing else */
	return (w->source == NULL ? -1 : 0);
}

static struct fanout *
fanout_new(const struct meter_opts *o)
{
	struct fanout	*f;

	f = calloc(1, sizeof(*f) + o->threads * sizeof(f->workers[0]));
	if (f == NULL)
		return (NULL);
	f->opts = *o;
	f->opts.frames.count = 0;
	f->share = o->max_flows / o->threads;
	f->senders = senders_new();
	if (f->senders != NULL &&
	    pipe2(f->events, O_CLOEXEC | O_NONBLOCK) == 0) {
		if (pipe2(f->quit, O_CLOEXEC | O_NONBLOCK) == 0)
			return (f);
		(void)close(f->events[0]);
		(void)close(f->events[1]);
	}
	senders_free(f->senders);
	free(f);
	return (NULL);
}

static struct meter *
open_as(const struct meter_ops *ops, const struct meter_ops *source,
    const struct meter_opts *o, char *err)
{
	struct fanout	*f;
	unsigned int	 i;

	if ((f = fanout_new(o)) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		return (NULL);
	}
	f->base.ops = ops;
	f->source = source;
	for (i = 0; i < o->threads; i++)
		if (open_worker(f, &f->workers[i], err) == -1)
			break;
	f->base.absent = i == o->threads &&
	    meter_is_absent(f->workers[0].source);
	if (f->base.absent)
		return (&f->base);
	if (i == o->threads && join_group(f, err) == 0) {
		discard_early(f);
		return (&f->base);
	}
	fanout_close(&f->base);
	return (NULL);
}

static struct meter *
fanout_open(const struct meter_opts *o, char *err)
{
	return (open_as(&meter_threads, &meter_pcap, o, err));
}

static struct meter *
fanout_open_ring(const struct meter_opts *o, char *err)
{
	return (open_as(&meter_threads_ring, &meter_ring, o, err));
}

/* ---- what the first source reports for all ---- */

static bool
fanout_present(const struct meter *base)
{
	return (meter_present(
	    ((const struct fanout *)base)->workers[0].source));
}

static int
fanout_fd(const struct meter *base)
{
	return (((const struct fanout *)base)->events[0]);
}

static int
fanout_wait(const struct meter *base)
{
	return (ms_until(((const struct fanout *)base)->collect_at,
	    now_mono()));
}

static int
fanout_latency(const struct meter *base)
{
	return (meter_latency(
	    ((const struct fanout *)base)->workers[0].source));
}

static const char *
fanout_link_name(const struct meter *base)
{
	return (meter_link_name(
	    ((const struct fanout *)base)->workers[0].source));
}

static bool
fanout_link_supported(const struct meter *base)
{
	return (meter_link_supported(
	    ((const struct fanout *)base)->workers[0].source));
}

static const char *
fanout_error(const struct meter *base)
{
	const struct fanout	*f = (const struct fanout *)base;

	/* The capturer found the interface gone before a thread did. */
	return (f->error[0] != '\0' ? f->error :
	    "it was deleted, renamed or replaced");
}

/* Not kept: only for capture files are these times used. */
static bool
fanout_span(const struct meter *base, uint64_t *first_ns, uint64_t *last_ns)
{
	(void)base;
	*first_ns = *last_ns = 0;
	return (false);
}

#define OPS_OF_THREADS \
	.close = fanout_close, \
	.reopen = fanout_reopen, \
	.present = fanout_present, \
	.fd = fanout_fd, \
	.wait = fanout_wait, \
	.latency = fanout_latency, \
	.link_name = fanout_link_name, \
	.link_supported = fanout_link_supported, \
	.drain = fanout_drain, \
	.split = fanout_split, \
	.collect = fanout_collect, \
	.discard = fanout_discard, \
	.error = fanout_error, \
	.take_ledger = fanout_give_ledger, \
	.take_senders = fanout_take_senders, \
	.span = fanout_span, \
	.add_protostat = fanout_add_protostat,

const struct meter_ops meter_threads = {
	.name = "pcap",
	.open = fanout_open,
	OPS_OF_THREADS
};

const struct meter_ops meter_threads_ring = {
	.name = "ring",
	.open = fanout_open_ring,
	OPS_OF_THREADS
};
