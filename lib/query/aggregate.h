/*
 * Merges many blocks: rows of the same key are added, and so are the ledgers.
 * Does no I/O.
 *
 *	new -> [adder_new, adder_add, adder_free]* -> rows or sorted -> free
 *
 * Adders may run in several threads, one thread each; all else in one thread
 * when no adder is left.
 */
#ifndef AGGREGATE_H
#define AGGREGATE_H

#include <stddef.h>
#include <stdint.h>

#include "file/block.h"
#include "packet/flow.h"

struct aggregate;

/* NULL with errno. */
struct aggregate *aggregate_new(void);
void		  aggregate_free(struct aggregate *);

/*
 * One thread's access to the aggregate.  Its rows are all counted only when
 * adder_free(), which accepts NULL, has returned.  NULL with errno.
 */
struct adder;
struct adder	 *adder_new(struct aggregate *);
/* A hint that a block of so many rows follows: prepares the tables for it. */
void		  adder_expect(struct adder *, uint64_t rows);
void		  adder_add(struct adder *, const struct flow *rows, size_t n);
void		  adder_free(struct adder *);

/*
 * The owners of the rows that are added from now on; NULL: they have none, as
 * at the start.  Blocks number their interfaces anew: rows get the numbers of
 * aggregate_owners().  Without memory some owners have no name there.
 */
void		  adder_owners(struct adder *, const struct owners *);

/* The names of all owners and interfaces, or NULL.  No adder may add now. */
const struct owners *aggregate_owners(const struct aggregate *);

/*
 * Merge the description of a later block into *sum: the earliest begin and the
 * latest end; ledgers, durations and totals added; interface, host, options
 * and epoch of the later block.
 */
void		  aggregate_info(struct block_info *sum,
		    const struct block_info *later);

/*
 * The merged rows, in any order.  The caller frees the array, not the rows.
 * NULL with errno.  Afterwards nothing may be added.
 */
const struct flow **aggregate_rows(struct aggregate *, size_t *n);

/*
 * The same in the order of flow_key_cmp(), sorted by at most `threads' <=
 * PARALLEL_MOST threads.
 */
const struct flow **aggregate_sorted(struct aggregate *, unsigned int threads,
		    size_t *n);

/*
 * The sum of what lost detail because there were too many keys.  Valid after
 * aggregate_rows() or aggregate_sorted().
 */
struct flow_count aggregate_folded(const struct aggregate *);

#endif
