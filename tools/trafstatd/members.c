/*
 * The set is an array, since it is small and read in order.  A member that
 * is missing in an answer is kept for a while: after a save, sums start from
 * 0 and the order of the largest changes quickly.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "members.h"

#define ABSENT_MS	300000	/* how long an absent member is kept */

struct members {
	size_t		 top;		/* of an answer that become members */
	size_t		 most;		/* members the array can hold */
	bool		 twice;		/* each byte has two members */
	size_t		 n;
	struct member	*m;
	struct member	 other;
	uint64_t	 gone_out;	/* counted by members that left */
	uint64_t	 gone_in;
	uint64_t	 started_ns;
	uint64_t	 epoch_first;
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

/*
 * Twice as many as can become members, so that a member is still in the
 * answer after it has lost a few places.
 */
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

/* By bytes in the account, largest first; absent members last. */
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

/* The difference, or 0 if the value went back. */
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
 * Can the member's sums be compared with those of the last answer?  They
 * start from 0 after a save (a later epoch).  If a save has failed, the epoch
 * goes back to the old one, and so do the sums.
 */
static bool
is_continued(const struct members *s, const struct member *m,
    const struct members_answer *a)
{
	return (m->absent_ms == 0 && a->epoch_first >= s->epoch_first);
}

/* The answer has the member's row, or shows that it is 0 (row is NULL). */
static void
count_present(const struct members *s, struct member *m,
    const struct flow *row, const struct members_answer *a)
{
	double		seconds = s->updated_ms == 0 ? 0 :
	    (double)(a->now_ms - s->updated_ms) / 1000;
	uint64_t	out = row != NULL ? row->count.data : 0;
	uint64_t	in = row != NULL ? grown(row->count.ip, out) : 0;
	bool		saved = a->epoch_first > s->epoch_first;

	if (is_continued(s, m, a))
		count(m, grown(out, saved ? 0 : m->account_out),
		    grown(in, saved ? 0 : m->account_in), seconds);
	else
		count(m, 0, 0, 0);	/* the bytes count as `other' */
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

/* If the array is full, remove the last member in by_place() order. */
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
 * `other' is the total less all members, present and past.  Total and rows are
 * not read at the same moment, so the difference may shrink a little; the
 * counter must not.
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
	s->epoch_first = a->epoch_first;
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
	s->epoch_first = a->epoch_first;
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
