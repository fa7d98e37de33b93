/*
 * The set is an array: it is small, and is read in order.  A member that
 * drops out of the answers is kept for a while, because the largest ones of
 * an account change places after each save.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "members.h"

#define ABSENT_MS	300000	/* kept so long */

struct members {
	size_t		 top;
	size_t		 most;
	bool		 twice;
	size_t		 n;
	struct member	*m;
	struct member	 other;
	uint64_t	 gone_out;	/* counted by members that left */
	uint64_t	 gone_in;
	uint64_t	 started_ns;
	uint64_t	 begin_ns;
	uint64_t	 updated_ms;	/* 0: never */
};

struct members *
members_new(size_t top, bool twice)
{
	struct members	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->top = top;
	s->most = 4 * top;
	s->twice = twice;
	if ((s->m = calloc(s->most, sizeof(*s->m))) == NULL) {
		free(s);
		return (NULL);
	}
	return (s);
}

void
members_free(struct members *s)
{
	if (s == NULL)
		return;
	free(s->m);
	free(s);
}

/* Twice as many as come in: who is in does not drop out by one place. */
size_t
members_wanted(const struct members *s)
{
	return (2 * s->top);
}

/* ---- comparisons ---- */

static int
by_key(const void *a, const void *b)
{
	return (flow_key_cmp(&((const struct flow *)a)->key,
	    &((const struct flow *)b)->key));
}

static int
by_bytes(const void *a, const void *b)
{
	const struct flow	*const *fa = a, *const *fb = b;

	if ((*fa)->count.ip != (*fb)->count.ip)
		return ((*fa)->count.ip < (*fb)->count.ip ? 1 : -1);
	return (by_key(*fa, *fb));
}

/* Those that are absent last, else by their bytes in the account. */
static int
by_place(const void *a, const void *b)
{
	const struct member	*ma = a, *mb = b;
	uint64_t		 na = ma->account_out + ma->account_in;
	uint64_t		 nb = mb->account_out + mb->account_in;

	if ((ma->absent_ms != 0) != (mb->absent_ms != 0))
		return (ma->absent_ms != 0 ? 1 : -1);
	if (na != nb)
		return (na < nb ? 1 : -1);
	return (flow_key_cmp(&ma->key, &mb->key));
}

/* ---- one answer ---- */

/* More than what was there before; never less than nothing. */
static uint64_t
grown(uint64_t now, uint64_t before)
{
	return (now > before ? now - before : 0);
}

static void
count(struct member *m, uint64_t out, uint64_t in, double seconds)
{
	m->out += out;
	m->in += in;
	m->rate_out = seconds > 0 ? (double)out / seconds : 0;
	m->rate_in = seconds > 0 ? (double)in / seconds : 0;
}

/*
 * What the account said before, if that is what it goes on from: it starts
 * at 0 after a save, and is the old one again when that save has failed.
 */
static bool
is_continued(const struct members *s, const struct member *m,
    const struct members_answer *a)
{
	return (m->absent_ms == 0 && a->begin_ns >= s->begin_ns);
}

/* The member's row is there, or is known to be one of zeros (row NULL). */
static void
count_present(const struct members *s, struct member *m,
    const struct flow *row, const struct members_answer *a)
{
	double		seconds = s->updated_ms == 0 ? 0 :
	    (double)(a->now_ms - s->updated_ms) / 1000;
	uint64_t	out = row != NULL ? row->count.data : 0;
	uint64_t	in = row != NULL ? grown(row->count.ip, out) : 0;
	bool		saved = a->begin_ns > s->begin_ns;

	if (is_continued(s, m, a))
		count(m, grown(out, saved ? 0 : m->account_out),
		    grown(in, saved ? 0 : m->account_in), seconds);
	else
		count(m, 0, 0, 0);	/* that was `other' */
	m->account_out = out;
	m->account_in = in;
	m->absent_ms = 0;
}

static void
count_members(struct members *s, const struct members_answer *a)
{
	struct flow		 want = { 0 };
	const struct flow	*row;
	size_t			 i;

	for (i = 0; i < s->n; i++) {
		want.key = s->m[i].key;
		row = a->n == 0 ? NULL : bsearch(&want, a->rows, a->n,
		    sizeof(*a->rows), by_key);
		if (row != NULL || a->complete)
			count_present(s, &s->m[i], row, a);
		else {
			count(&s->m[i], 0, 0, 0);
			if (s->m[i].absent_ms == 0)
				s->m[i].absent_ms = a->now_ms;
		}
	}
}

static void
leave(struct members *s, size_t i)
{
	s->gone_out += s->m[i].out;
	s->gone_in += s->m[i].in;
	s->m[i] = s->m[--s->n];
}

static void
drop_absent(struct members *s, uint64_t now_ms)
{
	size_t	i = 0;

	while (i < s->n)
		if (s->m[i].absent_ms != 0 &&
		    now_ms - s->m[i].absent_ms > ABSENT_MS)
			leave(s, i);
		else
			i++;
}

static bool
is_member(const struct members *s, const struct flow_key *key)
{
	size_t	i;

	for (i = 0; i < s->n; i++)
		if (memcmp(&s->m[i].key, key, sizeof(*key)) == 0)
			return (true);
	return (false);
}

/* The place of somebody who must go: the last one in order. */
static void
make_room(struct members *s)
{
	if (s->n < s->most)
		return;
	qsort(s->m, s->n, sizeof(*s->m), by_place);
	leave(s, s->n - 1);
}

static void
join(struct members *s, const struct flow *row, uint64_t now_ns)
{
	struct member	*m;

	make_room(s);
	m = &s->m[s->n++];
	memset(m, 0, sizeof(*m));
	m->key = row->key;
	m->created_ns = now_ns;
	m->account_out = row->count.data;
	m->account_in = grown(row->count.ip, row->count.data);
}

static void
take_in(struct members *s, const struct members_answer *a)
{
	const struct flow	**sorted;
	size_t			  i;

	if (a->n == 0 || (sorted = calloc(a->n, sizeof(*sorted))) == NULL)
		return;
	for (i = 0; i < a->n; i++)
		sorted[i] = &a->rows[i];
	qsort(sorted, a->n, sizeof(*sorted), by_bytes);
	for (i = 0; i < a->n && i < s->top; i++)
		if (!is_member(s, &sorted[i]->key))
			join(s, sorted[i], a->now_ns);
	free(sorted);
}

/*
 * What is left of the total.  The total is a little older or younger than
 * the rows: it must not make the rest smaller.
 */
static void
count_other(struct members *s, uint64_t total, double seconds)
{
	uint64_t	out = s->gone_out, in = s->gone_in;
	size_t		i;

	for (i = 0; i < s->n; i++) {
		out += s->m[i].out;
		in += s->m[i].in;
	}
	if (s->twice)
		count(&s->other, grown(grown(total, out), s->other.out),
		    grown(grown(total, in), s->other.in), seconds);
	else
		count(&s->other, grown(grown(total, out + in), s->other.out),
		    0, seconds);
}

static void
start_anew(struct members *s, const struct members_answer *a)
{
	s->n = 0;
	s->gone_out = s->gone_in = 0;
	memset(&s->other, 0, sizeof(s->other));
	s->other.created_ns = a->started_ns;
	s->started_ns = a->started_ns;
	s->begin_ns = a->begin_ns;
	s->updated_ms = 0;
}

void
members_update(struct members *s, const struct members_answer *a)
{
	double	seconds = 0;

	if (s->started_ns != a->started_ns)
		start_anew(s, a);
	if (s->updated_ms != 0)
		seconds = (double)(a->now_ms - s->updated_ms) / 1000;
	count_members(s, a);
	drop_absent(s, a->now_ms);
	take_in(s, a);
	count_other(s, a->total, seconds);
	s->begin_ns = a->begin_ns;
	s->updated_ms = a->now_ms;
	qsort(s->m, s->n, sizeof(*s->m), by_place);
}

const struct member *
members_get(const struct members *s, size_t i)
{
	return (&s->m[i]);
}

size_t
members_count(const struct members *s)
{
	return (s->n);
}

const struct member *
members_other(const struct members *s)
{
	return (&s->other);
}
