/*
 * Counting: each row is matched, given a direction, and added to its group
 * in every table.  Rows come sorted by source, so the group of the row before
 * is tried first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packet/nets.h"
#include "query/where.h"
#include "owner_book.h"
#include "tally_impl.h"

/* ---- life ---- */

static int
table_begin(struct tally_table *t, const struct question_table *asked,
    bool percentile)
{
	size_t	i, width;

	t->asked = asked;
	t->ports_only = true;
	for (i = 0; i < asked->nkeys; i++) {
		width = asked->key[i].ops->width;
		t->offset[i] = t->width;
		t->width += width;
		if (key_is_time(&asked->key[i]))
			t->time_width += width;
		else
			t->per_row = true;
		if (asked->key[i].ops->sided) {
			t->sided = true;
			if (strcmp(asked->key[i].ops->name, "port") != 0)
				t->ports_only = false;
		}
		if (asked->key[i].ops->local)
			t->local = true;
	}
	t->groups = groups_new(t->width, percentile ? sizeof(struct group) :
	    sizeof(struct tally_count));
	t->periods = groups_new(t->time_width, sizeof(struct period));
	if (t->groups == NULL || t->periods == NULL)
		return (-1);
	/* Without keys there is one row, even where nothing was counted. */
	return (asked->nkeys == 0 && groups_get(t->groups, t->key[0]) ==
	    NULL ? -1 : 0);
}

struct tally *
tally_new(const struct question *q)
{
	struct tally	*t;
	size_t		 i;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return (NULL);
	t->q = q;
	for (i = 0; i < q->ntables; i++)
		if (table_begin(&t->table[i], &q->table[i],
		    q->permille > 0) == -1) {
			tally_free(t);
			errno = ENOMEM;
			return (NULL);
		}
	return (t);
}

static void
table_free(struct tally_table *t, bool percentile)
{
	size_t	i;

	for (i = 0; percentile && t->groups != NULL &&
	    i < groups_count(t->groups); i++)
		free(((struct group *)groups_at(t->groups, i))->samples.list);
	groups_free(t->groups);
	groups_free(t->periods);
	free(t->of_block);
}

void
tally_free(struct tally *t)
{
	size_t	i;

	if (t == NULL)
		return;
	for (i = 0; i < t->q->ntables; i++)
		table_free(&t->table[i], t->q->permille > 0);
	nets_free(t->recorded);
	free(t->total.samples.list);
	free(t->spans);
	free(t->holes);
	free(t);
}

/* ---- rows ---- */

static int
add_sample(struct tally *t, struct samples *s, const struct tally_count *c)
{
	struct sample	*list, *at;

	if (s->n == 0 || s->list[s->n - 1].block != t->nblocks - 1) {
		list = tally_grow(s->list, s->n, sizeof(*list));
		if (list == NULL)
			return (-1);
		s->list = list;
		memset(&list[s->n], 0, sizeof(*list));
		list[s->n++].block = t->nblocks - 1;
	}
	at = &s->list[s->n - 1];
	at->octets += c->octets;
	at->in += c->in;
	at->out += c->out;
	return (0);
}

uint64_t
tally_rate(uint64_t octets, uint64_t duration_ns)
{
	if (duration_ns == 0)
		return (RESULT_UNKNOWN);
	return ((uint64_t)((double)octets * 8e9 / (double)duration_ns + 0.5));
}

static int
add_count(struct tally *t, struct group *g, const struct tally_count *c)
{
	tally_count_add(&g->count, c);
	return (t->q->permille == 0 ? 0 : add_sample(t, &g->samples, c));
}

/* The group of the key at hand of one side. */
static struct group *
group_of(struct tally_table *t, int side)
{
	struct group	*g = t->last[side];

	if (g != NULL && memcmp(groups_key(t->groups, g), t->key[side],
	    t->width) == 0)
		return (g);
	g = groups_get(t->groups, t->key[side]);
	t->last[side] = g;
	return (g);
}

static void
make_key(struct tally_table *t, const struct flow_key *f, int side)
{
	const struct key	*k = t->asked->key, *end = k + t->asked->nkeys;
	const size_t		*offset = t->offset;

	for (; k < end; k++, offset++)
		if (k->ops->row != NULL)
			k->ops->row(k, f, side == 1, t->key[side] + *offset);
}

static int
add_group(struct tally *t, struct tally_table *table, int side,
    const struct tally_count *c)
{
	struct group	*g = group_of(table, side);

	return (g == NULL ? -1 : add_count(t, g, c));
}

/* Has that side of a row a group? */
static bool
has_group(const struct tally *t, const struct tally_table *table,
    const struct flow_key *k, int side)
{
	const uint8_t	*addr = side == 1 ? k->dst : k->src;
	bool		 known = k->family != FLOW_FAMILY_NONE &&
			    (k->flags & (side == 1 ? FLOW_NO_DST :
			    FLOW_NO_SRC)) == 0;

	if (known && !table->ports_only && owner_is(addr))
		return (false);
	return (!table->local ||
	    (known && nets_contains(t->local, k->family, addr)));
}

/* Count a row for one of its sides. */
static int
add_side(struct tally *t, struct tally_table *table, const struct flow *f,
    int side)
{
	struct tally_count	c = { f->count.ip, f->count.data,
				    f->count.packets, 0, 0 };

	c.in = side == 1 ? f->count.ip : 0;
	c.out = side == 0 ? f->count.ip : 0;
	make_key(table, &f->key, side);
	return (add_group(t, table, side, &c));
}

/*
 * A row counts for its source, which sent it, and for its destination, which
 * received it; once if they are the same.
 */
static int
add_both(struct tally *t, struct tally_table *table, const struct flow *f)
{
	struct tally_count	c = { f->count.ip, f->count.data,
				    f->count.packets, 0, f->count.ip };
	bool			from = has_group(t, table, &f->key, 0);
	bool			to = has_group(t, table, &f->key, 1);

	if (!from && !to)
		table->none += f->count.ip;
	if (!from || !to)
		return (from || to ? add_side(t, table, f, to) : 0);
	make_key(table, &f->key, 0);
	make_key(table, &f->key, 1);
	if (memcmp(table->key[0], table->key[1], table->width) == 0) {
		c.in = f->count.ip;
		return (add_group(t, table, 0, &c));
	}
	table->twice += f->count.ip;
	if (add_group(t, table, 0, &c) == -1)
		return (-1);
	c.in = f->count.ip;
	c.out = 0;
	return (add_group(t, table, 1, &c));
}

/* An owner is local, whatever --local says. */
static enum flow_direction
direction_of(const struct tally *t, const struct flow_key *k)
{
	bool	sent;

	if (owner_of_row(k, &sent) != NULL)
		return (sent ? FLOW_OUT : FLOW_IN);
	return (nets_direction(t->local, k));
}

static bool
matches_direction(const struct question *q, enum flow_direction d)
{
	if (!q->in && !q->out)
		return (true);
	return ((q->in && d == FLOW_IN) || (q->out && d == FLOW_OUT));
}

static int
add_row(struct tally *t, const struct flow *f)
{
	struct tally_count	 c = { f->count.ip, f->count.data,
				    f->count.packets, 0, 0 };
	enum flow_direction	 d = direction_of(t, &f->key);
	struct tally_table	*table;
	int			 rc = 0;

	if (!matches_direction(t->q, d))
		return (0);
	c.in = d == FLOW_IN ? f->count.ip : 0;
	c.out = d == FLOW_OUT ? f->count.ip : 0;
	for (table = t->table; rc == 0 && table < t->table + t->q->ntables;
	    table++) {
		if (table->sided) {
			rc = add_both(t, table, f);
			continue;
		}
		make_key(table, &f->key, 0);
		rc = add_group(t, table, 0, &c);
	}
	return (rc == 0 ? add_count(t, &t->total, &c) : rc);
}

int
tally_rows(struct tally *t, const struct flow *rows, size_t n)
{
	struct where_owners	o = { .names = NULL };
	size_t			i;

	if (t->q->book != NULL)
		o = owner_book_view(t->q->book);
	for (i = 0; i < n; i++)
		if ((t->q->where == NULL || where_match(t->q->where,
		    &rows[i], &o)) && add_row(t, &rows[i]) == -1)
			return (-1);
	return (0);
}

int
tally_add(struct tally *t, size_t table, const uint8_t *key,
    const struct tally_count *c)
{
	struct tally_table	*to = &t->table[table];
	const struct key	*k = to->asked->key;
	size_t			 i;

	for (i = 0; i < to->asked->nkeys; i++)
		if (!key_is_time(&k[i])) {
			memcpy(to->key[0] + to->offset[i], key,
			    k[i].ops->width);
			key += k[i].ops->width;
		}
	return (add_group(t, to, 0, c));
}

void
tally_add_cut(struct tally *t, size_t table, bool remote, uint64_t groups,
    const struct tally_count *c)
{
	struct tally_table	*to = &t->table[table];

	to->cut[remote] += groups;
	tally_count_add(&to->rest[remote], c);
}

bool
tally_divides(const struct tally *t, const struct question_table *asked)
{
	return (t->q->apart && asked->nkeys == 1 && asked->sort == NULL &&
	    strcmp(asked->key[0].ops->name, "host") == 0 &&
	    t->local != NULL && nets_count(t->local) > 0);
}

bool
tally_is_remote(const struct tally *t, const uint8_t *key)
{
	struct names_host	h;

	key_host(key, 0, &h);
	return (!nets_contains(t->local, h.family, h.addr));
}

bool
tally_divides_as(const struct tally *t, const char *networks)
{
	return (!t->q->apart || t->q->local != NULL ||
	    (t->recorded != NULL && strcmp(t->networks, networks) == 0));
}

int
tally_add_total(struct tally *t, const struct tally_count *c)
{
	return (add_count(t, &t->total, c));
}
