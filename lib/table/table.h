/*
 * The accounting table: a hash index over dense rows of 64 bytes.  One
 * thread owns a table at a time; it knows no file and no packet format.
 *
 * Bytes are never lost to save memory.  A table has room for max_rows rows;
 * as it fills up, flows that it does not know yet lose detail, in this order:
 *
 *	the last quarter	ports (FLOW_NO_PORTS)
 *	the last sixteenth	the remote side too (FLOW_NO_SRC, FLOW_NO_DST)
 *	full			both sides: one `other' row a protocol
 *
 * Flows that had their row before keep it.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

struct nets;
struct table;

/* Most flows handed to table_add() at once. */
#define TABLE_BATCH	64

/* Least and greatest max_rows. */
#define TABLE_ROWS_LEAST	1024
#define TABLE_ROWS_MOST		((size_t)1 << 25)

/*
 * An empty table of at most max_rows rows (put into the limits above) and
 * one more for each protocol.  `local' is borrowed and may be NULL: which
 * addresses are not remote.  NULL with errno when out of memory.
 */
struct table	*table_new(size_t max_rows, const struct nets *local);
void		 table_free(struct table *);

/*
 * Add n <= TABLE_BATCH flows.  Cannot fail: where memory is refused it goes
 * on as if the table were full.
 */
void		 table_add(struct table *, const struct flow *, size_t n);

/*
 * At least so many rows will be in the table, so that its index need not grow
 * step by step.  A hint; the cap stands.
 */
void		 table_expect(struct table *, size_t rows);

/*
 * Put back rows that a table gave out before: as table_add(), but they keep
 * their detail as long as there is any room.
 */
void		 table_restore(struct table *, const struct flow *, size_t n);

/* From now on what is not remote is what is not for `other'. */
void		 table_take_local(struct table *, const struct table *other);

/*
 * Which way to merge two tables?  Into the larger one: that is the later one,
 * if true is returned.  But never so that rows of the earlier one would lose
 * detail to those that came after them.
 */
bool		 table_takes_earlier(const struct table *later,
		    const struct table *earlier);

/*
 * Add at most `most' rows of `from', starting at row *next, to `into', and
 * advance *next; it is done when *next == table_rows(from).  The last call
 * also takes over what `from' had folded.
 */
void		 table_merge(struct table *into, const struct table *from,
		    size_t *next, size_t most);

size_t		 table_rows(const struct table *);

/* Row i < table_rows(), in order of arrival; valid until the next add. */
const struct flow *table_row(const struct table *, size_t i);

/* The sum over all rows. */
struct flow_count table_total(const struct table *);

/* What was counted with detail given up because of the cap. */
struct flow_count table_folded(const struct table *);

/*
 * Octets of memory that the table holds: when full, 72 to 80 a row of
 * max_rows, which are rounded up to 65536.
 */
size_t		 table_memory(const struct table *);

/* Words that the look-up of a row passes at worst; reads the whole table. */
size_t		 table_worst_probe(const struct table *);

/*
 * All rows in the order of flow_key_cmp().  The caller frees the array; the
 * rows stay the table's.  NULL with errno when out of memory.
 */
const struct flow **table_sorted(const struct table *);

/*
 * The same for n rows of several tables, 1 << 26 at most, by up to
 * PARALLEL_MOST threads.
 */
const struct flow **table_sorted_rows(const struct flow *const *rows,
		    size_t n, unsigned int threads);

#endif
