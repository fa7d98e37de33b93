/*
 * The orders in which a report can list its rows.  No state; any thread.
 */
#ifndef ORDER_H
#define ORDER_H

#include <stddef.h>

#include "packet/flow.h"

struct order;

/* The order named all, by descending IP bytes. */
extern const struct order *const order_default;

/*
 * The order of that name: from, to, bytes, srcport, dstport, all, or an
 * abbreviation of one.  NULL if there is none.
 */
const struct order *order_find(const char *name);

/*
 * Sort n rows.  Equal rows are sorted by flow_key_cmp(), so that the result is
 * always the same; rows that sum up others come last.  Returns 0, or -1 with
 * errno.
 */
int	order_sort(const struct order *, const struct flow **rows, size_t n);

#endif
