/*
 * Many blocks made one: rows of the same key add up, the ledgers too.  Rows
 * may come from several threads at once.  Knows no file and no format.
 */
#ifndef AGGREGATE_H
#define AGGREGATE_H

#include <stddef.h>
#include <stdint.h>

#include "file/block.h"
#include "packet/flow.h"

struct aggregate;

/* NULL with errno when out of memory. */
struct aggregate *aggregate_new(void);
void		  aggregate_free(struct aggregate *);

/*
 * One thread's way to add rows.  They are counted when adder_free() has
 * returned, which takes NULL too.  NULL with errno when out of memory.
 */
struct adder;
struct adder	 *adder_new(struct aggregate *);
/* A block of so many rows comes: the sum will have as many, or more. */
void		  adder_expect(struct adder *, uint64_t rows);
void		  adder_add(struct adder *, const struct flow *rows, size_t n);
void		  adder_free(struct adder *);

/*
 * What a merged block says about itself: the earliest begin and the latest
 * end; the ledgers, durations and totals added up; interface, host, options
 * and epoch of the later of the two.
 */
void		  aggregate_info(struct block_info *sum,
		    const struct block_info *later);

/*
 * The merged rows, in any order.  The caller frees the array, not the rows.
 * NULL with errno when out of memory.  Nothing may be added any more.
 */
const struct flow **aggregate_rows(struct aggregate *, size_t *n);

/*
 * The same in the order of flow_key_cmp(), by up to PARALLEL_MOST threads.
 */
const struct flow **aggregate_sorted(struct aggregate *, unsigned int threads,
		    size_t *n);

/*
 * What was added without its full detail, because there are too many keys;
 * known when the rows are.
 */
struct flow_count aggregate_folded(const struct aggregate *);

#endif
