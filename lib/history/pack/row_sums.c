/*
 * Adds up the rows of one hour by subject in memory, and sorts them.  Owns the
 * rows; does not use the store.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "table/groups.h"
#include "row_sums.h"

/* The first 8 bytes of a subject as a number, which nearly always decides. */
struct place {
	uint64_t			 head;
	const struct history_row	*row;
};

struct row_sums {
	struct groups	*rows;
	struct place	*place;		/* sorted, after row_sums_sort() */
};

/* Subject and length are the key. */
#define KEY_WIDTH	(offsetof(struct history_row, len) + 1)
_Static_assert(offsetof(struct history_row, len) == HISTORY_SUBJECT_MAX &&
    offsetof(struct history_row, subject) == 0, "no key of one piece");

struct row_sums *
row_sums_new(void)
{
	struct row_sums	*b;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return (NULL);
	b->rows = groups_new(KEY_WIDTH, sizeof(struct history_row));
	if (b->rows != NULL)
		return (b);
	free(b);
	return (NULL);
}

void
row_sums_free(struct row_sums *b)
{
	if (b == NULL)
		return;
	groups_free(b->rows);
	free(b->place);
	free(b);
}

size_t
row_sums_count(const struct row_sums *b)
{
	return (groups_count(b->rows));
}

struct history_row *
row_sums_row(struct row_sums *b, const struct history_row *subject)
{
	struct history_row	*row;

	row = groups_get(b->rows, (const uint8_t *)subject);
	if (row != NULL && row->len == 0) {
		memcpy(row->subject, subject->subject, sizeof(row->subject));
		row->len = subject->len;
	}
	return (row);
}

static int
compare(const void *a, const void *b)
{
	const struct place	*x = a, *y = b;

	if (x->head != y->head)
		return (x->head < y->head ? -1 : 1);
	return (history_subject_cmp(x->row, y->row));
}

int
row_sums_sort(struct row_sums *b)
{
	struct place	*place;
	size_t		 i, n = groups_count(b->rows);

	if ((place = reallocarray(b->place, n + 1, sizeof(*place))) == NULL)
		return (-1);
	b->place = place;
	for (i = 0; i < n; i++) {
		place[i].row = groups_at(b->rows, i);
		place[i].head = get_be(place[i].row->subject, 8);
	}
	qsort(place, n, sizeof(*place), compare);
	return (0);
}

const struct history_row *
row_sums_at(const struct row_sums *b, size_t i)
{
	return (b->place[i].row);
}
