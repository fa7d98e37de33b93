/*
 * A binary heap: the parent of item i is item (i - 1) / 2.  No state.
 */
#include "heap.h"

/* Move item `at' down to its place: it may leave later than its children. */
static void
sink(struct heap *h, size_t at)
{
	size_t	*item = h->item, x = item[at], child;

	while ((child = 2 * at + 1) < h->n) {
		if (child + 1 < h->n &&
		    h->before(h->arg, item[child + 1], item[child]))
			child++;
		if (!h->before(h->arg, item[child], x))
			break;
		item[at] = item[child];
		at = child;
	}
	item[at] = x;
}

void
heap_build(struct heap *h)
{
	size_t	i;

	for (i = h->n / 2; i-- > 0;)
		sink(h, i);
}

void
heap_push(struct heap *h, size_t x)
{
	size_t	*item = h->item, at, parent;

	for (at = h->n++; at > 0; at = parent) {
		parent = (at - 1) / 2;
		if (!h->before(h->arg, x, item[parent]))
			break;
		item[at] = item[parent];
	}
	item[at] = x;
}

size_t
heap_pop(struct heap *h)
{
	size_t	top = h->item[0];

	h->item[0] = h->item[--h->n];
	if (h->n > 0)
		sink(h, 0);
	return (top);
}

void
heap_sink(struct heap *h)
{
	sink(h, 0);
}
