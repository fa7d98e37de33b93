/*
 * Generations of the account: creation, duration, joining.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "generation.h"

/* A shorter sleep is not noted. */
#define SUSPENDED_LEAST	(NS_PER_S / 2)

/*
 * A clock that a file restores at boot is late by hours.  If a dump ends later
 * than now by less than this, the clock of now is the wrong one.
 */
#define LATE_MOST	((int64_t)(NS_PER_S * 24 * 3600))

/* In the year 2116; differences of such times fit. */
#define TIME_MOST	((uint64_t)INT64_MAX / 2)

struct generation *
generation_new(uint64_t epoch, size_t max_flows, const struct nets *local,
    enum flow_ports ports)
{
	struct generation	*g;

	if ((g = calloc(1, sizeof(*g))) == NULL)
		return (NULL);
	if ((g->table = table_new(max_flows, local)) == NULL ||
	    (g->senders = senders_new()) == NULL) {
		generation_free(g);
		return (NULL);
	}
	if (ports == FLOW_PORTS_SERVICE)
		table_without_clients(g->table);
	g->epoch = g->epoch_first = epoch;
	return (g);
}

void
generation_free(struct generation *g)
{
	if (g == NULL)
		return;
	table_free(g->table);
	senders_free(g->senders);
	owners_free(g->owners);
	free(g);
}

int
generation_add_owners(struct generation *g, const struct owners *from)
{
	uint16_t	map[OWNERS_MAP];

	if (from == NULL)
		return (0);
	if (g->owners == NULL) {
		g->owners = owners_copy(from);
		return (g->owners == NULL ? -1 : 0);
	}
	(void)owners_join_interfaces(g->owners, from, map);
	return (owners_add_all(g->owners, from) == -1 ? -1 : 0);
}

/* ---- the wall clock ---- */

/* by is 1, or -1 to take it back. */
static void
count_jump(struct ledger *l, int64_t shift, int64_t by)
{
	if (shift > -CLOCK_JUMP_NS && shift < CLOCK_JUMP_NS)
		return;
	l->v[LEDGER_CLOCK_JUMPS] += (uint64_t)by;
	if (shift > 0)
		l->v[LEDGER_CLOCK_FORWARD_NS] += (uint64_t)(by * shift);
	else
		l->v[LEDGER_CLOCK_BACK_NS] += (uint64_t)(by * -shift);
}

/* Replace what the ledger has of the time before the generation was resumed. */
static void
set_gap(struct generation *g, uint64_t gap)
{
	g->ledger.v[LEDGER_GAP_NS] += gap - g->gap_ns;
	g->ledger.v[LEDGER_DOWN_NS] += gap - g->gap_ns;
	g->gap_ns = gap;
}

/*
 * Only the dump's own words and the clock of now say when the dump was.  A
 * clock that was not set yet, or is behind by some hours, is put right soon:
 * until then the dump is right.  Otherwise the clock of now is: the dump ended
 * when it was resumed, at the latest.
 */
static void
settle(struct generation *g)
{
	struct dump_times	*d = &g->dump;
	int64_t			 late = (int64_t)d->end_ns - g->own_ns;
	int64_t			 jump = 0;
	bool			 is_set = g->own_ns > 0 &&
				    clock_is_set((uint64_t)g->own_ns);

	g->begin_ns = g->own_ns < 0 ? 0 : (uint64_t)g->own_ns;
	g->late_ns = 0;
	if (!d->known)
		return;
	if (late > 0 && (!is_set || late < LATE_MOST))
		g->late_ns = late;
	else if (d->is_bound)
		return;
	else if (late > 0 || (is_set && !clock_is_set(d->end_ns)))
		jump = -late;
	g->begin_ns = clock_shifted(d->begin_ns, jump);
	count_jump(&g->ledger, d->jump_ns, -1);
	count_jump(&g->ledger, jump, 1);
	d->jump_ns = jump;
	if (!d->is_bound)
		set_gap(g, late < 0 && jump == 0 ? (uint64_t)-late : 0);
}

static void
shift(struct generation *g, int64_t by)
{
	g->own_ns += by;
	g->shifted_ns += by;
	settle(g);
}

int64_t
generation_watch(struct generation *g)
{
	int64_t	by = clock_watch_look(&g->watch);

	count_jump(&g->ledger, by, 1);
	if (by != 0)
		shift(g, by);
	return (by);
}

/* ---- begin and end ---- */

/*
 * A block of an older version may begin in 1970 and end now, because the clock
 * was set while it lasted.  Times of a file are not trusted.
 */
static void
correct_times(struct generation *g)
{
	if (g->end_ns > TIME_MOST)
		g->end_ns = TIME_MOST;
	if (g->begin_ns > g->end_ns ||
	    (clock_is_set(g->end_ns) && !clock_is_set(g->begin_ns)))
		g->begin_ns = g->end_ns - (g->duration_ns < g->end_ns ?
		    g->duration_ns : g->end_ns);
}

void
generation_resume(struct generation *g, uint64_t boot_ns)
{
	uint64_t	boot = now_boot();

	g->ledger.v[LEDGER_GAPS]++;
	correct_times(g);
	clock_watch_start(&g->watch);
	if (boot_ns != 0 && boot_ns <= boot) {
		set_gap(g, boot - boot_ns);
		g->own_ns = (int64_t)g->begin_ns;
		g->watch.offset_ns = (int64_t)(g->end_ns - boot_ns);
		(void)generation_watch(g);
	} else {
		g->dump = (struct dump_times){ .known = true,
		    .begin_ns = g->begin_ns, .end_ns = g->end_ns };
		g->own_ns = (int64_t)now_wall();
		settle(g);
	}
}

void
generation_leave(struct generation *g, uint64_t boot_ns)
{
	uint64_t	span;

	correct_times(g);
	span = g->end_ns - g->begin_ns;
	generation_resume(g, boot_ns);
	g->ledger.v[LEDGER_GAPS]--;
	set_gap(g, 0);
	g->end_ns = g->begin_ns + span;
}

void
generation_begin(struct generation *g)
{
	g->begin_mono_ns = now_mono();
	g->begin_boot_ns = now_boot();
	g->shifted_ns = 0;
	if (g->begin_ns != 0 && g->first_ns == 0)	/* of a dump */
		return;
	clock_watch_start(&g->watch);
	g->own_ns = (int64_t)now_wall();
	settle(g);
}

/* Nothing passes while the machine sleeps, but the block covers that time. */
static void
note_suspended(struct generation *g)
{
	uint64_t	passed = now_boot() - g->begin_boot_ns;
	uint64_t	awake = now_mono() - g->begin_mono_ns;

	/* The two clocks are not read at the same moment. */
	if (passed < awake + SUSPENDED_LEAST)
		return;
	g->ledger.v[LEDGER_GAPS]++;
	g->ledger.v[LEDGER_GAP_NS] += passed - awake;
	g->ledger.v[LEDGER_SUSPENDED_NS] += passed - awake;
}

/*
 * The end is read from the clock that is watched, so that what follows begins
 * there, whenever the wall clock was set.
 */
void
generation_end(struct generation *g)
{
	note_suspended(g);
	(void)generation_watch(g);
	g->duration_ns += now_mono() - g->begin_mono_ns;
	g->begin_mono_ns = 0;
	g->end_boot_ns = now_boot();
	g->end_ns = g->end_boot_ns +
	    (uint64_t)(g->watch.offset_ns + g->late_ns);
	if (g->late_ns != 0)
		g->end_boot_ns = 0;
	/* Changes too small to be noticed; a block that lasted no longer. */
	if (g->end_ns < g->begin_ns)
		g->end_ns = g->begin_ns;
}

void
generation_follow(struct generation *g, const struct generation *before)
{
	g->begin_mono_ns = now_mono();
	g->begin_boot_ns = now_boot();
	g->watch = before->watch;
	g->shifted_ns = before->shifted_ns;
	g->own_ns = (int64_t)before->end_ns - before->late_ns;
	if (before->late_ns != 0)
		g->dump = (struct dump_times){ .known = true,
		    .is_bound = true, .begin_ns = before->end_ns,
		    .end_ns = before->end_ns };
	settle(g);
}

/*
 * No clock here knows anything of these times.  The packets may not be in the
 * order of their times.
 */
void
generation_cover(struct generation *g, uint64_t first_ns, uint64_t last_ns)
{
	static const enum ledger_entry	entries[] = { LEDGER_GAPS,
	    LEDGER_GAP_NS, LEDGER_SUSPENDED_NS, LEDGER_CLOCK_JUMPS,
	    LEDGER_CLOCK_FORWARD_NS, LEDGER_CLOCK_BACK_NS };
	size_t				i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		g->ledger.v[entries[i]] = 0;
	if (g->first_ns == 0)
		g->first_ns = first_ns;
	g->last_ns = last_ns;
	g->begin_ns = g->first_ns;
	g->end_ns = g->last_ns < g->begin_ns ? g->begin_ns : g->last_ns;
	g->end_boot_ns = 0;
	g->duration_ns = g->end_ns - g->begin_ns;
}

void
generation_join(struct generation *earlier, const struct generation *later)
{
	table_take_local(earlier->table, later->table);
	ledger_add(&earlier->ledger, &later->ledger);
	senders_add(earlier->senders, later->senders);
	/* Without memory some rows have no name: all are counted. */
	(void)generation_add_owners(earlier, later->owners);
	if (later->epoch > earlier->epoch)
		earlier->epoch = later->epoch;
	earlier->begin_mono_ns = later->begin_mono_ns;
	earlier->begin_boot_ns = later->begin_boot_ns;
	earlier->duration_ns += later->duration_ns;
	earlier->end_ns = later->end_ns;
	earlier->watch = later->watch;
	shift(earlier, later->shifted_ns - earlier->shifted_ns);
}
