/*
 * Merges blocks.  The keys are distributed by a hash over several accounting
 * tables ("shares"), so that threads adding rows rarely wait for each other:
 * each collects a batch of rows per table and adds it under the table's lock.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "table/table.h"
#include "aggregate.h"

#define SHARE_BITS	4
#define SHARES		(1U << SHARE_BITS)

struct share {
	struct table	*table;
	pthread_mutex_t	 lock;
};

struct aggregate {
	struct share	  share[SHARES];
	unsigned	  shares;	/* tables in use: SHARES or 1 */
	uint64_t	  seed;
	struct flow_count folded;	/* set by aggregate_rows() */
	struct owners	 *owners;	/* NULL: none */
	pthread_mutex_t	  lock;		/* of the owners */
};

struct adder {
	struct aggregate *to;
	size_t		 n[SHARES];
	struct flow	 rows[SHARES][TABLE_BATCH];
	bool		 renumber;
	uint16_t	 map[OWNERS_MAP];	/* of interfaces */
};

struct aggregate *
aggregate_new(void)
{
	struct aggregate	*a;
	struct share		*s;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return (NULL);
	a->shares = SHARES;
	arc4random_buf(&a->seed, sizeof(a->seed));
	(void)pthread_mutex_init(&a->lock, NULL);
	for (s = a->share; s < a->share + SHARES; s++)
		(void)pthread_mutex_init(&s->lock, NULL);
	for (s = a->share; s < a->share + SHARES; s++) {
		s->table = table_new(TABLE_ROWS_MOST / SHARES, NULL);
		if (s->table == NULL) {
			aggregate_free(a);
			errno = ENOMEM;
			return (NULL);
		}
	}
	return (a);
}

void
aggregate_free(struct aggregate *a)
{
	struct share	*s;

	if (a == NULL)
		return;
	for (s = a->share; s < a->share + SHARES; s++) {
		table_free(s->table);
		(void)pthread_mutex_destroy(&s->lock);
	}
	(void)pthread_mutex_destroy(&a->lock);
	owners_free(a->owners);
	free(a);
}

/*
 * The later block's description of the account is kept.  Only generations of
 * the same instance form one range: those of another instance are dropped.
 * Owners stay with their block.
 */
void
aggregate_info(struct block_info *sum, const struct block_info *later)
{
	struct block_info	 old = *sum;

	*sum = *later;
	sum->owners = NULL;
	if (old.begin_ns < sum->begin_ns)
		sum->begin_ns = old.begin_ns;
	if (old.end_ns > sum->end_ns)
		sum->end_ns = old.end_ns;
	if (old.instance == sum->instance && old.epoch_first < sum->epoch_first)
		sum->epoch_first = old.epoch_first;
	if (old.instance == sum->instance && old.epoch > sum->epoch)
		sum->epoch = old.epoch;
	if (old.minsize > sum->minsize)
		sum->minsize = old.minsize;
	sum->duration_ns += old.duration_ns;
	flow_count_add(&old.total, &sum->total);
	sum->total = old.total;
	ledger_add(&old.ledger, &sum->ledger);
	sum->ledger = old.ledger;
}

struct adder *
adder_new(struct aggregate *to)
{
	struct adder	*d;

	if ((d = malloc(sizeof(*d))) == NULL)
		return (NULL);
	d->to = to;
	d->renumber = false;
	memset(d->n, 0, sizeof(d->n));
	return (d);
}

void
adder_expect(struct adder *d, uint64_t rows)
{
	struct share	*s;

	for (s = d->to->share; s < d->to->share + SHARES; s++) {
		(void)pthread_mutex_lock(&s->lock);
		table_expect(s->table, (size_t)(rows / SHARES));
		(void)pthread_mutex_unlock(&s->lock);
	}
}

static void
hand_over(struct adder *d, unsigned i)
{
	struct share	*s = &d->to->share[i];

	(void)pthread_mutex_lock(&s->lock);
	(void)table_add(s->table, d->rows[i], d->n[i]);
	(void)pthread_mutex_unlock(&s->lock);
	d->n[i] = 0;
}

/*
 * Rows of no address differ in protocol and VLAN only.  Those of one protocol
 * must be in one table, which adds them up if it is full.
 */
static unsigned
share_of(const struct adder *d, const struct flow_key *k)
{
	if (flow_is_other(k))
		return (k->proto % SHARES);
	return ((unsigned)(XXH3_64bits_withSeed(k, sizeof(*k), d->to->seed) >>
	    (64 - SHARE_BITS)));
}

void
adder_add(struct adder *d, const struct flow *rows, size_t n)
{
	const struct flow	*f, *end = rows + n;
	unsigned		 i;

	struct flow		 row;

	for (f = rows; f < end; f++) {
		row = *f;
		if (d->renumber)
			row.key.vlan = d->map[row.key.vlan] & FLOW_VLAN_MASK;
		i = share_of(d, &row.key);
		d->rows[i][d->n[i]++] = row;
		if (d->n[i] == TABLE_BATCH)
			hand_over(d, i);
	}
}

/* Without memory what had an interface is of several. */
static void
map_none(uint16_t map[OWNERS_MAP])
{
	size_t	i;

	map[FLOW_VLAN_NONE] = FLOW_VLAN_NONE;
	for (i = 1; i < OWNERS_MAP; i++)
		map[i] = FLOW_VLAN_MIXED;
}

void
adder_owners(struct adder *d, const struct owners *from)
{
	struct aggregate	*a = d->to;

	if ((d->renumber = from != NULL) == false)
		return;
	(void)pthread_mutex_lock(&a->lock);
	if (a->owners != NULL || (a->owners = owners_new()) != NULL) {
		(void)owners_add_all(a->owners, from);
		(void)owners_join_interfaces(a->owners, from, d->map);
	} else
		map_none(d->map);
	(void)pthread_mutex_unlock(&a->lock);
}

const struct owners *
aggregate_owners(const struct aggregate *a)
{
	return (a->owners);
}

void
adder_free(struct adder *d)
{
	unsigned	i;

	if (d == NULL)
		return;
	for (i = 0; i < SHARES; i++)
		hand_over(d, i);
	free(d);
}

static void
add_folded(struct aggregate *a)
{
	struct flow_count	one;
	struct share		*s;

	for (s = a->share; s < a->share + SHARES; s++) {
		one = table_folded(s->table);
		flow_count_add(&a->folded, &one);
	}
}

/*
 * Tables that were full have rows with less detail, whose keys may occur in
 * several tables: merge all tables into one.
 */
static int
unite(struct aggregate *a)
{
	struct table	*all = table_new(TABLE_ROWS_MOST, NULL);
	struct share	*s;
	size_t		 i;

	if (all == NULL)
		return (-1);
	for (s = a->share; s < a->share + SHARES; s++) {
		for (i = 0; i < table_rows(s->table); i++)
			table_restore(all, table_row(s->table, i), 1);
		table_free(s->table);
		s->table = NULL;
	}
	a->share[0].table = all;
	a->shares = 1;
	return (0);
}

const struct flow **
aggregate_rows(struct aggregate *a, size_t *n)
{
	const struct flow	**rows;
	const struct share	 *s, *end;
	size_t			  i;

	if (a->shares > 1) {
		add_folded(a);
		if (a->folded.packets > 0 && unite(a) == -1)
			return (NULL);
	}
	*n = 0;
	end = a->share + a->shares;
	for (s = a->share; s < end; s++)
		*n += table_rows(s->table);
	if ((rows = reallocarray(NULL, *n + 1, sizeof(*rows))) == NULL)
		return (NULL);
	*n = 0;
	for (s = a->share; s < end; s++)
		for (i = 0; i < table_rows(s->table); i++)
			rows[(*n)++] = table_row(s->table, i);
	return (rows);
}

const struct flow **
aggregate_sorted(struct aggregate *a, unsigned int threads, size_t *n)
{
	const struct flow	**rows, **sorted;

	if ((rows = aggregate_rows(a, n)) == NULL)
		return (NULL);
	sorted = table_sorted_rows(rows, *n, threads);
	free(rows);
	return (sorted);
}

struct flow_count
aggregate_folded(const struct aggregate *a)
{
	return (a->folded);
}
