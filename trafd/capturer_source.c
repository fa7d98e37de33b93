/*
 * The source of the capturer's thread: reads packets, handles the loss and the
 * return of the interface, and checks the interface itself.  It handles no
 * requests.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interface.h"
#include "base/log.h"
#include "packet/owner.h"
#include "capturer_impl.h"

/* Milliseconds between attempts to open a missing interface. */
#define REOPEN_LEAST	250
#define REOPEN_MOST	4000

/* Milliseconds before the next attempt if reading fails. */
#define RETRY		100

/*
 * Milliseconds between checks of the interface itself.  If the system reports
 * changes of interfaces, the pause doubles while there is no traffic, up to
 * LOOK_MOST, so that an idle daemon sleeps.
 */
#define LOOK_EVERY	1000
#define LOOK_MOST	64000

/*
 * CPU time in milliseconds that the thread may use for the last packets of a
 * busy interface.  Elapsed time would be wrong: on a busy machine most of it
 * could pass without the thread running, and packets would be lost.
 */
#define FINISH_MOST	1000

void
capturer_post(struct capturer *c, enum capturer_event e)
{
	char	octet = (char)e;

	while (write(c->events[1], &octet, 1) == -1 && errno == EINTR)
		continue;
}

static uint64_t
add_flows(void *arg, const struct flow *flows, size_t n)
{
	struct capturer	*c = arg;
	size_t		 i;

	c->active = true;
	for (i = 0; i < n; i++) {
		c->sums.packets += flows[i].count.packets;
		c->sums.bytes += flows[i].count.ip;
	}
	return (table_add(c->live->table, flows, n));
}

/*
 * The names of owners in rows since the last call.  Without memory for them
 * they stay with the source until the next one.
 */
static void
take_owners(struct capturer *c)
{
	const struct owners	*o = meter_owners(c->source);

	if (o != NULL && owners_count(o) > 0 &&
	    generation_add_owners(c->live, o) == 0)
		meter_owners_taken(c->source);
}

void
capturer_take_ledger(struct capturer *c)
{
	struct ledger	*l = &c->live->ledger;
	uint64_t	 before = l->v[LEDGER_FRAMES];

	meter_take_ledger(c->source, l);
	meter_take_senders(c->source, c->live->senders);
	take_owners(c);
	c->sums.frames += l->v[LEDGER_FRAMES] - before;
}

bool
capturer_collect(struct capturer *c)
{
	return (meter_collect(c->source, add_flows, c));
}

/*
 * Before the source ends, count what is left in it, until thread_cpu_ns()
 * reaches `most'.  Then drop the rest and count it as dropped, so that the
 * ledger is complete.
 */
static void
collect_rest(struct capturer *c, uint64_t most)
{
	(void)meter_split(c->source, 0, NULL, NULL);	/* all of it */
	while (capturer_collect(c) && thread_cpu_ns() < most)
		continue;
	if (thread_cpu_ns() < most)
		return;
	c->live->ledger.v[LEDGER_DROP_KERNEL] += meter_discard(c->source);
	(void)capturer_collect(c);
}

static void
begin_gap(struct capturer *c)
{
	c->away = true;
	c->away_since = now_mono();
	c->reopen_wait = REOPEN_LEAST * NS_PER_MS;
	c->reopen_at = c->away_since + c->reopen_wait;
	c->live->ledger.v[LEDGER_GAPS]++;
	c->last_error[0] = '\0';
}

/* The interface is lost: begin a gap and plan the first attempt to reopen. */
static void
lose_source(struct capturer *c)
{
	log_errorx("interface lost: %s: %s; waiting for it to return",
	    c->ifname, meter_error(c->source));
	collect_rest(c, thread_cpu_ns() + FINISH_MOST * NS_PER_MS);
	capturer_take_ledger(c);
	if (!c->reopen) {
		c->ended = true;
		capturer_post(c, CAPTURER_LOST);
		return;
	}
	begin_gap(c);
	(void)ifstat_update(c->stat);	/* get news of all interfaces now */
}

void
capturer_begin_absent(struct capturer *c)
{
	c->absent = true;
	begin_gap(c);
}

void
capturer_note_gap(struct capturer *c)
{
	uint64_t	now = now_mono();

	c->live->ledger.v[LEDGER_GAP_NS] += now - c->away_since;
	c->live->ledger.v[LEDGER_AWAY_NS] += now - c->away_since;
	c->away_since = now;
}

/* It is there, for the first time or again: end the gap. */
static void
note_return(struct capturer *c)
{
	capturer_note_gap(c);
	c->away = c->down = false;
	c->look_at = 0;
	/* It may be gone before the next look. */
	(void)ifstat_update(c->stat);
	log_notice("interface %s: %s: link type %s; counting %s",
	    c->absent ? "appeared" : "returned", c->ifname,
	    meter_link_name(c->source), c->absent ? "begins" : "continues");
	c->absent = false;
	if (!meter_link_supported(c->source))
		log_errorx("link type not supported: %s: its frames "
		    "are not decoded", c->ifname);
}

/* Of a missing interface nothing more is to be said than at the start. */
static void
note_failure(struct capturer *c, const char *error)
{
	if (strcmp(error, c->last_error) != 0 &&
	    !(c->absent && interface_may_come(c->ifname)))
		log_notice("still waiting: %s", error);
	(void)strlcpy(c->last_error, error, sizeof(c->last_error));
	c->reopen_wait *= 2;
	if (c->reopen_wait > REOPEN_MOST * NS_PER_MS)
		c->reopen_wait = REOPEN_MOST * NS_PER_MS;
	c->reopen_at = now_mono() + c->reopen_wait;
}

/*
 * Without the right to open it, the parent does that when it starts the next
 * process.
 */
static void
end_if_there(struct capturer *c)
{
	unsigned int	index;

	if (interface_find(c->ifname, &index) != INTERFACE_THERE ||
	    interface_is_down(c->ifname)) {
		note_failure(c, "");
		return;
	}
	log_notice("interface appeared: %s: restarting to open it", c->ifname);
	c->ended = true;
	capturer_post(c, CAPTURER_LOST);
}

/*
 * Try to open the interface; double the pause after each failure.  Log the
 * reason only if it is not that of the last attempt.
 */
void
capturer_reopen_source(struct capturer *c)
{
	char	error[METER_ERRLEN];

	if (c->ended || now_mono() < c->reopen_at)
		return;
	if (!c->reopen)
		end_if_there(c);
	else if (meter_reopen(c->source, error) == 0)
		note_return(c);
	else
		note_failure(c, error);
}

/*
 * Reading fails, but the interface exists.  Keep the source open and try
 * again: closing it would lose the packets in the kernel's buffer.
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

/* A stream has ended. */
static void
end_file(struct capturer *c, bool damaged)
{
	(void)capturer_collect(c);
	capturer_take_ledger(c);
	capturer_log_links(c->ifname, c->source);
	if (damaged)
		capturer_log_damage(c->ifname, c->sums.frames,
		    meter_error(c->source));
	else if (c->sums.frames == 0)
		capturer_log_nothing(c->ifname);
	c->ended = true;
	capturer_post(c, damaged ? CAPTURER_DAMAGED : CAPTURER_COUNT);
}

bool
capturer_drain(struct capturer *c)
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
	if (meter_is_file(c->source) &&
	    (state == METER_END || state == METER_FAILED))
		end_file(c, state == METER_FAILED);
	else if (state == METER_END) {
		c->ended = true;
		capturer_post(c, CAPTURER_COUNT);
	} else if (state == METER_FAILED)
		lose_source(c);
	return (state == METER_MORE);
}

/*
 * The kernel may hand packets over as late as meter_latency(): stop when none
 * came after twice that time.  If packets arrive faster than they can be
 * counted, the limit of CPU time ends the loop.
 */
void
capturer_drain_rest(struct capturer *c)
{
	uint64_t	now = now_mono(), quiet, most;

	quiet = now + 2 * (uint64_t)meter_latency(c->source) * NS_PER_MS;
	most = thread_cpu_ns() + FINISH_MOST * NS_PER_MS;
	while (!c->away && !c->ended && thread_cpu_ns() < most) {
		if (!capturer_drain(c)) {
			if (now > quiet)
				break;
			(void)poll(NULL, 0, 5);
		}
		now = now_mono();
	}
	if (!c->away && !c->ended)
		collect_rest(c, most);
}

/*
 * The event may be the return of the interface: try soon, but not more often
 * than every REOPEN_LEAST milliseconds.
 */
static void
reopen_soon(struct capturer *c)
{
	uint64_t	tried = c->reopen_at - c->reopen_wait;

	c->reopen_wait = REOPEN_LEAST * NS_PER_MS;
	c->reopen_at = tried + c->reopen_wait;
}

void
capturer_heed_news(struct capturer *c)
{
	bool	changed = ifstat_changed(c->stat, c->told);

	c->told = false;
	if (changed && c->away)
		reopen_soon(c);
	else if (changed)
		c->look_at = 0;
}

void
capturer_plan_look(struct capturer *c)
{
	uint64_t	soon = now_mono() + LOOK_EVERY * NS_PER_MS;

	if (!c->active || c->look_wait <= LOOK_EVERY * NS_PER_MS)
		return;
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
 * Reading packets does not show everything: after a renaming, capture
 * continues under the new name; an interface that is down just has no
 * packets.  The kernel's counters must be read often too: those of 32 bits
 * must not wrap twice between two checks.
 */
void
capturer_look(struct capturer *c)
{
	bool	down;

	if (c->ended || now_mono() < c->look_at)
		return;
	if (c->active)
		capturer_take_ledger(c);
	/* With a filter there may be traffic but no packet here. */
	c->active |= ifstat_update(c->stat);
	plan_next_look(c);
	if (!meter_present(c->source)) {
		capturer_drain_rest(c);
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
