/*
 * The times of blocks while somebody sets the clock: the generation, by clocks
 * that the test moves.  Every case knows what time it really is.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/clock.h"
#include "trafd/generation.h"

#define S	((int64_t)NS_PER_S)
#define HOUR	(3600 * S)
#define DAY	(24 * HOUR)
#define YEAR	(365 * DAY)

/* 2026-11-30 12:00 UTC. */
#define NOON	(INT64_C(1796040000) * S)

/* A clock that started in 1970, two hours before noon. */
#define UNSET	(-NOON + 2 * HOUR)

int	__wrap_clock_gettime(clockid_t, struct timespec *);

static int64_t	truth;		/* UTC */
static int64_t	error;		/* of the wall clock */
static int64_t	boot_at;	/* when the machine was started */
static int64_t	asleep;		/* how long it was suspended since */
static int	stalls;		/* readings after which the thread is stopped */

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	int64_t	ns = truth - boot_at;

	if (clock == CLOCK_REALTIME)
		ns = truth + error;
	else if (clock == CLOCK_MONOTONIC)
		ns -= asleep;
	ts->tv_sec = (time_t)(ns / S);
	ts->tv_nsec = (long)(ns % S);
	if (stalls > 0) {
		stalls--;
		truth += 3 * S;
	}
	return (0);
}

static void
pass(int64_t ns)
{
	truth += ns;
}

static void
suspend(int64_t ns)
{
	truth += ns;
	asleep += ns;
}

static void
reboot(int64_t away)
{
	truth += away;
	boot_at = truth - 20 * S;
	asleep = 0;
}

static struct generation *
new(void)
{
	struct generation	*g;

	g = generation_new(1, 16, NULL, FLOW_PORTS_ALL);
	assert_non_null(g);
	return (g);
}

static int
reset(void **state)
{
	(void)state;
	truth = NOON;
	error = asleep = 0;
	stalls = 0;
	boot_at = NOON - HOUR;
	return (0);
}

static struct generation *
begin(void)
{
	struct generation	*g = new();

	generation_begin(g);
	return (g);
}

/* Set the clock, and let the capturer see it. */
static void
set_clock(struct generation *g, int64_t wrong)
{
	error = wrong;
	(void)generation_watch(g);
}

static uint64_t
ledger(const struct generation *g, enum ledger_entry e)
{
	return (g->ledger.v[e]);
}

static void
assert_jumps(const struct generation *g, uint64_t n, int64_t forward,
    int64_t back)
{
	assert_int_equal(ledger(g, LEDGER_CLOCK_JUMPS), n);
	assert_int_equal(ledger(g, LEDGER_CLOCK_FORWARD_NS), forward);
	assert_int_equal(ledger(g, LEDGER_CLOCK_BACK_NS), back);
}

static void
assert_times(const struct generation *g, int64_t from, int64_t until)
{
	assert_int_equal(g->begin_ns, from);
	assert_int_equal(g->end_ns, until);
}

/* What the dump file says, read by the next process. */
static struct generation *
read_dump(const struct generation *g)
{
	struct generation	*d = new();

	d->begin_ns = g->begin_ns;
	d->end_ns = g->end_ns;
	d->duration_ns = g->duration_ns;
	d->ledger = g->ledger;
	return (d);
}

/* One that began an hour before noon, and a dump of it at noon. */
static struct generation *
dump_at(int64_t wrong)
{
	struct generation	*g, *d;

	error = wrong;
	truth = NOON - HOUR;
	boot_at = truth - HOUR;
	g = begin();
	pass(HOUR);
	generation_end(g);
	d = read_dump(g);
	generation_free(g);
	return (d);
}

static struct generation *
freeze(struct generation *g)
{
	struct generation	*fresh = new();

	generation_end(g);
	generation_follow(fresh, g);
	return (fresh);
}

/* ---- without a dump ---- */

static void
set_while_it_counts(void **state)
{
	static const int64_t	wrong[] = { -NOON, -YEAR, -HOUR, -S, S, HOUR,
				    YEAR };
	struct generation	*g;
	size_t			 i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)reset(state);
		error = wrong[i];
		g = begin();
		pass(60 * S);
		set_clock(g, 0);
		pass(HOUR);
		generation_end(g);
		assert_times(g, NOON, NOON + HOUR + 60 * S);
		assert_int_equal(g->duration_ns, HOUR + 60 * S);
		assert_jumps(g, 1, wrong[i] < 0 ? -wrong[i] : 0,
		    wrong[i] > 0 ? wrong[i] : 0);
		assert_int_equal(ledger(g, LEDGER_GAPS), 0);
		generation_free(g);
	}
}

/* Nobody looks before the freeze: it sees the same. */
static void
set_unseen(void **state)
{
	struct generation	*g;

	(void)state;
	error = -NOON;
	g = begin();
	pass(HOUR);
	error = 0;
	generation_end(g);
	assert_times(g, NOON, NOON + HOUR);
	assert_jumps(g, 1, NOON, 0);
	generation_free(g);
}

static void
forward_and_back(void **state)
{
	struct generation	*g = begin();

	(void)state;
	pass(S);
	set_clock(g, DAY);
	assert_int_equal(g->begin_ns, NOON + DAY);
	pass(S);
	set_clock(g, -2 * DAY);
	assert_int_equal(g->begin_ns, NOON - 2 * DAY);
	pass(S);
	set_clock(g, 0);
	generation_end(g);
	assert_times(g, NOON, NOON + 3 * S);
	assert_jumps(g, 3, 3 * DAY, 3 * DAY);
	generation_free(g);
}

/* A clock that loses its battery while it runs, and is before 1970 at last. */
static void
lost_and_found(void **state)
{
	struct generation	*g = begin();

	(void)state;
	pass(DAY);
	set_clock(g, -truth + HOUR);
	assert_int_equal(g->begin_ns, 0);
	pass(HOUR);
	set_clock(g, 0);
	generation_end(g);
	assert_times(g, NOON, NOON + DAY + HOUR);
	generation_free(g);
}

/* NTP: the begin follows, but nobody has set the clock. */
static void
slewed(void **state)
{
	static const int64_t	steps[] = { S / 1000, S / 50, S / 3, -S / 50,
				    -S / 3 };
	struct generation	*g;
	size_t			 i;
	int			 n;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		(void)reset(state);
		g = begin();
		for (n = 0; n < 1000; n++) {
			pass(S);
			set_clock(g, error + steps[i]);
		}
		generation_end(g);
		assert_jumps(g, 0, 0, 0);
		assert_in_range(g->end_ns - g->begin_ns, 1000 * S, 1000 * S);
		assert_in_range(g->end_ns, truth + error - S / 20,
		    truth + error + S / 20);
		generation_free(g);
	}
}

/* A busy machine stops the thread between two clocks. */
static void
stalled(void **state)
{
	struct generation	*g = begin();

	(void)state;
	stalls = 5;
	assert_int_equal(generation_watch(g), 0);
	assert_int_equal(stalls, 0);
	generation_end(g);
	assert_jumps(g, 0, 0, 0);
	assert_int_equal(g->begin_ns, NOON);
	generation_free(g);
}

static void
suspended(void **state)
{
	struct generation	*g = begin();

	(void)state;
	pass(HOUR);
	suspend(9 * HOUR);
	pass(HOUR);
	generation_end(g);
	assert_times(g, NOON, NOON + 11 * HOUR);
	assert_int_equal(g->duration_ns, 2 * HOUR);
	assert_int_equal(ledger(g, LEDGER_SUSPENDED_NS), 9 * HOUR);
	assert_jumps(g, 0, 0, 0);
	generation_free(g);
	/* And its clock was set when it woke up. */
	(void)reset(state);
	error = -DAY;
	g = begin();
	suspend(9 * HOUR);
	error = 0;
	generation_end(g);
	assert_times(g, NOON, NOON + 9 * HOUR);
	assert_int_equal(ledger(g, LEDGER_SUSPENDED_NS), 9 * HOUR);
	assert_jumps(g, 1, DAY, 0);
	generation_free(g);
}

/* ---- before and after dumps and saves ---- */

static void
save_before_it_is_set(void **state)
{
	struct generation	*g, *next;

	(void)state;
	error = YEAR;
	g = begin();
	pass(HOUR);
	next = freeze(g);
	assert_times(g, NOON + YEAR, NOON + YEAR + HOUR);
	assert_int_equal(next->begin_ns, g->end_ns);
	pass(HOUR);
	set_clock(next, 0);
	pass(HOUR);
	generation_end(next);
	assert_times(next, NOON + HOUR, NOON + 3 * HOUR);
	assert_jumps(g, 0, 0, 0);
	assert_jumps(next, 1, 0, YEAR);
	generation_free(g);
	generation_free(next);
}

/* Blocks follow without a gap, whenever it is set: also right between them. */
static void
set_at_the_freeze(void **state)
{
	struct generation	*g, *next;

	(void)state;
	g = begin();
	pass(HOUR);
	generation_end(g);
	next = new();
	error = -HOUR;
	generation_follow(next, g);
	pass(HOUR);
	error = 0;
	generation_end(next);
	assert_times(g, NOON, NOON + HOUR);
	assert_times(next, NOON + HOUR, NOON + 2 * HOUR);
	generation_free(g);
	generation_free(next);
}

/* at: 0 before the dump, 1 while it is written, 2 after it. */
static void
set_around_a_dump(void **state)
{
	struct generation	*g, *live;
	int			 at;

	for (at = 0; at < 3; at++) {
		(void)reset(state);
		error = -NOON;
		g = begin();
		pass(HOUR);
		if (at == 0)
			set_clock(g, 0);
		live = freeze(g);
		assert_int_equal(g->end_ns - g->begin_ns, HOUR);
		assert_int_equal(g->end_ns, truth + error);
		pass(S);
		if (at == 1)
			set_clock(live, 0);
		generation_join(g, live);
		generation_free(live);
		pass(HOUR);
		if (at == 2)
			set_clock(g, 0);
		generation_end(g);
		assert_times(g, NOON, NOON + 2 * HOUR + S);
		assert_int_equal(g->duration_ns, 2 * HOUR + S);
		assert_jumps(g, 1, NOON, 0);
		generation_free(g);
	}
}

/* ---- resumed in the same boot ---- */

static void
resumed(void **state)
{
	static const int64_t	wrong[] = { UNSET, -DAY, 0, DAY, YEAR };
	struct generation	*g;
	uint64_t		 boot_ns;
	size_t			 i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)reset(state);
		g = dump_at(wrong[i]);
		boot_ns = now_boot();
		pass(90 * S);
		error = 0;
		generation_resume(g, boot_ns);
		generation_begin(g);
		pass(HOUR);
		generation_end(g);
		assert_times(g, NOON - HOUR, NOON + HOUR + 90 * S);
		assert_int_equal(ledger(g, LEDGER_GAPS), 1);
		assert_int_equal(ledger(g, LEDGER_DOWN_NS), 90 * S);
		assert_int_equal(ledger(g, LEDGER_GAP_NS), 90 * S);
		assert_int_equal(ledger(g, LEDGER_CLOCK_JUMPS),
		    wrong[i] != 0);
		assert_int_equal(g->shifted_ns, 0);
		generation_free(g);
	}
}

/* The clock of 1970 is set only after the second start. */
static void
resumed_and_set_later(void **state)
{
	struct generation	*g;
	uint64_t		 boot_ns;

	(void)state;
	g = dump_at(UNSET);
	boot_ns = now_boot();
	pass(90 * S);
	generation_resume(g, boot_ns);
	generation_begin(g);
	pass(HOUR);
	set_clock(g, 0);
	generation_end(g);
	assert_times(g, NOON - HOUR, NOON + HOUR + 90 * S);
	assert_int_equal(ledger(g, LEDGER_DOWN_NS), 90 * S);
	assert_jumps(g, 1, -UNSET, 0);
	generation_free(g);
}

/* ---- resumed in another boot ---- */

/*
 * The clock is wrong by `dumped' when the dump is written, by `found' when it
 * is resumed ten minutes later, and right at last, if it is set.
 */
static const struct reboot {
	int64_t		dumped, found;
	bool		set;
	int64_t		begin, end;	/* of the block; noon is 0 */
	int64_t		gap;
	uint64_t	jumps;
	int64_t		forward, back;
} reboots[] = {
	{ 0, 0, false, -HOUR, HOUR + 600 * S, 600 * S, 0, 0, 0 },
	/* No clock of its own; an hour late; 20 days; ahead: set after it. */
	{ 0, -NOON - 600 * S, true, -HOUR, HOUR + 600 * S, 600 * S, 1,
	    NOON + 600 * S, 0 },
	{ 0, -HOUR, true, -HOUR, HOUR + 600 * S, 600 * S, 1, HOUR, 0 },
	{ 0, -20 * DAY, true, -HOUR, HOUR + 600 * S, 600 * S, 1, 20 * DAY, 0 },
	{ 0, 20 * DAY, true, -HOUR, HOUR + 600 * S, 600 * S, 1, 0, 20 * DAY },
	/* Not set before the save: time goes on from the dump. */
	{ 0, -NOON - 600 * S, false, -HOUR, HOUR, 0, 0, 0, 0 },
	{ 0, -HOUR, false, -HOUR, HOUR, 0, 0, 0, 0 },
	/* The dump's clock was wrong. */
	{ UNSET, 0, false, 600 * S - HOUR, HOUR + 600 * S, 0, 1,
	    -UNSET + 600 * S, 0 },
	{ YEAR, 0, false, 600 * S - HOUR, HOUR + 600 * S, 0, 1, 0,
	    YEAR - 600 * S },
	/* Both, until it is set. */
	{ UNSET, -NOON - 600 * S, true, 600 * S - HOUR, HOUR + 600 * S, 0, 2,
	    NOON + 600 * S - UNSET + 600 * S, 0 },
};

static void
resumed_after_reboot(void **state)
{
	const struct reboot	*r;
	struct generation	*g;

	for (r = reboots; r < reboots + sizeof(reboots) / sizeof(reboots[0]);
	    r++) {
		(void)reset(state);
		g = dump_at(r->dumped);
		reboot(600 * S);
		error = r->found;
		generation_resume(g, 0);
		generation_begin(g);
		pass(60 * S);
		if (r->set)
			set_clock(g, 0);
		pass(HOUR - 60 * S);
		generation_end(g);
		assert_times(g, NOON + r->begin, NOON + r->end);
		assert_int_equal(g->duration_ns, 2 * HOUR);
		assert_int_equal(ledger(g, LEDGER_GAPS), 1);
		assert_int_equal(ledger(g, LEDGER_DOWN_NS), r->gap);
		assert_int_equal(ledger(g, LEDGER_GAP_NS), r->gap);
		assert_jumps(g, r->jumps, r->forward, r->back);
		generation_free(g);
	}
}

/* A clock that is never set: no later block goes back before the dump. */
static void
never_set(void **state)
{
	struct generation	*g, *next, *last;

	(void)state;
	g = dump_at(0);
	reboot(600 * S);
	error = -truth + 20 * S;
	generation_resume(g, 0);
	generation_begin(g);
	pass(HOUR);
	next = freeze(g);
	pass(HOUR);
	last = freeze(next);
	pass(HOUR);
	assert_times(next, NOON + HOUR, NOON + 2 * HOUR);
	assert_int_equal(last->begin_ns, NOON + 2 * HOUR);
	/* Now it is. */
	set_clock(last, 0);
	generation_end(last);
	assert_times(last, NOON + 2 * HOUR + 600 * S, NOON + 3 * HOUR +
	    600 * S);
	assert_int_equal(ledger(last, LEDGER_GAP_NS), 0);
	assert_jumps(last, 1, truth - 3 * HOUR - 20 * S, 0);
	generation_free(g);
	generation_free(next);
	generation_free(last);
}

/* Resumed after a reboot, dumped again, and only then set. */
static void
dumped_again(void **state)
{
	struct generation	*g, *live;

	(void)state;
	g = dump_at(0);
	reboot(600 * S);
	error = -NOON - 600 * S;
	generation_resume(g, 0);
	generation_begin(g);
	pass(60 * S);
	live = freeze(g);
	assert_times(g, NOON - HOUR, NOON + 60 * S);
	assert_int_equal(g->end_boot_ns, 0);	/* nobody knows when */
	set_clock(live, 0);
	generation_join(g, live);
	generation_free(live);
	pass(60 * S);
	live = freeze(g);
	assert_times(g, NOON - HOUR, NOON + 720 * S);
	assert_int_equal(g->end_boot_ns, now_boot());
	assert_int_equal(ledger(g, LEDGER_DOWN_NS), 600 * S);
	generation_free(g);
	generation_free(live);
}

/* One of an older version, that began in 1970 and ended in 2026. */
static void
resumed_from_old(void **state)
{
	struct generation	*g;

	(void)state;
	g = dump_at(0);
	g->begin_ns = 20 * S;
	pass(600 * S);
	generation_resume(g, 0);
	generation_begin(g);
	generation_end(g);
	assert_times(g, NOON - HOUR, NOON + 600 * S);
	assert_int_equal(ledger(g, LEDGER_DOWN_NS), 600 * S);
	generation_free(g);
}

/* A dump that is all wrong makes a block that ends now. */
static void
resumed_from_nonsense(void **state)
{
	static const uint64_t	times[] = { 0, 1, INT64_MAX, UINT64_MAX - 1,
				    UINT64_MAX };
	struct generation	*g;
	size_t			 i, j, k;

	for (i = 0; i < 5; i++)
		for (j = 0; j < 5; j++)
			for (k = 0; k < 5; k++) {
				(void)reset(state);
				g = new();
				g->begin_ns = times[i];
				g->end_ns = times[j];
				g->duration_ns = times[k];
				generation_resume(g, 0);
				generation_begin(g);
				set_clock(g, -HOUR);
				generation_end(g);
				assert_int_equal(g->end_ns, NOON - HOUR);
				assert_true(g->begin_ns <= g->end_ns);
				generation_free(g);
			}
}

/* Saved as a block of its own: its times are those that it would have had. */
static void
left(void **state)
{
	static const struct {
		int64_t	dumped, found;
		bool	same_boot;
		int64_t	begin;
	} cases[] = {
		{ 0, 0, false, -HOUR }, { 0, 0, true, -HOUR },
		{ UNSET, 0, true, -HOUR }, { YEAR, 0, true, -HOUR },
		{ 0, -NOON, false, -HOUR }, { 0, -HOUR, false, -HOUR },
		{ UNSET, 0, false, 600 * S - HOUR },
		{ YEAR, 0, false, 600 * S - HOUR },
	};
	struct generation	*g;
	uint64_t		 boot_ns;
	size_t			 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)reset(state);
		g = dump_at(cases[i].dumped);
		boot_ns = now_boot();
		pass(600 * S);
		error = cases[i].found;
		generation_leave(g, cases[i].same_boot ? boot_ns : 0);
		assert_times(g, NOON + cases[i].begin,
		    NOON + cases[i].begin + HOUR);
		assert_int_equal(ledger(g, LEDGER_GAPS), 0);
		assert_int_equal(ledger(g, LEDGER_GAP_NS), 0);
		assert_int_equal(ledger(g, LEDGER_DOWN_NS), 0);
		generation_free(g);
	}
}

/* A capture has its own times, whatever the clock does while it is read. */
static void
captured(void **state)
{
	struct generation	*g = begin();

	(void)state;
	suspend(HOUR);
	error = DAY;
	generation_end(g);
	generation_cover(g, 1000 * S, 1010 * S);
	assert_times(g, 1000 * S, 1010 * S);
	assert_int_equal(g->duration_ns, 10 * S);
	assert_int_equal(ledger_used(&g->ledger), 0);
	generation_free(g);
}

/* ---- a random walk ---- */

static uint32_t	rng;

static int64_t
any(int64_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return ((int64_t)(rng % (uint64_t)below));
}

/* A process, its dump, and what really was. */
struct walk {
	struct generation *g, *dump;
	uint64_t	 dump_boot;
	int64_t		 begun, dump_begun, dump_end;	/* by the truth */
	int64_t		 net, start;	/* of the clock, by the ledgers */
	int64_t		 saved_end;
};

/* The block of g, from begun until then, is written. */
static void
walk_saved(struct walk *w, const struct generation *g, int64_t begun,
    int64_t end)
{
	assert_times(g, begun + error, end + error);
	assert_true(begun >= w->saved_end);
	assert_int_equal(g->end_ns - g->begin_ns,
	    g->duration_ns + ledger(g, LEDGER_GAP_NS));
	assert_int_equal(ledger(g, LEDGER_GAP_NS),
	    ledger(g, LEDGER_SUSPENDED_NS) + ledger(g, LEDGER_DOWN_NS));
	w->saved_end = end;
	w->net += (int64_t)(ledger(g, LEDGER_CLOCK_FORWARD_NS) -
	    ledger(g, LEDGER_CLOCK_BACK_NS));
	assert_int_equal(w->net, error - w->start);
}

static void
walk_drop_dump(struct walk *w)
{
	if (w->dump != NULL)
		generation_free(w->dump);
	w->dump = NULL;
}

static void
walk_save(struct walk *w)
{
	struct generation	*fresh = freeze(w->g);

	walk_saved(w, w->g, w->begun, truth);
	generation_free(w->g);
	walk_drop_dump(w);
	w->g = fresh;
	w->begun = truth;
}

static void
walk_some(struct walk *w)
{
	static const int64_t	wrong[] = { -YEAR, -DAY, -S, 0, 0, 2 * S,
				    HOUR, YEAR };

	switch (any(4)) {
	case 0:
		suspend(any(5 * HOUR / S) * S + S);
		break;
	case 1:
		error = wrong[any(8)];
		break;
	default:
		pass(any(1000000) * (S / 300));
	}
	if (w->g != NULL && any(2) == 0)
		(void)generation_watch(w->g);
}

/* What comes while the dump is written is joined with it. */
static void
walk_dump(struct walk *w)
{
	struct generation	*fresh = freeze(w->g), *g = w->g;

	walk_drop_dump(w);
	w->dump = read_dump(g);
	w->dump_boot = g->end_boot_ns;
	w->dump_begun = w->begun;
	w->dump_end = truth;
	w->g = fresh;
	walk_some(w);
	generation_join(g, fresh);
	generation_free(fresh);
	w->g = g;
}

/* What was counted since the dump is lost, also jumps if there is none. */
static void
walk_kill(struct walk *w, bool resume)
{
	bool	had_dump = w->dump != NULL;

	generation_free(w->g);
	w->g = NULL;
	walk_some(w);
	if (had_dump && resume) {
		w->g = w->dump;
		w->begun = w->dump_begun;
		w->dump = NULL;
		generation_resume(w->g, w->dump_boot);
		generation_begin(w->g);
		walk_dump(w);	/* the file is still there */
		return;
	}
	if (had_dump) {
		generation_leave(w->dump, w->dump_boot);
		walk_saved(w, w->dump, w->dump_begun, w->dump_end);
		walk_drop_dump(w);
	} else
		w->start = error - w->net;
	w->g = begin();
	w->begun = truth;
}

static void
walks(void **state)
{
	struct walk	w;
	int		seed, i;

	for (seed = 1; seed <= 200; seed++) {
		(void)reset(state);
		rng = (uint32_t)seed * 2654435761u;
		w = (struct walk){ .g = begin(), .begun = truth };
		for (i = 0; i < 200; i++)
			switch (any(10)) {
			case 0:
				walk_save(&w);
				break;
			case 1:
				walk_dump(&w);
				break;
			case 2:
				walk_kill(&w, any(2) == 0);
				break;
			default:
				walk_some(&w);
			}
		walk_save(&w);
		generation_free(w.g);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_setup(set_while_it_counts, reset),
		cmocka_unit_test_setup(set_unseen, reset),
		cmocka_unit_test_setup(forward_and_back, reset),
		cmocka_unit_test_setup(lost_and_found, reset),
		cmocka_unit_test_setup(slewed, reset),
		cmocka_unit_test_setup(stalled, reset),
		cmocka_unit_test_setup(suspended, reset),
		cmocka_unit_test_setup(save_before_it_is_set, reset),
		cmocka_unit_test_setup(set_at_the_freeze, reset),
		cmocka_unit_test_setup(set_around_a_dump, reset),
		cmocka_unit_test_setup(resumed, reset),
		cmocka_unit_test_setup(resumed_and_set_later, reset),
		cmocka_unit_test_setup(resumed_after_reboot, reset),
		cmocka_unit_test_setup(never_set, reset),
		cmocka_unit_test_setup(dumped_again, reset),
		cmocka_unit_test_setup(resumed_from_old, reset),
		cmocka_unit_test_setup(resumed_from_nonsense, reset),
		cmocka_unit_test_setup(left, reset),
		cmocka_unit_test_setup(captured, reset),
		cmocka_unit_test_setup(walks, reset),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
