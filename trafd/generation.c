/*
 * Generations of the account: creation, duration, joining.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "generation.h"

/* A shorter sleep is not noted. */
#define SUSPENDED_LEAST	(NS_PER_S / 2)

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
	free(g);
}

void
generation_resume(struct generation *g)
{
	uint64_t	wall = now_wall();

	g->ledger.v[LEDGER_GAPS]++;
	if (wall > g->end_ns) {	/* the clock may have been set back */
		g->ledger.v[LEDGER_GAP_NS] += wall - g->end_ns;
		g->ledger.v[LEDGER_DOWN_NS] += wall - g->end_ns;
	}
}

void
generation_begin(struct generation *g)
{
	g->begin_mono_ns = now_mono();
	g->begin_boot_ns = now_boot();
	if (g->begin_ns == 0)
		g->begin_ns = now_wall();
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

void
generation_end(struct generation *g)
{
	note_suspended(g);
	g->duration_ns += now_mono() - g->begin_mono_ns;
	g->begin_mono_ns = 0;
	g->end_ns = now_wall();
	/* The clock may have been set back; a block never ends before it
	 * begins. */
	if (g->end_ns < g->begin_ns)
		g->end_ns = g->begin_ns;
}

/* The packets may not be in the order of their times. */
void
generation_cover(struct generation *g, uint64_t first_ns, uint64_t last_ns)
{
	if (g->first_ns == 0)
		g->first_ns = first_ns;
	g->last_ns = last_ns;
	g->begin_ns = g->first_ns;
	g->end_ns = g->last_ns < g->begin_ns ? g->begin_ns : g->last_ns;
	g->duration_ns = g->end_ns - g->begin_ns;
}

void
generation_join(struct generation *earlier, const struct generation *later)
{
	table_take_local(earlier->table, later->table);
	ledger_add(&earlier->ledger, &later->ledger);
	senders_add(earlier->senders, later->senders);
	if (later->epoch > earlier->epoch)
		earlier->epoch = later->epoch;
	earlier->begin_mono_ns = later->begin_mono_ns;
	earlier->begin_boot_ns = later->begin_boot_ns;
	earlier->duration_ns += later->duration_ns;
	earlier->end_ns = later->end_ns;
}
