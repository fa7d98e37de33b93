/*
 * The rows of a table in the order of their keys.  A million rows lie all
 * over memory, so what is sorted is a word for each: the begin of its key
 * above the number of the row.  The rows are looked at only to put those in
 * order whose keys begin alike.
 */
#include <errno.h>
#include <stdlib.h>

#include "table.h"

#define ROW_BITS	26
#define ROW_MASK	(((uint64_t)1 << ROW_BITS) - 1)
#define FAMILY_SHIFT	62
#define SRC_BITS	(FAMILY_SHIFT - ROW_BITS)

_Static_assert(TABLE_ROWS_MOST + 256 <= ROW_MASK,
    "row numbers do not fit a word");

/* Four octets in network order. */
static uint64_t
get32(const uint8_t *p)
{
	return ((uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 |
	    (uint64_t)p[2] << 8 | p[3]);
}

/* The upper bits of a word: never greater for the lesser of two keys. */
static uint64_t
rank(const struct flow_key *k)
{
	switch (k->family) {
	case FLOW_FAMILY_IP4:
		return (get32(k->src + 12) << ROW_BITS);
	case FLOW_FAMILY_IP6:
		return ((uint64_t)1 << FAMILY_SHIFT |
		    (get32(k->src) << 32 | get32(k->src + 4)) >>
		    (64 - SRC_BITS) << ROW_BITS);
	default:
		return ((uint64_t)2 << FAMILY_SHIFT);
	}
}

static int
compare_words(const void *a, const void *b)
{
	const uint64_t	*x = a, *y = b;

	return (*x < *y ? -1 : *x > *y);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

/* Rows in the order of their words; those of equal rank are sorted too. */
static void
list_rows(const struct table *t, const uint64_t *words, size_t n,
    const struct flow **list)
{
	size_t	i, first;

	for (i = first = 0; i < n; i++) {
		list[i] = table_row(t, (size_t)(words[i] & ROW_MASK));
		if (i + 1 < n && (words[i + 1] ^ words[i]) <= ROW_MASK)
			continue;
		if (i > first)
			qsort(list + first, i + 1 - first, sizeof(*list),
			    compare_rows);
		first = i + 1;
	}
}

const struct flow **
table_sorted(const struct table *t)
{
	size_t			  i, n = table_rows(t);
	const struct flow	**list = malloc((n + 1) * sizeof(*list));
	uint64_t		 *words = malloc((n + 1) * sizeof(*words));

	if (list == NULL || words == NULL) {
		free(list);
		free(words);
		errno = ENOMEM;
		return (NULL);
	}
	for (i = 0; i < n; i++)
		words[i] = rank(&table_row(t, i)->key) | i;
	qsort(words, n, sizeof(*words), compare_words);
	list_rows(t, words, n, list);
	free(words);
	return (list);
}
