/*
 * From a question to rows of the history.  What a table asks by decides which
 * kind of rows has it; conditions on addresses need pairs of hosts, and those
 * on one host the host alone.  Time is cut into segments of whole hours that
 * lie in the same periods of all tables.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "history_answer.h"
#include "history_top.h"
#include "where.h"

#define WIDTH_MAX (QUESTION_TABLES_MAX * QUESTION_KEYS_MAX * KEY_WIDTH_MAX)

/* Which rows have what a table asks by. */
enum source {
	FROM_TOTALS,		/* no key but time */
	FROM_HOSTS, FROM_SERVICES, FROM_PAIRS,
	FROM_FILES		/* none */
};

struct answering {
	struct history			*h;
	const struct history_account	*a;
	const struct question		*q;
	struct tally			*t;
	bool				 pairs;		/* all from them */
	const struct history_row	*host;		/* only this one */
	struct history_row		 host_row;
	size_t				 table;		/* at hand */
	struct top			*top;		/* of it, or NULL */
	struct tally_count		 total;
	bool				 any;
	uint64_t			 blocks;	/* of the segment */
	uint64_t			 all_blocks;
	uint64_t			 number;	/* told to the tally */
	uint64_t			 texts;
};

static bool
cannot(char why[HISTORY_WHY_LEN], const char *text)
{
	(void)snprintf(why, HISTORY_WHY_LEN, "%s", text);
	return (false);
}

/* ---- what is asked ---- */

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return (true);
	return (false);
}

static enum source
source_of(const struct question_table *t)
{
	static const char *const	services[] = {
		"service", "proto", NULL
	};
	static const char *const	pairs[] = {
		"host", "src", "dst", "pair", "net", NULL
	};
	size_t				i, n = 0, ns = 0, np = 0, nh = 0;

	for (i = 0; i < t->nkeys; i++) {
		if (key_is_time(&t->key[i]))
			continue;
		n++;
		ns += is_one_of(t->key[i].ops->name, services);
		np += is_one_of(t->key[i].ops->name, pairs);
		nh += strcmp(t->key[i].ops->name, "host") == 0;
	}
	if (n == 0)
		return (FROM_TOTALS);
	if (n == 1 && nh == 1)
		return (FROM_HOSTS);
	if (ns == n)
		return (FROM_SERVICES);
	return (np == n ? FROM_PAIRS : FROM_FILES);
}

static bool
asks_blocks(const struct question *q)
{
	size_t	i, k;

	for (i = 0; i < q->ntables; i++)
		for (k = 0; k < q->table[i].nkeys; k++)
			if (strcmp(q->table[i].key[k].ops->name, "block") ==
			    0)
				return (true);
	return (false);
}

/* Is there a table that hosts, or pairs, do not have? */
static bool
all_within(const struct question *q, enum source most)
{
	size_t		i;
	enum source	s;

	for (i = 0; i < q->ntables; i++) {
		s = source_of(&q->table[i]);
		if (s == FROM_FILES || s == FROM_SERVICES ||
		    (most == FROM_TOTALS && s != FROM_TOTALS))
			return (false);
	}
	return (true);
}

static bool
any_from(const struct question *q, enum source s)
{
	size_t	i;

	for (i = 0; i < q->ntables; i++)
		if (source_of(&q->table[i]) == s)
			return (true);
	return (false);
}

/* Set what rows are to be read; false if none will do. */
static bool
choose(struct answering *w, char why[HISTORY_WHY_LEN])
{
	const struct question	*q = w->q;
	struct flow_key		 k;

	if (q->permille > 0 || asks_blocks(q))
		return (cannot(why, "it does not keep blocks apart"));
	if (any_from(q, FROM_FILES))
		return (cannot(why, "it does not keep these together"));
	if (q->where != NULL && !where_is_addresses(q->where))
		return (cannot(why, "it knows conditions on addresses only"));
	if (q->where != NULL && !q->in && !q->out && q->local == NULL &&
	    all_within(q, FROM_TOTALS) && where_is_host(q->where, &k)) {
		history_subject_src(&w->host_row, &k);
		w->host = &w->host_row;
		return (true);
	}
	w->pairs = q->where != NULL || q->in || q->out || q->local != NULL ||
	    any_from(q, FROM_PAIRS);
	if (w->pairs && !all_within(q, FROM_PAIRS))
		return (cannot(why, "it does not keep services by address"));
	return (true);
}

/* ---- time ---- */

static struct history_range
range_of(const struct history_account *a, const struct question *q)
{
	struct history_range	r;
	uint32_t		from = history_period(HISTORY_MONTH, a->first);
	uint32_t		until = history_period_next(HISTORY_MONTH,
				    a->last);

	r.from = (uint32_t)(q->since_ns / HISTORY_HOUR_NS);
	if (r.from < from)
		r.from = from;
	r.until = q->until_ns / HISTORY_HOUR_NS < until ?
	    (uint32_t)(q->until_ns / HISTORY_HOUR_NS) : until;
	return (r);
}

/* The octets of all keys of time at an instant. */
static size_t
time_octets(const struct question *q, uint64_t ns, uint8_t to[WIDTH_MAX])
{
	struct key_block	 b = { 0, ns, ns, ns };
	const struct key	*k;
	size_t			 i, j, n = 0;

	for (i = 0; i < q->ntables; i++)
		for (j = 0; j < q->table[i].nkeys; j++) {
			k = &q->table[i].key[j];
			if (!key_is_time(k))
				continue;
			k->ops->block(k, &b, to + n);
			n += k->ops->width;
		}
	return (n);
}

/*
 * The next segment at r->from, which moves on: 1, 0 at the end, -1 where an
 * hour is in two periods.
 */
static int
next_segment(const struct question *q, struct history_range *r,
    struct history_range *s)
{
	uint8_t	first[WIDTH_MAX], at[WIDTH_MAX];
	size_t	n;

	if (r->from >= r->until)
		return (0);
	*s = *r;
	if ((n = time_octets(q, r->from * HISTORY_HOUR_NS, first)) == 0) {
		r->from = r->until;
		return (1);
	}
	for (; r->from < r->until; r->from++) {
		(void)time_octets(q, r->from * HISTORY_HOUR_NS, at);
		if (memcmp(first, at, n) != 0)
			break;
		(void)time_octets(q, (r->from + UINT64_C(1)) *
		    HISTORY_HOUR_NS - 1, at);
		if (memcmp(first, at, n) != 0)
			return (-1);
	}
	s->until = r->from;
	return (1);
}

static bool
is_kept(const struct history_account *a, const struct history_range *s,
    char why[HISTORY_WHY_LEN])
{
	struct history_range	asked = *s;

	if (history_answers(a, &asked))
		return (true);
	return (cannot(why, asked.from == history_period(HISTORY_MONTH,
	    asked.from) && asked.until == history_period(HISTORY_MONTH,
	    asked.until) ? "of a part of that time only months of UTC are "
	    "kept" : "of a part of that time only days of UTC are kept"));
}

static bool
check_time(const struct history_account *a, const struct question *q,
    char why[HISTORY_WHY_LEN])
{
	struct history_range	r = range_of(a, q), s;
	int			rc;

	if (q->since_ns % HISTORY_HOUR_NS != 0 ||
	    (q->until_ns % HISTORY_HOUR_NS != 0 && q->until_ns != UINT64_MAX))
		return (cannot(why, "the time asked for is not whole hours "
		    "of UTC"));
	while ((rc = next_segment(q, &r, &s)) == 1)
		if (!is_kept(a, &s, why))
			return (false);
	return (rc == 0 || cannot(why, "periods of this time zone are not "
	    "whole hours of UTC"));
}

bool
history_can_answer(const struct history_account *a, const struct question *q,
    char why[HISTORY_WHY_LEN])
{
	struct answering	w = { .a = a, .q = q };

	return (choose(&w, why) && check_time(a, q, why));
}

/* ---- blocks ---- */

/* Blocks, or what a period had of them, as a block. */
static int
add_block(void *arg, const struct history_totals *t)
{
	struct answering	*w = arg;
	struct block_info	 b;

	memset(&b, 0, sizeof(b));
	b.kind = BLOCK_SAVE;
	b.begin_ns = t->begin_ns;
	b.end_ns = t->end_ns;
	b.duration_ns = t->duration_ns;
	b.rows = t->rows;
	b.total = t->total;
	b.ledger = t->ledger;
	if (history_texts(w->h, t->texts, &b) == -1)
		return (-1);
	if (w->blocks > 0 && w->texts != t->texts)
		w->texts = HISTORY_MANY_TEXTS;
	else
		w->texts = t->texts;
	w->blocks += t->blocks;
	w->all_blocks += t->blocks;
	w->number++;
	return ((t->blocks > 1 ? tally_sum(w->t, &b, w->number) :
	    tally_block(w->t, &b, w->number)) == -1 ? -1 : 0);
}

/* Periods of which single blocks are not kept, then blocks. */
static int
add_blocks(struct answering *w, struct history_range s)
{
	struct history_totals	t;
	struct history_range	r;
	enum history_grain	grain;

	w->blocks = 0;
	while (s.from < s.until && s.from < w->a->kept[HISTORY_HOUR]) {
		grain = s.from < w->a->kept[HISTORY_DAY] ? HISTORY_MONTH :
		    HISTORY_DAY;
		r.from = s.from;
		s.from = r.until = history_period_next(grain, s.from);
		if (history_total(w->h, w->a, r, &t) == -1 ||
		    (t.blocks > 0 && add_block(w, &t) == -1))
			return (-1);
	}
	return (history_blocks(w->h, w->a, s, add_block, w));
}

/* ---- rows ---- */

static void
add_count(struct tally_count *c, const struct flow_count *f, uint64_t sign)
{
	c->octets += sign * f->ip;
	c->data += sign * f->data;
	c->packets += sign * f->packets;
}

/* The octets of a table's keys, which flows of this kind have. */
static void
key_octets(const struct question_table *t, const struct flow_key *f,
    uint8_t *to)
{
	size_t	i;

	for (i = 0; i < t->nkeys; i++)
		if (!key_is_time(&t->key[i])) {
			t->key[i].ops->row(&t->key[i], f, false, to);
			to += t->key[i].ops->width;
		}
}

static int
add_group(struct answering *w, enum history_kind kind,
    const struct history_row *row, const struct tally_count *c)
{
	uint8_t		octets[QUESTION_KEYS_MAX * KEY_WIDTH_MAX];
	struct flow	f[2];

	(void)history_flows(kind, row, f);
	key_octets(&w->q->table[w->table], &f[0].key, octets);
	if (w->top != NULL)
		return (top_add(w->top, octets, c));
	return (tally_add(w->t, w->table, octets, c));
}

static struct tally_count
count_of_host(const struct history_row *row)
{
	struct tally_count	c = { 0 };

	add_count(&c, &row->count[HISTORY_IN], 1);
	add_count(&c, &row->count[HISTORY_OUT], 1);
	add_count(&c, &row->count[HISTORY_SELF], UINT64_MAX);
	return (c);
}

static int
on_host(void *arg, const struct history_row *row)
{
	struct tally_count	c = count_of_host(row);

	c.in = row->count[HISTORY_IN].ip;
	c.out = row->count[HISTORY_OUT].ip;
	return (add_group(arg, HISTORY_HOST, row, &c));
}

static int
on_service(void *arg, const struct history_row *row)
{
	struct tally_count	c = { 0 };

	add_count(&c, &row->count[0], 1);
	c.in = row->in;
	c.out = row->out;
	return (add_group(arg, HISTORY_SERVICE, row, &c));
}

/* Of all services, or of one host: what there is in all. */
static int
on_total(void *arg, const struct history_row *row)
{
	struct answering	*w = arg;
	struct tally_count	 c = { 0 };

	if (w->host != NULL)
		c = count_of_host(row);
	else
		add_count(&c, &row->count[0], 1);
	w->total.octets += c.octets;
	w->total.data += c.data;
	w->total.packets += c.packets;
	w->total.in += row->in;
	w->total.out += row->out;
	w->any = true;
	return (0);
}

static int
on_pair(void *arg, const struct history_row *row)
{
	struct answering	*w = arg;
	struct flow		 f[2];
	unsigned		 n = history_flows(HISTORY_PAIR, row, f);

	return (tally_rows(w->t, f, n));
}

static int
add_totals(struct answering *w, struct history_range s)
{
	size_t	i;

	memset(&w->total, 0, sizeof(w->total));
	w->any = false;
	if (history_each(w->h, w->a, w->host != NULL ? HISTORY_HOST :
	    HISTORY_SERVICE, s, w->host, on_total, w) == -1)
		return (-1);
	if (!w->any)
		return (0);
	for (i = 0; i < w->q->ntables; i++)
		if (source_of(&w->q->table[i]) == FROM_TOTALS &&
		    tally_add(w->t, i, (const uint8_t *)"", &w->total) == -1)
			return (-1);
	return (tally_add_total(w->t, &w->total));
}

/* All hosts of a month are many: those that --top wants are few. */
static int
add_hosts(struct answering *w, struct history_range s)
{
	const struct question_table	*t = &w->q->table[w->table];
	int				 rc;

	if (!top_fits(w->q, t))
		return (history_each(w->h, w->a, HISTORY_HOST, s, NULL, on_host,
		    w));
	if ((w->top = top_new(t)) == NULL)
		return (-1);
	rc = history_each_once(w->h, w->a, HISTORY_HOST, s, on_host, w);
	if (rc == 0)
		rc = top_tell(w->top, w->t, w->table);
	top_free(w->top);
	w->top = NULL;
	return (rc);
}

static int
add_rows(struct answering *w, struct history_range s)
{
	enum source	from;
	int		rc;

	if (w->pairs)
		return (history_each(w->h, w->a, HISTORY_PAIR, s, NULL,
		    on_pair, w));
	rc = add_totals(w, s);
	for (w->table = 0; w->table < w->q->ntables && rc == 0; w->table++) {
		from = source_of(&w->q->table[w->table]);
		if (from == FROM_HOSTS)
			rc = add_hosts(w, s);
		else if (from == FROM_SERVICES)
			rc = history_each(w->h, w->a, HISTORY_SERVICE, s,
			    NULL, on_service, w);
	}
	return (rc);
}

int
history_answer(struct history *h, const struct history_account *a,
    const struct question *q, struct tally *t, uint64_t *blocks,
    char why[HISTORY_WHY_LEN])
{
	struct answering	w = { .h = h, .a = a, .q = q, .t = t };
	struct history_range	r = range_of(a, q), s;
	int			rc;

	if (!choose(&w, why))
		return (0);
	while ((rc = next_segment(q, &r, &s)) == 1) {
		if (add_blocks(&w, s) == -1)
			return (-1);
		if (w.blocks == 0)
			continue;
		if (w.pairs && q->local == NULL &&
		    w.texts == HISTORY_MANY_TEXTS)
			return (cannot(why, "the networks of the interface "
			    "changed in that time"));
		if (add_rows(&w, s) == -1)
			return (-1);
	}
	*blocks = w.all_blocks;
	return (rc == 0);
}
