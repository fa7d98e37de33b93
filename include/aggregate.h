/*
 * Many blocks made one: rows of the same key add up, the ledgers too.  Knows
 * no file and no format.
 */
#ifndef AGGREGATE_H
#define AGGREGATE_H

#include <stdbool.h>
#include <stddef.h>

#include "block.h"
#include "flow.h"

struct aggregate;

/* NULL with errno when out of memory. */
struct aggregate *aggregate_new(void);
void		  aggregate_free(struct aggregate *);

/* Add rows of a block, and what the block says about itself. */
void		  aggregate_add(struct aggregate *, const struct block_info *,
		    const struct flow *rows, size_t n);

/* Add all that `later' holds, as if its blocks had been added here. */
void		  aggregate_join(struct aggregate *,
		    const struct aggregate *later);

/*
 * What the merged block says about itself: the earliest begin and the latest
 * end; the ledgers, durations and totals added up; interface, host, options
 * and epoch of the last block added.  NULL if none was added.  Valid until
 * the next call.
 */
const struct block_info *aggregate_info(struct aggregate *);

/*
 * The merged rows, in the order of flow_key_cmp() if `by_key', in any order
 * else.  The caller frees the array, not the rows.  NULL with errno when out
 * of memory.
 */
const struct flow **aggregate_rows(const struct aggregate *, bool by_key,
		    size_t *n);

/* What was added without its full detail, because there are too many keys. */
struct flow_count aggregate_folded(const struct aggregate *);

#endif
