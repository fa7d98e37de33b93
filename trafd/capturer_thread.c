/*
 * The capturer's thread.  Owns the source and the live generation; what
 * others ask for comes through one slot and two flags.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "capturer_impl.h"
#include "base/log.h"

/* Rows merged between two looks at the source. */
#define MERGE_ROWS	4096

/* Milliseconds between attempts to open an interface that went away. */
#define REOPEN_LEAST	250
#define REOPEN_MOST	4000

/* Milliseconds between attempts to read from one that is there. */
#define RETRY		100

/*
 * How often the interface itself is looked at, milliseconds.  Where the
 * system tells what happens to it the pause doubles while there is no
 * traffic, up to the second one: an idle daemon sleeps.
 */
#define LOOK_EVERY	1000
#define LOOK_MOST	64000

/*
 * How long the thread works on the last packets of a busy interface.  Not by
 * the clock: on a machine that has more to do, they would be lost.
 */
#define FINISH_MOST	1000

/*
 * For a look, what the source has counted by itself is fetched if it is older
 * than this, milliseconds: nobody can make it cost more by asking more often.
 */
#define FRESH_MS	200

/* How late the kernel may be with a buffer, beyond its own word. */
#define FREEZE_SLACK	20

static void
post(struct capturer *c, enum capturer_event e)
{
	char	octet = (char)e;

	while (write(c->events[1], &octet, 1) == -1 && errno == EINTR)
		continue;
}

static void
add_flows(void *arg, const struct flow *flows, size_t n)
{
	struct capturer	*c = arg;
	size_t		 i;

	c->active = true;
	for (i = 0; i < n; i++) {
		c->sums.packets += flows[i].count.packets;
		c->sums.bytes += flows[i].count.ip;
	}
	table_add(c->live->table, flows, n);
}

static void
take_ledger(struct capturer *c)
{
	struct ledger	*l = &c->live->ledger;
	uint64_t	 before = l->v[LEDGER_FRAMES];

	meter_take_ledger(c->source, l);
	c->sums.frames += l->v[LEDGER_FRAMES] - before;
}

/*
 * Before the source ends, what is left in it: no longer than `most', by
 * thread_cpu_ns().  What cannot be counted by then is dropped, and counted as
 * that: nothing is missing from the ledger.
 */
static void
collect_rest(struct capturer *c, uint64_t most)
{
	while (meter_collect(c->source, add_flows, c) &&
	    thread_cpu_ns() < most)
		continue;
	if (thread_cpu_ns() < most)
		return;
	c->live->ledger.v[LEDGER_DROP_KERNEL] += meter_discard(c->source);
	(void)meter_collect(c->source, add_flows, c);
}

/* The interface has gone: note the gap and when to look for it again. */
static void
lose_source(struct capturer *c)
{
	log_errorx("interface lost: %s: %s; waiting for it to return",
	    c->ifname, meter_error(c->source));
	collect_rest(c, thread_cpu_ns() + FINISH_MOST * NS_PER_MS);
	take_ledger(c);
	if (!c->reopen) {
		c->ended = true;
		post(c, CAPTURER_LOST);
		return;
	}
	c->away = true;
	c->away_since = now_mono();
	c->reopen_wait = REOPEN_LEAST * NS_PER_MS;
	c->reopen_at = c->away_since + c->reopen_wait;
	c->live->ledger.v[LEDGER_GAPS]++;
	c->last_error[0] = '\0';
	(void)ifstat_update(c->stat);	/* from now on any may be ours */
}

static void
note_gap(struct capturer *c)
{
	uint64_t	now = now_mono();

	c->live->ledger.v[LEDGER_GAP_NS] += now - c->away_since;
	c->away_since = now;
}

/* Try again, less and less often; each new reason is logged once. */
static void
reopen_source(struct capturer *c)
{
	char	error[METER_ERRLEN];

	if (now_mono() < c->reopen_at)
		return;
	if (meter_reopen(c->source, error) == 0) {
		note_gap(c);
		c->away = c->down = false;
		c->look_at = 0;
		log_notice("interface returned: %s: link type %s; counting "
		    "continues", c->ifname, meter_link_name(c->source));
		if (!meter_link_supported(c->source))
			log_errorx("link type not supported: %s: its frames "
			    "are not decoded", c->ifname);
		return;
	}
	if (strcmp(error, c->last_error) != 0)
		log_notice("still waiting: %s", error);
	(void)strlcpy(c->last_error, error, sizeof(c->last_error));
	c->reopen_wait *= 2;
	if (c->reopen_wait > REOPEN_MOST * NS_PER_MS)
		c->reopen_wait = REOPEN_MOST * NS_PER_MS;
	c->reopen_at = now_mono() + c->reopen_wait;
}

/*
 * Reading fails, but the interface is there: what the kernel has in its buffer
 * would be lost if the source were closed.
 */
static void
note_trouble(struct capturer *c)
{
	char	error[FAULT_TEXT_MAX];

	(void)snprintf(error, sizeof(error), "cannot read packets: %s: %s; "
	    "trying again", c->ifname, meter_error(c->source));
	fault_set(&c->trouble, error);
	c->retry_at = now_mono() + RETRY * NS_PER_MS;
}

static void
end_trouble(struct capturer *c)
{
	c->retry_at = 0;
	fault_clear(&c->trouble);
}

/* Handle what is ready; false when the thread may sleep. */
static bool
drain(struct capturer *c)
{
	enum meter_state	state;

	if (c->away || c->ended ||
	    (c->retry_at != 0 && now_mono() < c->retry_at))
		return (false);
	state = meter_drain(c->source, add_flows, c);
	if (state == METER_TROUBLED)
		note_trouble(c);
	else if (c->retry_at != 0)
		end_trouble(c);
	c->active = c->active || state == METER_MORE;
	if (state == METER_END) {
		c->ended = true;
		post(c, CAPTURER_COUNT);
	} else if (state == METER_FAILED)
		lose_source(c);
	return (state == METER_MORE);
}

/*
 * Before the source ends, count what the kernel has not handed over yet: it
 * may wait that long, and if packets come in faster than they can be counted
 * there is no end.
 */
static void
drain_rest(struct capturer *c)
{
	uint64_t	now = now_mono(), quiet, most;

	quiet = now + 2 * (uint64_t)meter_latency(c->source) * NS_PER_MS;
	most = thread_cpu_ns() + FINISH_MOST * NS_PER_MS;
	while (!c->away && !c->ended && thread_cpu_ns() < most) {
		if (!drain(c)) {
			if (now > quiet)
				break;
			(void)poll(NULL, 0, 5);
		}
		now = now_mono();
	}
	if (!c->away && !c->ended)
		collect_rest(c, most);
}

/* What has happened may be its return; but no more attempts than at first. */
static void
reopen_soon(struct capturer *c)
{
	uint64_t	tried = c->reopen_at - c->reopen_wait;

	c->reopen_wait = REOPEN_LEAST * NS_PER_MS;
	c->reopen_at = tried + c->reopen_wait;
}

static void
heed_news(struct capturer *c)
{
	bool	changed = ifstat_changed(c->stat, c->told);

	c->told = false;
	if (changed && c->away)
		reopen_soon(c);
	else if (changed)
		c->look_at = 0;
}

/* Sooner than planned when traffic begins again. */
static void
plan_look(struct capturer *c)
{
	uint64_t	soon = now_mono() + LOOK_EVERY * NS_PER_MS;

	c->look_wait = LOOK_EVERY * NS_PER_MS;
	if (soon < c->look_at)
		c->look_at = soon;
}

static void
plan_next_look(struct capturer *c)
{
	if (c->active || c->look_wait == 0 || ifstat_fd(c->stat) == -1)
		c->look_wait = LOOK_EVERY * NS_PER_MS;
	else if (c->look_wait < LOOK_MOST * NS_PER_MS)
		c->look_wait *= 2;
	c->look_at = now_mono() + c->look_wait;
	c->active = false;
}

/*
 * Not all that happens to an interface shows in what is captured from it: one
 * that was renamed goes on under another name, one that is down is silent.
 * Counters of 32 bits in the kernel must not go round twice unseen.
 */
static void
look_at_interface(struct capturer *c)
{
	bool	down;

	if (c->ended || now_mono() < c->look_at)
		return;
	if (c->active)
		take_ledger(c);
	/* A filter may keep all of the interface's traffic from us. */
	c->active |= ifstat_update(c->stat);
	plan_next_look(c);
	if (!meter_present(c->source)) {
		drain_rest(c);
		if (!c->away && !c->ended)
			lose_source(c);
		return;
	}
	down = !ifstat_up(c->stat);
	if (down != c->down)
		log_notice("interface is %s: %s", down ? "down" : "up again",
		    c->ifname);
	c->down = down;
}

/*
 * Complete the ledger of the live generation and stop its clocks: of what
 * meter_collect() has fetched.
 */
static void
close_books(struct capturer *c)
{
	struct generation	*g = c->live;

	if (c->away)
		note_gap(c);
	else
		take_ledger(c);
	ifstat_end(c->stat, &g->ledger);
	generation_end(g);
}

/* A freeze is answered at once, a merge is finished before it. */
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
	post(c, CAPTURER_MERGED);
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
		(void)meter_collect(c->source, add_flows, c);
	begin = now_mono();	/* a source that counts by itself goes on */
	close_books(c);
	if (fresh != NULL) {
		generation_begin(fresh);
		ledger_follow(&fresh->ledger, &g->ledger);
	}
	c->live = fresh;
	note_pause(c, now_mono() - begin);
	(void)pthread_mutex_lock(&c->lock);
	c->slot = g;
	(void)pthread_mutex_unlock(&c->lock);
	post(c, CAPTURER_FROZEN);
}

/* Rows of one table move to the other, a few at a time. */
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

/* What of the live one and of the one being merged is not in both. */
static size_t
rows_to_merge(const struct capturer *c)
{
	return (c->merging == NULL ? 0 :
	    table_rows(c->merging->table) - c->merge_next);
}

static void
show_sums(struct capturer *c)
{
	struct flow_count	 folded;
	struct live_sums		*g = &c->sums;

	atomic_store(&c->sums_wanted, false);
	if (!c->away) {
		if (now_mono() >= c->fresh_until) {
			(void)meter_collect(c->source, add_flows, c);
			c->fresh_until = now_mono() + FRESH_MS * NS_PER_MS;
		}
		take_ledger(c);
		ifstat_end(c->stat, &c->live->ledger);
	}
	folded = table_folded(c->live->table);
	g->ledger = c->live->ledger;
	g->ledger.v[LEDGER_FOLD_PACKETS] += folded.packets;
	g->ledger.v[LEDGER_FOLD_BYTES] += folded.ip;
	g->begin_ns = c->live->begin_ns;
	g->rows = table_rows(c->live->table) + rows_to_merge(c);
	g->memory = table_memory(c->live->table);
	g->proto_known = meter_protostat(c->source, &g->proto);
	g->link_name = meter_link_name(c->source);
	g->away = c->away;
	g->down = c->down;
	(void)pthread_mutex_lock(&c->lock);
	c->shown = *g;
	(void)pthread_mutex_unlock(&c->lock);
	post(c, CAPTURER_SUMS);
}

/*
 * What the kernel holds back when a freeze is asked for is part of it: count
 * on for as long as that may take, so that a save has all that came before.
 */
static bool
freeze_is_due(struct capturer *c)
{
	uint64_t	now = now_mono(), most;

	if (c->freeze_at == 0)
		c->freeze_at = now + NS_PER_MS * (FREEZE_SLACK +
		    (uint64_t)meter_latency(c->source));
	if (!c->away && !c->ended && now < c->freeze_at)
		return (false);
	/* A busy machine may have let us sleep on: look once more. */
	most = thread_cpu_ns() + FREEZE_SLACK * NS_PER_MS;
	while (drain(c) && thread_cpu_ns() < most)
		continue;
	c->freeze_at = 0;
	return (true);
}

/* Serve a request; false when the thread has to end. */
static bool
serve(struct capturer *c)
{
	struct generation	*given;
	int			 request;

	if (atomic_load(&c->sums_wanted))
		show_sums(c);
	if ((request = atomic_load(&c->request)) == REQ_NONE ||
	    (request == REQ_FREEZE && !freeze_is_due(c)))
		return (true);
	(void)pthread_mutex_lock(&c->lock);
	given = c->slot;
	c->slot = NULL;
	(void)pthread_mutex_unlock(&c->lock);
	atomic_store(&c->request, REQ_NONE);
	switch (request) {
	case REQ_FREEZE:
	case REQ_FREEZE_NOW:
		freeze(c, given);
		break;
	case REQ_MERGE:
		begin_merge(c, given);
		break;
	case REQ_FINISH:
		drain_rest(c);
		freeze(c, NULL);
		return (false);
	}
	return (true);
}

/* Milliseconds for poll(2): -1 when nothing is to be done by the clock. */
static int
longest_wait(const struct capturer *c)
{
	int	look, source;

	if (c->freeze_at != 0)
		return (FREEZE_SLACK / 2);
	if (c->away)
		return (ms_until(c->reopen_at, now_mono()));
	if (c->ended)
		return (-1);
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
}

void *
capturer_run(void *arg)
{
	struct capturer	*c = arg;
	bool		 busy;

	while (serve(c)) {
		heed_news(c);
		if (c->away)
			reopen_source(c);
		else
			look_at_interface(c);
		busy = drain(c);
		if (c->active && c->look_wait > LOOK_EVERY * NS_PER_MS)
			plan_look(c);
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
