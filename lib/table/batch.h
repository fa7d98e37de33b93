/*
 * Rows on their way to a table, which takes them in batches.
 *
 *	{ .to = table } -> [put]* -> end
 */
#ifndef BATCH_H
#define BATCH_H

#include "table.h"

struct batch {
	struct table	*to;
	struct flow	 flow[TABLE_BATCH];
	size_t		 n;
};

static inline void
batch_end(struct batch *b)
{
	table_add(b->to, b->flow, b->n);
	b->n = 0;
}

static inline void
batch_put(struct batch *b, const struct flow *f)
{
	b->flow[b->n++] = *f;
	if (b->n == TABLE_BATCH)
		batch_end(b);
}

#endif
