/*
 * Many runs into one: a heap of readers, the least subject on top.
 */
#include <errno.h>
#include <stdlib.h>

#include "history_impl.h"

/* A run, and the row that it is at. */
struct source {
	struct run_reader		*reader;
	const struct history_row	*row;
};

struct heap {
	struct source	*source;	/* those with a row, then none */
	size_t		 n;
	size_t		 taken;		/* rows */
};

static void
sift_down(struct heap *heap, size_t i)
{
	struct source	 top = heap->source[i];
	size_t		 child;

	while ((child = 2 * i + 1) < heap->n) {
		if (child + 1 < heap->n &&
		    history_subject_cmp(heap->source[child + 1].row,
		    heap->source[child].row) < 0)
			child++;
		if (history_subject_cmp(top.row, heap->source[child].row) <= 0)
			break;
		heap->source[i] = heap->source[child];
		i = child;
	}
	heap->source[i] = top;
}

/* Go on in the run on top; it leaves the heap at its end. */
static int
advance(struct heap *heap)
{
	struct source	*top = &heap->source[0];
	int		 rc;

	heap->taken++;
	if ((rc = run_next(top->reader, &top->row)) == -1)
		return (-1);
	if (rc == 0) {
		run_close(top->reader);
		*top = heap->source[--heap->n];
	}
	if (heap->n > 0)
		sift_down(heap, 0);
	return (0);
}

static int
add_source(struct history *h, struct heap *heap, const struct run *run,
    const struct history_row *first)
{
	struct source	*s = &heap->source[heap->n];
	int		 rc;

	if ((s->reader = run_open(h, run)) == NULL)
		return (-1);
	rc = run_seek(s->reader, first);
	if (rc == 0 && (rc = run_next(s->reader, &s->row)) == 1)
		heap->n++;
	else
		run_close(s->reader);
	return (rc == -1 ? -1 : 0);
}

/* Rows of the same subject are one. */
static int
each_sum(struct heap *heap, history_row_fn *fn, void *arg)
{
	struct history_row	row;
	int			rc;

	while (heap->n > 0) {
		row = *heap->source[0].row;
		if (advance(heap) == -1)
			return (-1);
		while (heap->n > 0 &&
		    history_subject_cmp(&row, heap->source[0].row) == 0) {
			history_row_add(&row, heap->source[0].row);
			if (advance(heap) == -1)
				return (-1);
		}
		if ((rc = fn(arg, &row)) != 0)
			return (rc);
	}
	return (0);
}

static int
open_sources(struct history *h, const struct runs *from,
    const struct history_row *first, struct heap *heap)
{
	size_t	i;

	for (i = 0; i < from->n; i++)
		if (add_source(h, heap, &from->run[i], first) == -1)
			return (-1);
	for (i = heap->n / 2; i-- > 0;)
		sift_down(heap, i);
	return (0);
}

static int
heap_open(struct history *h, const struct runs *from,
    const struct history_row *first, struct heap *heap)
{
	heap->n = heap->taken = 0;
	heap->source = calloc(from->n + 1, sizeof(*heap->source));
	if (heap->source == NULL)
		return (history_fail(h, ENOMEM, "out of memory"));
	return (open_sources(h, from, first, heap));
}

static void
heap_close(struct heap *heap)
{
	while (heap->n > 0)
		run_close(heap->source[--heap->n].reader);
	free(heap->source);
}

int
runs_each(struct history *h, const struct runs *from, history_row_fn *fn,
    void *arg)
{
	static const struct history_row	 first = { .len = 0 };
	struct heap			 heap;
	int				 rc;

	if ((rc = heap_open(h, from, &first, &heap)) == 0)
		rc = each_sum(&heap, fn, arg);
	heap_close(&heap);
	return (rc);
}

/* ---- into one ---- */

struct merge {
	struct heap		 heap;
	struct run_writer	*to;
	size_t			 most;
};

/* Stops between two packs. */
static int
put_row(void *arg, const struct history_row *row)
{
	struct merge	*m = arg;

	if (run_put(m->to, row) == -1)
		return (-1);
	return (m->heap.taken >= m->most && run_is_even(m->to));
}

int
runs_merge(struct history *h, const struct runs *from, const struct run *to,
    struct history_row *next, size_t most, size_t *rows)
{
	struct merge	m = { .most = most > *rows ? most - *rows : 0 };
	int		rc;

	if ((m.to = run_begin(h, to)) == NULL)
		return (-1);
	if ((rc = heap_open(h, from, next, &m.heap)) == 0)
		rc = each_sum(&m.heap, put_row, &m);
	next->len = 0;
	if (rc == 1 && m.heap.n > 0)
		*next = *m.heap.source[0].row;
	*rows += m.heap.taken;
	heap_close(&m.heap);
	if (run_end(m.to, rc != -1) == -1)
		return (-1);
	return (next->len == 0);
}
