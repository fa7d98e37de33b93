/*
 * Blocks into one: an accounting table for the rows and one block_info for
 * what the blocks say about themselves.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "aggregate.h"
#include "table.h"

struct aggregate {
	struct table		*table;
	struct block_info	 info;
	bool			 any;
};

struct aggregate *
aggregate_new(void)
{
	struct aggregate	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return (NULL);
	if ((a->table = table_new(TABLE_ROWS_MOST, NULL)) == NULL) {
		free(a);
		return (NULL);
	}
	return (a);
}

void
aggregate_free(struct aggregate *a)
{
	if (a == NULL)
		return;
	table_free(a->table);
	free(a);
}

/*
 * The later block describes the account best.  Generations of one instance
 * are one range; those of another instance are left behind.
 */
static void
add_info(struct block_info *sum, const struct block_info *later)
{
	struct block_info	 old = *sum;

	*sum = *later;
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

static void
add_block(struct aggregate *a, const struct block_info *info)
{
	if (a->any)
		add_info(&a->info, info);
	else
		a->info = *info;
	a->any = true;
}

void
aggregate_join(struct aggregate *a, const struct aggregate *later)
{
	size_t	next = 0;

	if (!later->any)
		return;
	add_block(a, &later->info);
	table_merge(a->table, later->table, &next, SIZE_MAX);
}

void
aggregate_add(struct aggregate *a, const struct block_info *info,
    const struct flow *rows, size_t n)
{
	size_t	i, batch;

	add_block(a, info);
	for (i = 0; i < n; i += batch) {
		batch = n - i < TABLE_BATCH ? n - i : TABLE_BATCH;
		table_add(a->table, rows + i, batch);
	}
}

const struct block_info *
aggregate_info(struct aggregate *a)
{
	a->info.rows = table_rows(a->table);
	return (a->any ? &a->info : NULL);
}

const struct flow **
aggregate_rows(const struct aggregate *a, bool by_key, size_t *n)
{
	const struct flow	**rows;
	size_t			  i;

	*n = table_rows(a->table);
	if (by_key)
		return (table_sorted(a->table));
	if ((rows = reallocarray(NULL, *n + 1, sizeof(*rows))) == NULL)
		return (NULL);
	for (i = 0; i < *n; i++)
		rows[i] = table_row(a->table, i);
	return (rows);
}

struct flow_count
aggregate_folded(const struct aggregate *a)
{
	return (table_folded(a->table));
}
