/*
 * Calls that may get a reply: a hash table of chains, and two lists by age, of
 * answered and of unanswered calls (calls.h).
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/clock.h"
#include "calls.h"

_Static_assert(sizeof(struct call_key) == 44, "call_key has a hole");

struct list {
	struct call	*oldest, *newest;
};

struct calls {
	struct call	 *places;
	size_t		  most, used;
	struct call	**chains;
	size_t		  mask;
	uint64_t	  seed;		/* so that nobody can aim at a chain */
	struct list	  lists[2];	/* unanswered, answered */
	call_fn		 *given_up;
	void		 *arg;
};

struct calls *
calls_new(size_t most, call_fn *given_up, void *arg)
{
	struct calls	*t = calloc(1, sizeof(*t));
	size_t		 chains = 1;

	if (t == NULL)
		return (NULL);
	while (chains < most)
		chains *= 2;
	t->places = calloc(most, sizeof(*t->places));
	t->chains = calloc(chains, sizeof(struct call *));
	if (t->places == NULL || t->chains == NULL) {
		calls_free(t);
		return (NULL);
	}
	t->most = most;
	t->mask = chains - 1;
	t->seed = now_mono() ^ (uintptr_t)t;
	t->given_up = given_up;
	t->arg = arg;
	return (t);
}

void
calls_free(struct calls *t)
{
	if (t == NULL)
		return;
	free(t->places);
	free(t->chains);
	free(t);
}

static struct call **
chain(struct calls *t, const struct call_key *k)
{
	return (&t->chains[XXH3_64bits_withSeed(k, sizeof(*k), t->seed) &
	    t->mask]);
}

/* ---- lists by age ---- */

static void
leave(struct calls *t, struct call *c)
{
	struct list	*l = &t->lists[c->answered];

	*(c->older != NULL ? &c->older->newer : &l->oldest) = c->newer;
	*(c->newer != NULL ? &c->newer->older : &l->newest) = c->older;
}

static void
join(struct calls *t, struct call *c)
{
	struct list	*l = &t->lists[c->answered];

	c->older = l->newest;
	c->newer = NULL;
	*(l->newest != NULL ? &l->newest->newer : &l->oldest) = c;
	l->newest = c;
}

/* ---- calls ---- */

struct call *
calls_find(struct calls *t, const struct call_key *k)
{
	struct call	*c = *chain(t, k);

	while (c != NULL && memcmp(&c->key, k, sizeof(*k)) != 0)
		c = c->next;
	return (c);
}

/* A place: a free one, else of the oldest. */
static struct call *
place(struct calls *t)
{
	struct call	*c, **at;

	if (t->used < t->most)
		return (&t->places[t->used++]);
	c = t->lists[true].oldest != NULL ? t->lists[true].oldest :
	    t->lists[false].oldest;
	if (!c->answered && t->given_up != NULL)
		t->given_up(t->arg, c);
	leave(t, c);
	for (at = chain(t, &c->key); *at != c; at = &(*at)->next)
		continue;
	*at = c->next;
	return (c);
}

struct call *
calls_add(struct calls *t, const struct call_key *k)
{
	struct call	*c = place(t), **at = chain(t, k);

	memset(c, 0, sizeof(*c));
	c->key = *k;
	c->next = *at;
	*at = c;
	join(t, c);
	return (c);
}

void
calls_answered(struct calls *t, struct call *c, bool answered)
{
	leave(t, c);
	c->answered = answered;
	join(t, c);
}

void
calls_each(const struct calls *t, call_fn *fn, void *arg)
{
	const struct call	*c;

	for (c = t->lists[false].oldest; c != NULL; c = c->newer)
		fn(arg, c);
}
