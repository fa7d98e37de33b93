/*
 * A hash table of sockets, which are also in a list from the one used last to
 * the one not used for the longest time.  Cookies are numbers in a row.
 */
#include "config.h"

#include <stdlib.h>

#include "data_sockets.h"

#define BUCKETS	65536u
#define MOST	262144u		/* sockets */

struct data_sockets {
	struct data_socket *buckets[BUCKETS];
	struct data_socket *newest, *oldest;
	uint32_t	 n;
};

struct data_sockets *
data_sockets_new(void)
{
	return (calloc(1, sizeof(struct data_sockets)));
}

static void
release(struct data_socket *one)
{
	data_spans_free(&one->streams[0].spans);
	data_spans_free(&one->streams[1].spans);
	free(one);
}

void
data_sockets_free(struct data_sockets *s)
{
	struct data_socket	*one, *next;

	if (s == NULL)
		return;
	for (one = s->newest; one != NULL; one = next) {
		next = one->older;
		release(one);
	}
	free(s);
}

static struct data_socket **
bucket(struct data_sockets *s, uint64_t cid)
{
	return (&s->buckets[cid % BUCKETS]);
}

static void
unlist(struct data_sockets *s, struct data_socket *one)
{
	if (one->newer != NULL)
		one->newer->older = one->older;
	else
		s->newest = one->older;
	if (one->older != NULL)
		one->older->newer = one->newer;
	else
		s->oldest = one->newer;
}

static void
list(struct data_sockets *s, struct data_socket *one)
{
	one->newer = NULL;
	one->older = s->newest;
	if (s->newest != NULL)
		s->newest->newer = one;
	else
		s->oldest = one;
	s->newest = one;
}

struct data_socket *
data_sockets_find(struct data_sockets *s, uint64_t cid)
{
	struct data_socket	*one = *bucket(s, cid);

	while (one != NULL && one->about.cid != cid)
		one = one->chain;
	if (one != NULL && one != s->newest) {
		unlist(s, one);
		list(s, one);
	}
	return (one);
}

struct data_socket *
data_sockets_add(struct data_sockets *s, const struct data_event *e)
{
	struct data_socket	*one = calloc(1, sizeof(*one));

	if (one == NULL)
		return (NULL);
	one->about = *e;
	one->fin = DATA_NO_FIN;
	one->chain = *bucket(s, e->cid);
	*bucket(s, e->cid) = one;
	list(s, one);
	s->n++;
	return (one);
}

void
data_sockets_remove(struct data_sockets *s, struct data_socket *one)
{
	struct data_socket	**at = bucket(s, one->about.cid);

	while (*at != one)
		at = &(*at)->chain;
	*at = one->chain;
	unlist(s, one);
	release(one);
	s->n--;
}

struct data_socket *
data_sockets_surplus(const struct data_sockets *s)
{
	return (s->n > MOST ? s->oldest : NULL);
}
