/*
 * Orders of rows: a table of comparisons for qsort(3), each total.
 */
#include <stdlib.h>
#include <string.h>

#include "order.h"

typedef int	compare_fn(const void *, const void *);

struct order {
	const char	*name;
	compare_fn	*compare;
};

static const struct flow *
flow_of(const void *item)
{
	return (*(const struct flow *const *)item);
}

/* What decides where the key of the order does not. */
static int
by_key(const struct flow *a, const struct flow *b)
{
	return (flow_key_cmp(&a->key, &b->key));
}

/* Rows that sum up others behind all that stand for themselves. */
static int
by_kind(const struct flow *a, const struct flow *b)
{
	return (flow_is_other(&a->key) - flow_is_other(&b->key));
}

static int
descending(uint64_t a, uint64_t b)
{
	return ((a < b) - (a > b));
}

static int
compare_all(const void *pa, const void *pb)
{
	const struct flow	*a = flow_of(pa), *b = flow_of(pb);
	int			 d;

	if ((d = by_kind(a, b)) == 0 &&
	    (d = descending(a->count.ip, b->count.ip)) == 0)
		d = by_key(a, b);
	return (d);
}

static int
compare_data(const void *pa, const void *pb)
{
	const struct flow	*a = flow_of(pa), *b = flow_of(pb);
	int			 d;

	if ((d = by_kind(a, b)) == 0 &&
	    (d = descending(a->count.data, b->count.data)) == 0)
		d = compare_all(pa, pb);
	return (d);
}

/* The order of keys begins with the source. */
static int
compare_from(const void *pa, const void *pb)
{
	const struct flow	*a = flow_of(pa), *b = flow_of(pb);
	int			 d;

	if ((d = by_kind(a, b)) == 0)
		d = by_key(a, b);
	return (d);
}

static int
compare_to(const void *pa, const void *pb)
{
	const struct flow	*a = flow_of(pa), *b = flow_of(pb);
	int			 d;

	if ((d = by_kind(a, b)) == 0 &&
	    (d = a->key.family - b->key.family) == 0 &&
	    (d = memcmp(a->key.dst, b->key.dst, sizeof(a->key.dst))) == 0)
		d = by_key(a, b);
	return (d);
}

static int
compare_sport(const void *pa, const void *pb)
{
	const struct flow	*a = flow_of(pa), *b = flow_of(pb);
	int			 d;

	if ((d = by_kind(a, b)) == 0 && (d = a->key.sport - b->key.sport) == 0)
		d = by_key(a, b);
	return (d);
}

static int
compare_dport(const void *pa, const void *pb)
{
	const struct flow	*a = flow_of(pa), *b = flow_of(pb);
	int			 d;

	if ((d = by_kind(a, b)) == 0 && (d = a->key.dport - b->key.dport) == 0)
		d = by_key(a, b);
	return (d);
}

static const struct order orders[] = {
	{ "all", compare_all },
	{ "bytes", compare_data },
	{ "dstport", compare_dport },
	{ "from", compare_from },
	{ "srcport", compare_sport },
	{ "to", compare_to },
};

const struct order *const order_default = &orders[0];

const struct order *
order_find(const char *name)
{
	size_t	i, len = strlen(name);

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (len > 0 && strncmp(orders[i].name, name, len) == 0)
			return (&orders[i]);
	return (NULL);
}

void
order_sort(const struct order *o, const struct flow **rows, size_t n)
{
	qsort(rows, n, sizeof(*rows), o->compare);
}
