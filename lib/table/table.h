/*
 * The accounting table: a hash index over dense rows of 64 octets.  It does no
 * I/O and parses no packets.  One thread owns a table at a time.
 *
 *	new -> [[add, expect, restore, merge]* -> [rows, row, sorted]* ->
 *	[clear]]* -> free
 *
 * Packets and bytes are always counted.  A table has at most max_rows rows; as
 * it fills up, flows without a row of their own lose detail, in the steps of
 * fold.h:
 *
 *	the last quarter	FOLD_CLIENT
 *	the last sixteenth	FOLD_REMOTE, too
 *	the last 1/64		FOLD_SERVICE, too
 *	full			both hosts: one `other' row per protocol
 *
 * Rows of no address that are added keep their VLAN up to the last 1/64: then
 * those of a protocol become one, of FLOW_VLAN_MIXED if their VLANs differ.
 * Flows that already have a row keep it.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

struct nets;
struct table;

/* The most flows of one call of table_add(). */
#define TABLE_BATCH	64

/* Limits of max_rows. */
#define TABLE_ROWS_LEAST	1024
#define TABLE_ROWS_MOST		((size_t)1 << 25)

/*
 * An empty table of at most max_rows rows, adjusted to the limits above, plus
 * one `other' row per protocol.  `local', the networks that are not remote, is
 * borrowed; if it is NULL, destinations are remote.  NULL with errno.
 */
struct table	*table_new(size_t max_rows, const struct nets *local);
void		 table_free(struct table *);

/* Forget all rows, but keep the memory for those that come. */
void		 table_clear(struct table *);

/*
 * All flows come without the port of the client (--ports service), so that its
 * absence is no loss of detail.  Call before the first flow.
 */
void		 table_without_clients(struct table *);

/*
 * Add n <= TABLE_BATCH flows.  Cannot fail: if memory cannot be allocated, the
 * table behaves as if it were full.  Returns which of them made a new row: flow
 * i if bit i is set.
 */
uint64_t	 table_add(struct table *, const struct flow *, size_t n);

/*
 * A hint that so many rows are to be expected: the index grows once instead of
 * step by step.  Limited by max_rows.
 */
void		 table_expect(struct table *, size_t rows);

/*
 * As table_add(), for rows taken from a table before: they lose no detail as
 * long as there is any room.
 */
void		 table_restore(struct table *, const struct flow *, size_t n);

/* From now on use the local networks of `other'. */
void		 table_take_local(struct table *, const struct table *other);

/*
 * Should the earlier table be merged into the later one, and not the later
 * into the earlier?  True if the later one has more rows, so that fewer are
 * moved, and has room enough for the earlier rows to keep their detail.
 */
bool		 table_takes_earlier(const struct table *later,
		    const struct table *earlier);

/*
 * Add at most `most' rows of `from', starting at row *next, to `into', and
 * advance *next; finished when *next == table_rows(from).  The last call also
 * adds table_folded() of `from'.
 */
void		 table_merge(struct table *into, const struct table *from,
		    size_t *next, size_t most);

size_t		 table_rows(const struct table *);

/* Row i < table_rows(), in the order of addition; valid until the next add. */
const struct flow *table_row(const struct table *, size_t i);

/* The sum over all rows. */
struct flow_count table_total(const struct table *);

/* The sum of the flows that lost detail because of max_rows. */
struct flow_count table_folded(const struct table *);

/*
 * Octets of memory in use: in a full table 72 to 80 per row of max_rows, which
 * is rounded up to a multiple of 65536.
 */
size_t		 table_memory(const struct table *);

/* The most index words that a look-up of a row reads; scans the whole table. */
size_t		 table_worst_probe(const struct table *);

/*
 * All rows in the order of flow_key_cmp().  The caller frees the array, not
 * the rows, which stay the table's.  NULL with errno.
 */
const struct flow **table_sorted(const struct table *);

/*
 * The same for n rows of several tables, at most 1 << 26, sorted by at most
 * `threads' <= PARALLEL_MOST threads.
 */
const struct flow **table_sorted_rows(const struct flow *const *rows,
		    size_t n, unsigned int threads);

#endif
