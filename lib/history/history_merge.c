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
add_source(struct history *h, struct heap *heap, const struct run *run)
{
	struct source	*s = &heap->source[heap->n];
	int		 rc;

	if ((s->reader = run_open(h, run)) == NULL)
		return (-1);
	if ((rc = run_next(s->reader, &s->row)) == 1)
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
open_sources(struct history *h, const struct runs *from, struct heap *heap)
{
	size_t	i;

	for (i = 0; i < from->n; i++)
		if (add_source(h, heap, &from->run[i]) == -1)
			return (-1);
	for (i = heap->n / 2; i-- > 0;)
		sift_down(heap, i);
	return (0);
}

int
runs_each(struct history *h, const struct runs *from, history_row_fn *fn,
    void *arg)
{
	struct heap	heap = { NULL, 0 };
	int		rc;

	heap.source = calloc(from->n + 1, sizeof(*heap.source));
	if (heap.source == NULL)
		return (history_fail(h, ENOMEM, "out of memory"));
	if ((rc = open_sources(h, from, &heap)) == 0)
		rc = each_sum(&heap, fn, arg);
	while (heap.n > 0)
		run_close(heap.source[--heap.n].reader);
	free(heap.source);
	return (rc);
}

static int
put_row(void *writer, const struct history_row *row)
{
	return (run_put(writer, row));
}

int
runs_merge(struct history *h, const struct runs *from, const struct run *to)
{
	struct run_writer	*w;

	if ((w = run_begin(h, to)) == NULL)
		return (-1);
	return (run_end(w, runs_each(h, from, put_row, w) == 0));
}
