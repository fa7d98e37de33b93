/*
 * The order of a table's rows: by period, local hosts before remote ones, then
 * by a measure or by a key.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "tally_making.h"

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a < b ? -1 : a > b);
}

/* Sort by period first, then by the largest value or by a key. */
static int
compare_entries(const void *a, const void *b)
{
	const struct entry	*x = a, *y = b;
	const struct making	*m = x->m;
	const struct tally_table *t = m->from;
	const uint8_t		*k = groups_key(t->groups, x->group);
	const uint8_t		*l = groups_key(t->groups, y->group);
	int			 d = 0;

	if (m->by_period)
		d = memcmp(groups_key(t->periods, x->period),
		    groups_key(t->periods, y->period), t->time_width);
	if (d == 0)
		d = x->remote - y->remote;
	if (d == 0 && m->sort_width > 0)
		d = memcmp(k + m->sort_offset, l + m->sort_offset,
		    m->sort_width);
	else if (d == 0)
		d = compare_numbers(y->value, x->value);
	return (d != 0 ? d : memcmp(k, l, t->width));
}

static bool
is_later(const void *arg, size_t a, size_t b)
{
	const struct entry	*e = arg;

	return (compare_entries(&e[a], &e[b]) > 0);
}

/* Move the first `top' of n entries, unsorted, to the front.  -1 with errno. */
static int
move_first(struct entry *e, size_t n, size_t top)
{
	struct heap	h = { .n = top, .before = is_later, .arg = e };
	struct entry	x;
	size_t		i;

	if ((h.item = reallocarray(NULL, top, sizeof(*h.item))) == NULL)
		return (-1);
	for (i = 0; i < top; i++)
		h.item[i] = i;
	heap_build(&h);
	for (i = top; i < n; i++)
		if (compare_entries(&e[i], &e[h.item[0]]) < 0) {
			x = e[h.item[0]];
			e[h.item[0]] = e[i];
			e[i] = x;
			heap_sink(&h);
		}
	free(h.item);
	return (0);
}

static int
order_part(const struct making *m, struct entry *e, size_t n)
{
	uint64_t	asked = m->from->asked->top;
	size_t		top = asked < n ? (size_t)asked : n;

	if (top != 0 && top < n / 8 && !m->by_period) {
		if (move_first(e, n, top) == -1)
			return (-1);
		n = top;
	}
	qsort(e, n, sizeof(*e), compare_entries);
	return (0);
}

int
tally_order(const struct making *m, struct entry *e, size_t n)
{
	struct entry	x;
	size_t		i, nlocal = 0;

	for (i = 0; m->divided && i < n; i++)
		if (!e[i].remote) {
			x = e[nlocal];
			e[nlocal++] = e[i];
			e[i] = x;
		}
	return (order_part(m, e, nlocal) == -1 ||
	    order_part(m, e + nlocal, n - nlocal) == -1 ? -1 : 0);
}
