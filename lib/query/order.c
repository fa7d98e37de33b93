/*
 * A table of the orders of rows.  An order has a rank, a number, and a
 * comparison for rows of equal rank.  Ranks and sources are copied into the
 * array that is sorted, because reading the rows, which are spread over
 * memory, is slow.
 */
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "order.h"

struct item {
	uint64_t		 rank;
	uint64_t		 from;		/* rank_from() */
	const struct flow	*row;
};

typedef uint64_t	rank_fn(const struct flow *);
typedef int		compare_fn(const void *, const void *);

struct order {
	const char	*name;
	rank_fn		*rank;
	compare_fn	*compare;	/* of items; a total order */
};

/* ---- ranks: the smallest comes first ---- */

static uint64_t
rank_all(const struct flow *f)
{
	return (UINT64_MAX - f->count.ip);
}

static uint64_t
rank_data(const struct flow *f)
{
	return (UINT64_MAX - f->count.data);
}

/* The bits of an address that differ most often; IPv4 sorts before IPv6. */
static uint64_t
rank_address(uint8_t family, const uint8_t addr[16])
{
	const uint8_t	*p = family == FLOW_FAMILY_IP4 ? addr + 12 : addr;

	return ((uint64_t)family << 32 | get_be32(p));
}

static uint64_t
rank_from(const struct flow *f)
{
	return (rank_address(f->key.family, f->key.src));
}

static uint64_t
rank_to(const struct flow *f)
{
	return (rank_address(f->key.family, f->key.dst));
}

static uint64_t
rank_sport(const struct flow *f)
{
	return (f->key.sport);
}

static uint64_t
rank_dport(const struct flow *f)
{
	return (f->key.dport);
}

/* ---- comparisons ---- */

static int
ascending(uint64_t a, uint64_t b)
{
	return ((a > b) - (a < b));
}

static int
by_key(const struct item *a, const struct item *b)
{
	int	d = ascending(a->from, b->from);

	return (d != 0 ? d : flow_key_cmp(&a->row->key, &b->row->key));
}

static int
compare(const void *pa, const void *pb)
{
	const struct item	*a = pa, *b = pb;
	int			 d;

	if ((d = ascending(a->rank, b->rank)) == 0)
		d = by_key(a, b);
	return (d);
}

static int
compare_data(const void *pa, const void *pb)
{
	const struct item	*a = pa, *b = pb;
	int			 d;

	if ((d = ascending(a->rank, b->rank)) == 0 &&
	    (d = ascending(rank_all(a->row), rank_all(b->row))) == 0)
		d = by_key(a, b);
	return (d);
}

static int
compare_to(const void *pa, const void *pb)
{
	const struct item	*a = pa, *b = pb;
	int			 d;

	if ((d = ascending(a->rank, b->rank)) == 0 &&
	    (d = memcmp(a->row->key.dst, b->row->key.dst,
	    sizeof(a->row->key.dst))) == 0)
		d = by_key(a, b);
	return (d);
}

static const struct order orders[] = {
	{ "all", rank_all, compare },
	{ "bytes", rank_data, compare_data },
	{ "dstport", rank_dport, compare },
	{ "from", rank_from, compare },
	{ "srcport", rank_sport, compare },
	{ "to", rank_to, compare_to },
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

/* Move rows that sum up others (`other') behind all other rows. */
static size_t
put_others_last(const struct flow **rows, size_t n)
{
	const struct flow	*row;
	size_t			 i = 0;

	while (i < n) {
		if (!flow_is_other(&rows[i]->key)) {
			i++;
			continue;
		}
		row = rows[i];
		rows[i] = rows[--n];
		rows[n] = row;
	}
	return (n);
}

static void
sort_part(const struct order *o, struct item *items, const struct flow **rows,
    size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++) {
		items[i].rank = o->rank(rows[i]);
		items[i].from = rank_from(rows[i]);
		items[i].row = rows[i];
	}
	qsort(items, n, sizeof(*items), o->compare);
	for (i = 0; i < n; i++)
		rows[i] = items[i].row;
}

int
order_sort(const struct order *o, const struct flow **rows, size_t n)
{
	struct item	*items;
	size_t		 plain;

	/* If n is 0, rows may be NULL. */
	if (n == 0)
		return (0);
	plain = put_others_last(rows, n);
	if ((items = reallocarray(NULL, n, sizeof(*items))) == NULL)
		return (-1);
	sort_part(o, items, rows, plain);
	sort_part(o, items, rows + plain, n - plain);
	free(items);
	return (0);
}
