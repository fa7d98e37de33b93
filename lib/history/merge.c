/*
 * Merges many runs into one: a heap of readers, the least subject on top.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/heap.h"
#include "history_impl.h"

/* A run that is being read, and its current row. */
struct source {
	struct run_reader		*reader;	/* NULL at its end */
	const struct history_row	*row;
};

struct merging {
	struct source	*source;
	size_t		*item;		/* of the heap */
	struct heap	 heap;		/* of sources that have a row */
	size_t		 n;		/* sources opened */
	size_t		 taken;		/* rows read */
};

/* Sources that are at the same subject leave in any order. */
static bool
is_before(const void *arg, size_t a, size_t b)
{
	const struct merging	*m = arg;

	return (history_subject_cmp(m->source[a].row, m->source[b].row) < 0);
}

static const struct history_row *
top(const struct merging *m)
{
	return (m->source[m->heap.item[0]].row);
}

/* Read the next row of the run on top; at its end it leaves the heap. */
static int
advance(struct merging *m)
{
	struct source	*s = &m->source[m->heap.item[0]];
	int		 rc;

	m->taken++;
	if ((rc = run_next(s->reader, &s->row)) == 1)
		heap_sink(&m->heap);
	else if (rc == 0) {
		(void)heap_pop(&m->heap);
		run_close(s->reader);
		s->reader = NULL;
	}
	return (rc == -1 ? -1 : 0);
}

static int
add_source(struct history *h, struct merging *m, const struct sorted_run *run,
    const struct history_row *first)
{
	struct source	*s = &m->source[m->n];
	int		 rc;

	if ((s->reader = run_open(h, run)) == NULL)
		return (-1);
	m->n++;
	rc = run_seek(s->reader, first);
	if (rc == 0 && (rc = run_next(s->reader, &s->row)) == 1)
		heap_push(&m->heap, m->n - 1);
	return (rc == -1 ? -1 : 0);
}

/* Add up the rows of each subject, and call fn with the sum. */
static int
each_sum(struct merging *m, history_row_fn *fn, void *arg)
{
	struct history_row	row;
	int			rc;

	while (m->heap.n > 0) {
		row = *top(m);
		if (advance(m) == -1)
			return (-1);
		while (m->heap.n > 0 && history_subject_cmp(&row, top(m)) ==
		    0) {
			history_row_add(&row, top(m));
			if (advance(m) == -1)
				return (-1);
		}
		if ((rc = fn(arg, &row)) != 0)
			return (rc);
	}
	return (0);
}

static int
merging_open(struct history *h, const struct runs *from,
    const struct history_row *first, struct merging *m)
{
	size_t	i;

	m->n = m->taken = 0;
	m->source = calloc(from->n + 1, sizeof(*m->source));
	m->item = calloc(from->n + 1, sizeof(*m->item));
	m->heap = (struct heap){ m->item, 0, is_before, m };
	if (m->source == NULL || m->item == NULL)
		return (history_fail(h, ENOMEM, "out of memory"));
	for (i = 0; i < from->n; i++)
		if (add_source(h, m, &from->run[i], first) == -1)
			return (-1);
	return (0);
}

static void
merging_close(struct merging *m)
{
	while (m->n > 0)
		run_close(m->source[--m->n].reader);
	free(m->source);
	free(m->item);
}

int
runs_each(struct history *h, const struct runs *from, history_row_fn *fn,
    void *arg)
{
	static const struct history_row	 first = { .len = 0 };
	struct merging			 m;
	int				 rc;

	if ((rc = merging_open(h, from, &first, &m)) == 0)
		rc = each_sum(&m, fn, arg);
	merging_close(&m);
	return (rc);
}

/* ---- into one ---- */

struct merge {
	struct merging		 from;
	struct run_writer	*to;
	size_t			 most;
};

/* Write a row.  Returns 1 to stop: only between two packs. */
static int
put_row(void *arg, const struct history_row *row)
{
	struct merge	*m = arg;

	if (run_put(m->to, row) == -1)
		return (-1);
	return (m->from.taken >= m->most && run_is_even(m->to));
}

int
runs_merge(struct history *h, const struct runs *from,
    const struct sorted_run *to, struct history_row *next, size_t most,
    size_t *rows)
{
	struct merge	m = { .most = most > *rows ? most - *rows : 0 };
	int		rc;

	if ((m.to = run_begin(h, to)) == NULL)
		return (-1);
	if ((rc = merging_open(h, from, next, &m.from)) == 0)
		rc = each_sum(&m.from, put_row, &m);
	next->len = 0;
	if (rc == 1 && m.from.heap.n > 0)
		*next = *top(&m.from);
	*rows += m.from.taken;
	merging_close(&m.from);
	if (run_end(m.to, rc != -1) == -1)
		return (-1);
	return (next->len == 0);
}
