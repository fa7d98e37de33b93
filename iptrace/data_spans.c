/*
 * Octets of a stream that have come.  Nearly always all are in order, so there
 * is nothing but one number.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "data_spans.h"

/* Most gaps that are kept: a window of small segments with many losses. */
#define MOST	4096

/* What is new of [from, to). */
static void
pass_on(const struct data_spans *s, uint64_t from, uint64_t to,
    data_spans_fn *fn, void *arg)
{
	size_t	i;

	for (i = 0; i < s->n && from < to; i++) {
		if (s->ahead[i].to <= from)
			continue;
		if (s->ahead[i].from >= to)
			break;
		if (s->ahead[i].from > from)
			fn(arg, from, s->ahead[i].from);
		from = s->ahead[i].to;
	}
	if (from < to)
		fn(arg, from, to);
}

static void
remove_some(struct data_spans *s, size_t at, size_t n)
{
	memmove(s->ahead + at, s->ahead + at + n,
	    (s->n - at - n) * sizeof(*s->ahead));
	s->n -= n;
}

/* Whatever follows what has come without a gap is not ahead any more. */
static void
advance(struct data_spans *s)
{
	size_t	n = 0;

	for (; n < s->n && s->ahead[n].from <= s->next; n++)
		if (s->ahead[n].to > s->next)
			s->next = s->ahead[n].to;
	if (n > 0)
		remove_some(s, 0, n);
}

static int
make_room(struct data_spans *s)
{
	size_t			 room = s->room == 0 ? 8 : 2 * s->room;
	struct data_span	*more;

	if (s->n < s->room)
		return (0);
	if (s->n >= MOST ||
	    (more = reallocarray(s->ahead, room, sizeof(*more))) == NULL)
		return (-1);
	s->ahead = more;
	s->room = room;
	return (0);
}

/* Put [from, to) among those ahead, joined with what it touches. */
static void
insert(struct data_spans *s, uint64_t from, uint64_t to)
{
	size_t	i = 0, n = 0;

	while (i < s->n && s->ahead[i].to < from)
		i++;
	for (; i + n < s->n && s->ahead[i + n].from <= to; n++) {
		if (s->ahead[i + n].from < from)
			from = s->ahead[i + n].from;
		if (s->ahead[i + n].to > to)
			to = s->ahead[i + n].to;
	}
	if (n > 1)
		remove_some(s, i + 1, n - 1);
	if (n == 0) {
		memmove(s->ahead + i + 1, s->ahead + i,
		    (s->n - i) * sizeof(*s->ahead));
		s->n++;
	}
	s->ahead[i] = (struct data_span){ from, to };
}

void
data_spans_add(struct data_spans *s, uint64_t from, uint64_t to,
    data_spans_fn *fn, void *arg)
{
	if (from < s->next)
		from = s->next;
	if (from >= to)
		return;
	pass_on(s, from, to, fn, arg);
	if (from == s->next && s->n == 0) {
		s->next = to;
		return;
	}
	if (make_room(s) == -1) {
		if (s->n > 0)
			s->next = s->ahead[0].from;
		else
			s->next = to;
		advance(s);
	}
	if (s->room > 0)
		insert(s, from, to);
	advance(s);
}

void
data_spans_begin(struct data_spans *s, uint64_t at)
{
	if (at > s->next)
		s->next = at;
	advance(s);
}

uint64_t
data_spans_end(const struct data_spans *s)
{
	return (s->n > 0 ? s->ahead[s->n - 1].to : s->next);
}

void
data_spans_free(struct data_spans *s)
{
	free(s->ahead);
	*s = (struct data_spans){ .next = s->next };
}
