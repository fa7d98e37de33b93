/*
 * Adds up rows in memory: one row for each subject.  Does no I/O.
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
 * The row of that subject; if it is new, all its counts are zero.  The bytes
 * of `subject' after its length must be zero.  The row is valid until
 * row_sums_free().  Returns NULL if there is no memory.
 */
struct history_row *row_sums_row(struct row_sums *,
	    const struct history_row *subject);

/* Sort the rows for row_sums_at().  Returns 0, or -1 with errno. */
int	row_sums_sort(struct row_sums *);
const struct history_row *row_sums_at(const struct row_sums *, size_t);

#endif
