/*
 * Makes the rows of a table from its groups: columns, sums, and the limit of
 * --top.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/plural.h"
#include "tally_making.h"

/* A key has at most 3 columns. */
#define COLUMNS_MAX	(3 * QUESTION_KEYS_MAX + MEASURES + 1)

#define MEASURE(name, title, type, minor)				\
	{ name, title, type, CALENDAR_INSTANT, false, minor }

/* The names of the last three depend on the percentile. */
static const struct result_column measures[MEASURES] = {
	[IN] = MEASURE("in", "In", RESULT_OCTETS, false),
	[OUT] = MEASURE("out", "Out", RESULT_OCTETS, false),
	[BYTES] = MEASURE("bytes", "Bytes", RESULT_OCTETS, false),
	[DATA] = MEASURE("data", "Data", RESULT_OCTETS, true),
	[PACKETS] = MEASURE("packets", "Packets", RESULT_PACKETS, false),
	[RATE] = MEASURE("rate", "Rate", RESULT_RATE, true),
	[SHARE] = MEASURE("share", "Share", RESULT_SHARE, false),
	[P_IN] = MEASURE("_in", " in", RESULT_RATE, false),
	[P_OUT] = MEASURE("_out", " out", RESULT_RATE, false),
	[P_BOTH] = MEASURE("", "", RESULT_RATE, false),
};

/* The last column, if it is wanted. */
static const struct result_column estimate =
    MEASURE("estimate", "Estimate", RESULT_OCTETS, false);

/* Millionths, rounded down. */
static uint64_t
share_of(uint64_t part, uint64_t all)
{
	if (all == 0)
		return (0);
	return (part <= UINT64_MAX / 1000000 ? part * 1000000 / all :
	    part / (all / 1000000));
}

/* ---- columns ---- */

/* `p95_in' for programs, `P95 in' for people. */
static int
name_percentile(const struct making *m, struct result_column *c)
{
	char	p[QUESTION_PERCENTILE_LEN], name[32], title[32], *dot;

	(void)snprintf(name, sizeof(name), "%s%s",
	    question_percentile(m->tally->q, p), c->name);
	p[0] = 'P';
	if ((dot = strchr(p, '_')) != NULL)
		*dot = '.';
	(void)snprintf(title, sizeof(title), "%s%s", p, c->title);
	c->name = result_text(m->result, name);
	c->title = result_text(m->result, title);
	return (c->name == NULL || c->title == NULL ? -1 : 0);
}

static int
add_columns(struct making *m)
{
	const struct question_table	*asked = m->from->asked;
	struct result_column		 c[COLUMNS_MAX];
	const struct key_ops		*ops;
	size_t				 i, n = 0;

	for (i = 0; i < asked->nkeys; i++) {
		ops = asked->key[i].ops;
		memcpy(c + n, ops->columns, ops->ncolumns * sizeof(*c));
		n += ops->ncolumns;
	}
	m->nkeys = n;
	m->nmeasures = m->tally->q->permille > 0 ? MEASURES : P_IN;
	memcpy(c + n, measures, m->nmeasures * sizeof(*c));
	for (i = P_IN; i < m->nmeasures; i++)
		if (name_percentile(m, &c[n + i]) == -1)
			return (-1);
	if (tally_estimates(m)) {
		m->estimate = n + m->nmeasures;
		c[m->estimate] = estimate;
	}
	/* For a table by time alone, the rate is important. */
	if (!m->from->per_row)
		c[n + RATE].minor = false;
	m->to = result_table_add(m->result, asked->name, asked->title, c,
	    n + m->nmeasures + (m->estimate > 0));
	return (m->to == NULL ? -1 : 0);
}

/* ---- rows ---- */

static int
set_percentiles(const struct making *m, const struct sampling *s,
    const struct group *g, const struct period *p, union result_value *v)
{
	struct percentile	pc;

	if (m->nmeasures != MEASURES)
		return (0);
	if (sampling_percentile(s, g, p, m->tally->q->permille, &pc) == -1)
		return (-1);
	v[P_IN].number = pc.in;
	v[P_OUT].number = pc.out;
	v[P_BOTH].number = pc.rate;
	return (0);
}

/* The shares of a column add up to 1, also where rows count each byte twice. */
static void
set_measures(const struct tally_count *c, uint64_t whole,
    uint64_t duration_ns, union result_value *v)
{
	v[IN].number = c->in;
	v[OUT].number = c->out;
	v[BYTES].number = c->octets;
	v[DATA].number = c->data;
	v[PACKETS].number = c->packets;
	v[RATE].number = tally_rate(c->octets, duration_ns);
	v[SHARE].number = share_of(c->octets, whole);
}

static int
set_keys(const struct making *m, const struct group *g,
    union result_value *v)
{
	const struct question_table	*asked = m->from->asked;
	const uint8_t			*key = groups_key(m->from->groups, g);
	size_t				 i;

	for (i = 0; i < asked->nkeys; i++) {
		if (asked->key[i].ops->show(&asked->key[i],
		    key + m->from->offset[i], m->names, m->result, v) == -1)
			return (-1);
		v += asked->key[i].ops->ncolumns;
	}
	return (0);
}

static int
add_entry(struct making *m, const struct entry *e)
{
	union result_value	*row = result_row_add(m->to);

	if (row == NULL || set_keys(m, e->group, row) == -1)
		return (-1);
	set_measures(&e->group->count, m->sum[e->remote].octets,
	    e->period->duration_ns, row + m->nkeys);
	tally_set_estimate(m, e->group->count.octets, e->period, row);
	return (set_percentiles(m, m->sampling, e->group, e->period,
	    row + m->nkeys));
}

/* Percentiles cannot be added: those of sums are unknown. */
static union result_value *
sum_row(struct making *m, const struct tally_count *c, uint64_t whole)
{
	union result_value	*v = result_row_sum(m->result, m->to);
	size_t			 i;

	if (v == NULL)
		return (NULL);
	set_measures(c, whole, m->tally->duration_ns, v + m->nkeys);
	for (i = P_IN; i < m->nmeasures; i++)
		v[m->nkeys + i].number = RESULT_UNKNOWN;
	tally_set_estimate(m, c->octets, &m->tally->whole, v);
	return (v);
}

static int
set_parts(struct making *m)
{
	struct result_part	*p;
	size_t			 i;

	for (i = 0; i < 2; i++) {
		p = &m->to->part[i];
		p->sum = sum_row(m, &m->sum[i], m->sum[i].octets);
		if (p->sum == NULL || (p->cut > 0 && (p->rest = sum_row(m,
		    &m->cut[i], m->sum[i].octets)) == NULL))
			return (-1);
	}
	return (0);
}

/* The same of a table of local devices. */
static int
note_local(struct making *m)
{
	const struct tally_table	*t = m->from;
	char				 n[DIGITS_GROUPED_LEN];

	if (t->twice > 0 && result_note_add(m->result, "%s byte%s "
	    "passed between two rows and %s for both",
	    digits_grouped(t->twice, n), plural(t->twice),
	    plural_of(t->twice, "counts", "count")) == -1)
		return (-1);
	return (t->none == 0 ? 0 : result_note_add(m->result, "%s byte%s of "
	    "the total %s in no row: neither end is local",
	    digits_grouped(t->none, n), plural(t->none),
	    plural_of(t->none, "is", "are")));
}

/* People expect rows to add up to the total: say why these do not. */
static int
note_sides(struct making *m)
{
	uint64_t	all = m->tally->total.count.octets, both;
	char		n[DIGITS_GROUPED_LEN];

	if (!m->tally->q->apart || !m->from->sided ||
	    m->from != m->tally->table)
		return (0);
	if (m->from->local)
		return (note_local(m));
	if (!m->divided)
		return (m->sum[0].octets == all ? 0 : result_note_add(
		    m->result, "each byte counts for both of its ends: the "
		    "rows add up to more than the total"));
	if (m->sum[0].octets <= all)
		return (0);
	both = m->sum[0].octets - all;
	return (result_note_add(m->result, "%s byte%s passed between two "
	    "local hosts and %s for both", digits_grouped(both, n),
	    plural(both), plural_of(both, "counts", "count")));
}

/* What was left out: of a table, or of each part of it. */
static int
set_rest(struct making *m)
{
	if (m->divided)
		return (set_parts(m));
	m->to->cut = m->to->part[0].cut;
	if (m->to->cut == 0)
		return (0);
	m->to->rest = sum_row(m, &m->cut[0], m->sum[0].octets);
	return (m->to->rest == NULL ? -1 : 0);
}

static int
set_total(struct making *m)
{
	const struct tally	*t = m->tally;
	struct sampling		*s = NULL;
	union result_value	*v;
	int			 rc;

	if (t->q->permille > 0 && (s = sampling_new(t, NULL)) == NULL)
		return (-1);
	m->to->total = v = result_row_sum(m->result, m->to);
	rc = v == NULL ? -1 : set_percentiles(m, s, &t->total, &t->whole,
	    v + m->nkeys);
	if (rc == 0) {
		set_measures(&t->total.count, t->total.count.octets,
		    t->duration_ns, v + m->nkeys);
		tally_set_estimate(m, t->total.count.octets, &t->whole, v);
	}
	sampling_free(s);
	return (rc);
}

/* ---- order ---- */

static void
choose_order(struct making *m)
{
	const struct question_table	*asked = m->from->asked;
	const char			*sort = asked->sort;
	size_t				 i;

	m->sort = BYTES;
	m->by_period = m->from->time_width > 0 && (m->from->per_row ||
	    (sort == NULL && asked->top == 0));
	for (i = 0; sort != NULL && i < asked->nkeys; i++)
		if (strcmp(asked->key[i].ops->name, sort) == 0) {
			m->sort_offset = m->from->offset[i];
			m->sort_width = asked->key[i].ops->width;
		}
	for (i = 0; sort != NULL && i < m->nmeasures; i++)
		if (strcmp(m->to->column[m->nkeys + i].name, sort) == 0)
			m->sort = (enum measure)i;
	m->to->measure = m->nkeys + m->sort;
}

/* Set the number by which a group is sorted. */
static int
set_value(struct making *m, struct entry *e)
{
	union result_value	v[MEASURES];

	set_measures(&e->group->count, m->sum[e->remote].octets,
	    e->period->duration_ns, v);
	if (m->sort >= P_IN && set_percentiles(m, m->sampling, e->group,
	    e->period, v) == -1)
		return (-1);
	e->value = v[m->sort].number;
	return (0);
}

/* Whose part is each group, and what do the parts add up to? */
static void
divide(struct making *m, struct entry *e, size_t n)
{
	const struct tally_table	*t = m->from;
	size_t				 i;

	memcpy(m->sum, t->rest, sizeof(m->sum));
	for (i = 0; i < n; i++) {
		e[i].group = groups_at(t->groups, i);
		e[i].remote = m->divided && tally_is_remote(m->tally,
		    groups_key(t->groups, e[i].group));
		tally_count_add(&m->sum[e[i].remote], &e[i].group->count);
	}
	if (m->divided)
		return;
	/* The tally may have been divided by what was local before. */
	tally_count_add(&m->sum[0], &t->rest[1]);
}

static int
fill_entries(struct making *m, struct entry *e, size_t n)
{
	const struct tally_table	*t = m->from;
	uint8_t				 octets[TALLY_WIDTH_MAX];
	size_t				 i;

	divide(m, e, n);
	for (i = 0; i < n; i++) {
		e[i].m = m;
		tally_time_octets(t, groups_key(t->groups, e[i].group),
		    octets);
		e[i].period = groups_get(t->periods, octets);
		if (e[i].period == NULL || set_value(m, &e[i]) == -1)
			return (-1);
	}
	return (tally_order(m, e, n));
}

static void
cut_off(struct making *m, bool remote, uint64_t groups,
    const struct tally_count *c)
{
	m->to->part[remote].cut += groups;
	tally_count_add(&m->cut[remote], c);
}

/*
 * Keep `top' rows, of each period if sorted by period, of each part if
 * divided, and sum up the rest.  Returns how many are kept.
 */
static size_t
cut_rows(struct making *m, struct entry *e, size_t n)
{
	uint64_t		 top = m->from->asked->top, used = 0;
	const struct period	*period = NULL;
	bool			 remote = false;
	size_t			 i, kept = 0;

	for (i = 0; i < n; i++) {
		if ((m->by_period && e[i].period != period) ||
		    e[i].remote != remote)
			used = 0;
		period = e[i].period;
		remote = e[i].remote;
		if (top != 0 && used++ >= top) {
			cut_off(m, remote, 1, &e[i].group->count);
			continue;
		}
		e[kept++] = e[i];
		m->to->nlocal += m->divided && !remote;
	}
	return (kept);
}

/* Resolve all names at once; if memory is short, each one when it is shown. */
static void
resolve_names(const struct making *m, const struct entry *e, size_t n)
{
	const struct question_table	*asked = m->from->asked;
	struct names_host		*list;
	size_t				 i, k, h, used = 0, each = 0;

	for (k = 0; k < asked->nkeys; k++)
		each += asked->key[k].ops->hosts;
	if (each == 0 ||
	    (list = reallocarray(NULL, n * each + 1, sizeof(*list))) == NULL)
		return;
	for (i = 0; i < n; i++)
		for (k = 0; k < asked->nkeys; k++)
			for (h = 0; h < asked->key[k].ops->hosts; h++)
				key_host(groups_key(m->from->groups,
				    e[i].group) + m->from->offset[k], h,
				    &list[used++]);
	names_resolve(m->names, list, used);
	free(list);
}

static int
add_rows(struct making *m, struct entry *e, size_t n)
{
	size_t	i;

	for (i = 0; i < 2; i++)
		cut_off(m, m->divided && i == 1, m->from->cut[i],
		    &m->from->rest[i]);
	n = cut_rows(m, e, n);
	resolve_names(m, e, n);
	for (i = 0; i < n; i++)
		if (add_entry(m, &e[i]) == -1)
			return (-1);
	return (note_sides(m) == -1 || tally_note_estimate(m) == -1 ? -1 :
	    set_rest(m));
}

static int
make_rows(struct making *m)
{
	size_t		 n = groups_count(m->from->groups);
	struct entry	*e = calloc(n + 1, sizeof(*e));
	int		 rc = -1;

	if (e != NULL && fill_entries(m, e, n) == 0)
		rc = add_rows(m, e, n);
	free(e);
	return (rc);
}

int
tally_make_table(const struct tally *t, const struct tally_table *from,
    struct result *r, struct names *names)
{
	struct making	m = { 0 };
	int		rc;

	m.tally = t;
	m.from = from;
	m.result = r;
	m.names = names;
	if (t->q->permille > 0 &&
	    (m.sampling = sampling_new(t, from->of_block)) == NULL)
		return (-1);
	if ((rc = add_columns(&m)) == 0) {
		choose_order(&m);
		m.to->top = from->asked->top;
		m.divided = m.to->divided = tally_divides(t, from->asked);
		rc = make_rows(&m);
	}
	if (rc == 0 && from->asked->nkeys > 0)
		rc = set_total(&m);
	sampling_free(m.sampling);
	return (rc);
}
