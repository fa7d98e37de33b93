/*
 * Sums of rows: one row for each subject, found by its octets.  Memory only.
 *
 * bag_new → [bag_row]* → bag_sort → [bag_at]* → bag_free.  One thread.
 */
#ifndef HISTORY_ROW_SUMS_H
#define HISTORY_ROW_SUMS_H

#include <stddef.h>

#include "rows.h"

struct bag;

struct bag *bag_new(void);		/* NULL with errno */
void	bag_free(struct bag *);
size_t	bag_count(const struct bag *);

/*
 * The row of that subject, all of it zero behind its octets; its counts are
 * zero at first.  Valid as long as the bag.  NULL: out of memory.
 */
struct history_row *bag_row(struct bag *, const struct history_row *subject);

/* Sort what is in it: 0, or -1 with errno; then bag_at() goes in order. */
int	bag_sort(struct bag *);
const struct history_row *bag_at(const struct bag *, size_t);

#endif
