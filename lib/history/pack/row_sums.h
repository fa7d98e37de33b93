/*
 * Sums of rows: one row for each subject, found by its octets.  Memory only.
 *
 *	new → [row]* → sort → [at]* → free		one thread
 */
#ifndef HISTORY_ROW_SUMS_H
#define HISTORY_ROW_SUMS_H

#include <stddef.h>

#include "rows.h"

struct row_sums;

struct row_sums *row_sums_new(void);		/* NULL with errno */
void	row_sums_free(struct row_sums *);
size_t	row_sums_count(const struct row_sums *);

/*
 * The row of that subject, a new one with all counts zero if there is none.
 * The octets of subject behind its length must be zero.  It is valid until
 * row_sums_free().  NULL: out of memory.
 */
struct history_row *row_sums_row(struct row_sums *,
	    const struct history_row *subject);

/* Sort the rows for row_sums_at().  Returns 0, or -1 with errno. */
int	row_sums_sort(struct row_sums *);
const struct history_row *row_sums_at(const struct row_sums *, size_t);

#endif
