/*
 * The rows of a table in the order of their keys.  A million rows lie all
 * over memory, so what is sorted are two words for each: the begin of its
 * key, and its number.  Sorted by radix, in place: linear whatever the keys
 * are.  The rows are looked at only to put those in order that the words do
 * not tell apart.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bigendian.h"
#include "table.h"

#define ROW_BITS	26
#define ROW_MASK	(((uint64_t)1 << ROW_BITS) - 1)
#define DIGITS		16		/* octets of both words */
#define FEW		24		/* entries not worth a radix pass */

_Static_assert(TABLE_ROWS_MOST + 256 <= ROW_MASK,
    "row numbers do not fit a word");

/* Never greater for the lesser of two keys of a kind. */
struct entry {
	uint64_t	first;
	uint64_t	second;		/* above the number of the row */
};

/* Before, among or behind the IPv4 addresses: 0, 1, 2. */
static uint64_t
mapped_class(const uint8_t a[16])
{
	static const uint8_t	prefix[12] = { [10] = 0xff, [11] = 0xff };
	int			d = memcmp(a, prefix, sizeof(prefix));

	return (d < 0 ? 0 : d == 0 ? 1 : 2);
}

/*
 * Class and 32 bits of the source, class and 28 bits of the destination;
 * then 38 bits: what remains of it, protocol, port, begin of the other port.
 * A side that was folded has no IPv4 address: there the words end.
 */
static void
rank_ip4(const struct flow_key *k, struct entry *e)
{
	uint64_t	src = mapped_class(k->src), dst = mapped_class(k->dst);
	uint64_t	addr = get_be(k->dst + 12, 4);

	e->first = src << 62;
	e->second = 0;
	if (src != 1)
		return;
	e->first |= get_be(k->src + 12, 4) << 30 | dst << 28;
	if (dst != 1)
		return;
	e->first |= addr >> 4;
	e->second = (addr & 15) << 60 | (uint64_t)k->proto << 52 |
	    (uint64_t)k->sport << 36 |
	    (uint64_t)(k->dport >> 6) << ROW_BITS;
}

/* Rows without a family are the last. */
static void
rank_other(const struct flow_key *k, struct entry *e)
{
	e->first = e->second = UINT64_MAX & ~ROW_MASK;
	if (k->family == FLOW_FAMILY_NONE) {
		e->first = UINT64_MAX;
		return;
	}
	e->first = get_be(k->src, 8);
	e->second = get_be(k->src + 8, 8) & ~ROW_MASK;
}

static inline unsigned
digit(const struct entry *e, unsigned d)
{
	uint64_t	word = d < 8 ? e->first : e->second;

	return ((unsigned)(word >> (56 - 8 * (d % 8))) & 255);
}

static inline bool
before(const struct entry *a, const struct entry *b)
{
	return (a->first < b->first ||
	    (a->first == b->first && a->second < b->second));
}

static void
sort_few(struct entry *e, size_t n)
{
	struct entry	x;
	size_t		i, at;

	for (i = 1; i < n; i++) {
		x = e[i];
		for (at = i; at > 0 && before(&x, &e[at - 1]); at--)
			e[at] = e[at - 1];
		e[at] = x;
	}
}

/* Every entry to the part of its digit; next[] is where each part begins. */
static void
permute(struct entry *e, unsigned d, size_t next[256], const size_t end[256])
{
	struct entry	x, swap;
	unsigned	part, to;

	for (part = 0; part < 256; part++)
		while (next[part] < end[part]) {
			x = e[next[part]];
			while ((to = digit(&x, d)) != part) {
				swap = e[next[to]];
				e[next[to]++] = x;
				x = swap;
			}
			e[next[part]++] = x;
		}
}

/* Entries that agree in all digits before d: recursion no deeper than them. */
static void
sort_from(struct entry *e, size_t n, unsigned d)
{
	size_t		next[256], end[256], i, begin;
	unsigned	part;

	if (n <= FEW || d == DIGITS) {
		sort_few(e, n);
		return;
	}
	memset(end, 0, sizeof(end));
	for (i = 0; i < n; i++)
		end[digit(&e[i], d)]++;
	if (end[digit(&e[0], d)] == n) {
		sort_from(e, n, d + 1);
		return;
	}
	for (part = 0, begin = 0; part < 256; part++) {
		next[part] = begin;
		begin = end[part] += begin;
	}
	permute(e, d, next, end);
	for (part = 0, begin = 0; part < 256; begin = end[part++])
		sort_from(e + begin, end[part] - begin, d + 1);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

/* Where the rows come from. */
typedef const struct flow	*row_fn(const void *from, size_t i);

static const struct flow *
row_of_table(const void *from, size_t i)
{
	return (table_row(from, i));
}

static const struct flow *
row_of_array(const void *from, size_t i)
{
	const struct flow *const	*rows = from;

	return (rows[i]);
}

/* Rows in the order of their entries; those of equal rank are sorted too. */
static void
list_rows(row_fn *row, const void *from, const struct entry *e, size_t n,
    const struct flow **list)
{
	size_t	i, first;

	for (i = first = 0; i < n; i++) {
		list[i] = row(from, (size_t)(e[i].second & ROW_MASK));
		if (i + 1 < n && e[i].first == e[i + 1].first &&
		    (e[i].second ^ e[i + 1].second) <= ROW_MASK)
			continue;
		if (i > first)
			qsort(list + first, i + 1 - first, sizeof(*list),
			    compare_rows);
		first = i + 1;
	}
}

/* IPv4 from the front, all others from the back: how many IPv4. */
static size_t
rank_rows(row_fn *row, const void *from, struct entry *e, size_t n)
{
	size_t			 i, front = 0, back = n;
	const struct flow_key	*k;
	struct entry		*at;

	for (i = 0; i < n; i++) {
		k = &row(from, i)->key;
		if (k->family == FLOW_FAMILY_IP4)
			rank_ip4(k, at = &e[front++]);
		else
			rank_other(k, at = &e[--back]);
		at->second |= i;
	}
	return (front);
}

static const struct flow **
sorted(row_fn *row, const void *from, size_t n)
{
	const struct flow	**list = malloc((n + 1) * sizeof(*list));
	struct entry		 *e = malloc((n + 1) * sizeof(*e));
	size_t			  front;

	if (list == NULL || e == NULL) {
		free(list);
		free(e);
		errno = ENOMEM;
		return (NULL);
	}
	front = rank_rows(row, from, e, n);
	sort_from(e, front, 0);
	sort_from(e + front, n - front, 0);
	list_rows(row, from, e, front, list);
	list_rows(row, from, e + front, n - front, list + front);
	free(e);
	return (list);
}

const struct flow **
table_sorted(const struct table *t)
{
	return (sorted(row_of_table, t, table_rows(t)));
}

const struct flow **
table_sorted_rows(const struct flow *const *rows, size_t n)
{
	return (sorted(row_of_array, rows, n));
}
