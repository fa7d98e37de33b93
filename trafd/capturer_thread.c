/*
 * The capturer's thread: its loop and the requests of the event loop, which
 * come through one slot and two flags.  The thread owns the live generation
 * and the source; capturer_source.c reads the source.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/age.h"
#include "base/clock.h"
#include "base/log.h"
#include "capturer_impl.h"

/* Rows merged before the source is read again. */
#define MERGE_ROWS	4096

/*
 * When sums are requested, meter_collect() is called at most once in this many
 * milliseconds, so that frequent queries cost no more CPU time.
 */
#define FRESH_MS	200

/* Milliseconds that the kernel may exceed its buffer timeout. */
#define FREEZE_SLACK	20

/* The clock of a machine without a battery is set after trafd has started. */
static void
watch_clock(struct capturer *c)
{
	int64_t	by = generation_watch(c->live);
	char	span[AGE_LEN];

	if (by > -CLOCK_JUMP_NS && by < CLOCK_JUMP_NS)
		return;
	log_notice("clock was set: %s: %s by %s; the times of what is not "
	    "saved yet follow", c->ifname, by < 0 ? "back" : "forward",
	    age_format((uint64_t)(by < 0 ? -by : by), span));
}

/*
 * Complete the ledger of the live generation, up to what meter_collect() has
 * fetched, and stop its clocks.
 */
static void
close_books(struct capturer *c)
{
	struct generation	*g = c->live;

	if (c->away)
		capturer_note_gap(c);
	else
		capturer_take_ledger(c);
	ifstat_end(c->stat, &g->ledger);
	watch_clock(c);
	generation_end(g);
	capturer_cover(c);
}

/*
 * Merge at most `most' rows.  When all are merged, report it; no freeze is
 * requested before that.
 */
static void
merge_some(struct capturer *c, size_t most)
{
	struct generation	*done = c->merging;

	table_merge(c->live->table, done->table, &c->merge_next, most);
	if (c->merge_next < table_rows(done->table))
		return;
	c->merging = NULL;
	(void)pthread_mutex_lock(&c->lock);
	c->slot = done;
	(void)pthread_mutex_unlock(&c->lock);
	capturer_post(c, CAPTURER_MERGED);
}

static void
note_pause(struct capturer *c, uint64_t ns)
{
	c->sums.freezes++;
	c->sums.freeze_last_ns = ns;
	if (ns > c->sums.freeze_worst_ns)
		c->sums.freeze_worst_ns = ns;
}

static void
freeze(struct capturer *c, struct generation *fresh)
{
	struct generation	*g = c->live;
	uint64_t		 begin;

	if (!c->away)
		(void)capturer_collect(c);
	begin = now_mono();	/* a meter counts on while it collects */
	close_books(c);
	if (fresh != NULL) {
		generation_follow(fresh, g);
		ledger_follow(&fresh->ledger, &g->ledger);
	}
	c->live = fresh;
	note_pause(c, now_mono() - begin);
	(void)pthread_mutex_lock(&c->lock);
	c->slot = g;
	(void)pthread_mutex_unlock(&c->lock);
	capturer_post(c, CAPTURER_FROZEN);
}

/*
 * Begin to merge the generations.  merge_some() moves the rows, a few at a
 * time; table_takes_earlier() chooses which table they move to.
 */
static void
begin_merge(struct capturer *c, struct generation *frozen)
{
	struct table	*later = c->live->table;

	generation_join(frozen, c->live);
	if (table_takes_earlier(later, frozen->table)) {
		c->live->table = frozen->table;
		frozen->table = later;
	}
	c->merging = c->live;
	c->live = frozen;
	c->merge_next = 0;
	c->sums.merges++;
}

/* Rows of the table being merged that are not yet in the live table. */
static size_t
rows_to_merge(const struct capturer *c)
{
	return (c->merging == NULL ? 0 :
	    table_rows(c->merging->table) - c->merge_next);
}

/* What lost detail in the live table and in the one that is merged into it. */
static struct flow_count
folded_counts(const struct capturer *c)
{
	struct flow_count	folded = table_folded(c->live->table), more;

	if (c->merging != NULL) {
		more = table_folded(c->merging->table);
		flow_count_add(&folded, &more);
	}
	return (folded);
}

static void
show_sums(struct capturer *c)
{
	struct flow_count	 folded;
	struct live_sums		*g = &c->sums;

	atomic_store(&c->sums_wanted, false);
	if (!c->away) {
		if (now_mono() >= c->fresh_until) {
			(void)capturer_collect(c);
			c->fresh_until = now_mono() + FRESH_MS * NS_PER_MS;
		}
		capturer_take_ledger(c);
		ifstat_end(c->stat, &c->live->ledger);
	}
	watch_clock(c);
	folded = folded_counts(c);
	g->ledger = c->live->ledger;
	g->ledger.v[LEDGER_FOLD_PACKETS] += folded.packets;
	g->ledger.v[LEDGER_FOLD_BYTES] += folded.ip;
	g->begin_ns = c->live->begin_ns;
	g->shifted_ns = c->live->shifted_ns;
	g->rows = table_rows(c->live->table) + rows_to_merge(c);
	g->memory = table_memory(c->live->table);
	g->proto_known = meter_protostat(c->source, &g->proto);
	g->link_name = meter_link_name(c->source);
	g->source_name = meter_name(c->source);
	g->buffer = meter_buffer(c->source);
	g->away = c->away;
	g->down = c->down;
	(void)pthread_mutex_lock(&c->lock);
	c->shown = *g;
	(void)pthread_mutex_unlock(&c->lock);
	capturer_post(c, CAPTURER_SUMS);
}

/* Take what the event loop has given, and end its request. */
static struct generation *
take_request(struct capturer *c)
{
	struct generation	*given;

	(void)pthread_mutex_lock(&c->lock);
	given = c->slot;
	c->slot = NULL;
	(void)pthread_mutex_unlock(&c->lock);
	atomic_store(&c->request, REQ_NONE);
	return (given);
}

/* The source has come to the time at which to freeze. */
static void
on_split(void *arg)
{
	struct capturer	*c = arg;

	c->freeze_at = 0;
	freeze(c, take_request(c));
}

/*
 * Let the source call on_split().  False if it need not: it hands over no
 * packet late, or nothing comes from it now.
 */
static bool
begin_split(struct capturer *c)
{
	uint64_t	at;

	(void)pthread_mutex_lock(&c->lock);
	at = c->split_ns;
	(void)pthread_mutex_unlock(&c->lock);
	if (c->away || c->ended || meter_latency(c->source) == 0)
		return (false);
	(void)meter_split(c->source, at, on_split, c);
	return (true);
}

/*
 * Is it time to freeze?  A save must have all packets that arrived before the
 * request.  The kernel may hand them over late, so count on until its buffer
 * timeout has passed.
 */
static bool
freeze_is_due(struct capturer *c)
{
	uint64_t	now = now_mono(), most;
	int		request = atomic_load(&c->request);

	if (c->freeze_at == 0 && request == REQ_FREEZE_AT && !begin_split(c))
		return (true);
	if (c->freeze_at == 0)
		c->freeze_at = now + NS_PER_MS * (FREEZE_SLACK +
		    (uint64_t)meter_latency(c->source));
	if (!c->away && !c->ended && now < c->freeze_at)
		return (false);
	/* On a busy machine this thread may have run too late: drain again. */
	most = thread_cpu_ns() + FREEZE_SLACK * NS_PER_MS;
	while (capturer_drain(c) && thread_cpu_ns() < most)
		continue;
	c->freeze_at = 0;
	return (atomic_load(&c->request) == request);
}

/* Serve a request, if there is one; false if the thread must end. */
static bool
serve(struct capturer *c)
{
	struct generation	*given;
	int			 request;

	if (atomic_load(&c->sums_wanted))
		show_sums(c);
	if ((request = atomic_load(&c->request)) == REQ_NONE ||
	    ((request == REQ_FREEZE || request == REQ_FREEZE_AT) &&
	    !freeze_is_due(c)))
		return (true);
	given = take_request(c);
	switch (request) {
	case REQ_FREEZE:
	case REQ_FREEZE_NOW:
		freeze(c, given);
		break;
	case REQ_FREEZE_AT:
		freeze(c, given);
		(void)meter_split(c->source, 0, NULL, NULL);
		break;
	case REQ_MERGE:
		begin_merge(c, given);
		break;
	case REQ_FINISH:
		capturer_drain_rest(c);
		freeze(c, NULL);
		return (false);
	}
	return (true);
}

/* The timeout for poll(2), milliseconds; -1 if no time is to be kept. */
static int
longest_wait(const struct capturer *c)
{
	int	look, source;

	if (c->freeze_at != 0)
		return (FREEZE_SLACK / 2);
	if (c->ended)
		return (-1);
	if (c->away)
		return (ms_until(c->reopen_at, now_mono()));
	if (c->retry_at != 0)
		return (ms_until(c->retry_at, now_mono()));
	look = ms_until(c->look_at, now_mono());
	source = meter_wait(c->source);
	return (source == -1 || look < source ? look : source);
}

static void
wait_for_work(struct capturer *c)
{
	struct pollfd	p[3] = { { .fd = c->wake[0], .events = POLLIN },
	    { .fd = -1, .events = POLLIN },
	    { .fd = ifstat_fd(c->stat), .events = POLLIN } };
	char		octets[64];

	if (c->retry_at == 0 && !c->away && !c->ended)
		p[1].fd = meter_fd(c->source);
	(void)poll(p, 3, longest_wait(c));
	if (p[0].revents != 0)
		while (read(c->wake[0], octets, sizeof(octets)) > 0)
			continue;
	c->active = c->active || p[1].revents != 0;
	c->told = p[2].revents != 0;
	watch_clock(c);
}

void *
capturer_run(void *arg)
{
	struct capturer	*c = arg;
	bool		 busy;

	while (serve(c)) {
		capturer_heed_news(c);
		if (c->away)
			capturer_reopen_source(c);
		else
			capturer_look(c);
		busy = capturer_drain(c);
		capturer_plan_look(c);
		if (c->merging != NULL) {
			merge_some(c, MERGE_ROWS);
			busy = true;
		}
		if (!busy && (c->freeze_at != 0 ||
		    atomic_load(&c->request) == REQ_NONE))
			wait_for_work(c);
	}
	return (NULL);
}
