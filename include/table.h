/*
 * The accounting table: open addressing over dense rows of 64 bytes.  One
 * thread owns a table at a time; it knows no file and no packet format.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "flow.h"

struct table;

/* Most keys handed to table_add() at once. */
#define TABLE_BATCH	64

/*
 * An empty table.  max_rows is the cap on rows: beyond it detail is given
 * up, never bytes (see table_folded).  NULL with errno when out of memory.
 */
struct table	*table_new(size_t max_rows);
void		 table_free(struct table *);

/*
 * Add n <= TABLE_BATCH flows.  Cannot fail: when no memory or room is left
 * they go to coarser rows that were reserved at table_new().
 */
void		 table_add(struct table *, const struct flow *, size_t n);

/*
 * Add at most `most' rows of `from', starting at row *next, to `into', and
 * advance *next; it is done when *next == table_rows(from).
 */
void		 table_merge(struct table *into, const struct table *from,
		    size_t *next, size_t most);

size_t		 table_rows(const struct table *);

/* Row i < table_rows(), in order of arrival; valid until table_free(). */
const struct flow *table_row(const struct table *, size_t i);

/* The sum over all rows. */
struct flow_count table_total(const struct table *);

/* What was counted with detail given up because of the cap. */
struct flow_count table_folded(const struct table *);

/* Octets of memory that the table holds. */
size_t		 table_memory(const struct table *);

/*
 * All rows in the order of flow_key_cmp().  The caller frees the array, not
 * the rows.  NULL with errno when out of memory.
 */
const struct flow **table_sorted(const struct table *);

#endif
