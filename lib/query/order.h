/*
 * Orders of the rows of a report, as a table of names and comparisons.
 */
#ifndef ORDER_H
#define ORDER_H

#include <stddef.h>

#include "packet/flow.h"

struct order;

/* All descending. */
extern const struct order *const order_default;

/*
 * The order of that name: from, to, bytes, srcport, dstport or all, or the
 * first letters of one.  NULL if there is none.
 */
const struct order *order_find(const char *name);

/*
 * Sort n rows.  Equal ones follow each other in the order of flow_key_cmp(),
 * so that the same rows always come out the same; rows that sum up others
 * come last.  Returns 0, or -1 with errno when out of memory.
 */
int	order_sort(const struct order *, const struct flow **rows, size_t n);

#endif
