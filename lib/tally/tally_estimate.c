/*
 * Estimates of running periods: of the period of the question or, in a table
 * by time, of the period of a row.
 */
#include "tally_making.h"

/* A table of charts has none: they do not draw it. */
bool
tally_estimates(const struct making *m)
{
	return (m->tally->q->estimate && (m->from == m->tally->table ||
	    m->from->time_width == 0));
}

/* Narrow the period to that of a time in a row; false: it has no end. */
static bool
narrow(struct pace *p, const struct result_column *c, uint64_t ns)
{
	struct calendar_period	period;

	if (c->grain == CALENDAR_INSTANT)
		return (false);
	calendar_period(c->grain, ns, &period);
	if (period.begin_ns > p->begin_ns)
		p->begin_ns = period.begin_ns;
	if (period.end_ns < p->end_ns)
		p->end_ns = period.end_ns;
	return (true);
}

/* The period of a row; false: it is not running, or has no end. */
static bool
period_of(const struct making *m, const union result_value *row,
    struct pace *p)
{
	const struct question		*q = m->tally->q;
	const struct result_column	*c = m->to->column;
	size_t				 i;

	p->begin_ns = q->since_ns;
	p->end_ns = q->estimate_ns;
	for (i = 0; i < m->nkeys; i++)
		if (c[i].type == RESULT_TIME && !narrow(p, &c[i],
		    row[i].number))
			return (false);
	return (p->end_ns != UINT64_MAX && q->now_ns >= p->begin_ns &&
	    q->now_ns < p->end_ns);
}

/* The times of blocks of the same time would add up to too much. */
static bool
is_whole(const struct tally *t)
{
	return (!(t->several && t->overlap) && !t->interrupted);
}

void
tally_set_estimate(struct making *m, uint64_t octets,
    const struct period *period, union result_value *row)
{
	struct pace	p = { .octets = octets,
			    .accounted_ns = period->accounted_ns };
	bool		sum = period == &m->tally->whole;

	if (m->estimate == 0)
		return;
	row[m->estimate].number = RESULT_UNKNOWN;
	if (!is_whole(m->tally) || (sum && m->from->time_width > 0) ||
	    !period_of(m, row, &p))
		return;
	row[m->estimate].number = pace_estimate(&p);
	if (m->from->time_width > 0 && !pace_is_enough(&p)) {
		m->scarce = true;
		m->result->pace = p;	/* for tally_note_estimate() */
	}
}

/* The estimate of all rows; one by time has none. */
static void
set_all(struct making *m)
{
	const struct tally	*t = m->tally;
	struct result		*r = m->result;

	r->pace.octets = t->total.count.octets;
	r->pace.accounted_ns = t->whole.accounted_ns;
	r->pace.begin_ns = t->q->since_ns;
	r->pace.end_ns = t->q->estimate_ns;
	r->estimate = pace_estimate(&r->pace);
	r->now_ns = t->q->now_ns;
	m->scarce = r->estimate == RESULT_UNKNOWN;
}

/* Told once, not in each table. */
int
tally_note_estimate(struct making *m)
{
	const struct tally	*t = m->tally;
	struct result		*r = m->result;
	char			 share[PACE_LEN];

	if (m->estimate == 0 || m->from != t->table)
		return (0);
	if (!is_whole(t))
		return (result_note_add(r, "no estimate: %s", t->interrupted ?
		    "only part of the data was read" : "blocks of several "
		    "interfaces or hosts are of the same time"));
	if (m->from->time_width == 0)
		set_all(m);
	if (!m->scarce)
		return (0);
	(void)pace_share(&r->pace, share);
	r->pace.end_ns = 0;
	return (result_note_add(r, "no estimate yet: %s; at least %d%% is "
	    "needed", share, PACE_LEAST_PERCENT));
}
