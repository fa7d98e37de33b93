/*
 * A heap of the largest groups so far, with the smallest of them on top.  The
 * order is that of tally_table.c: by number, then by key.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "history_top.h"

/* For more rows, sorting all groups is as fast. */
#define TOP_MOST	10000

struct entry {
	uint64_t		value;
	struct tally_count	count;
	uint8_t			key[KEY_WIDTH_MAX];
};

struct top {
	size_t			 measure;	/* offset in a count */
	size_t			 width;		/* octets of a key */
	size_t			 most;
	struct entry		*entry;		/* heap.n are in use */
	struct heap		 heap;		/* smallest entry on top */
	struct tally_count	 rest;
	uint64_t		 cut;		/* number of groups left out */
};

/* One part is unused if the table is not divided. */
struct tops {
	struct tally	*tally;
	size_t		 table;
	bool		 divided;
	const struct groups *hosts;	/* kept in any case, or NULL */
	struct top	*part[2];	/* local, remote */
};

static const struct {
	const char	*name;
	size_t		 offset;
} measures[] = {
	{ "bytes",	offsetof(struct tally_count, octets) },
	{ "in",		offsetof(struct tally_count, in) },
	{ "out",	offsetof(struct tally_count, out) },
	{ "data",	offsetof(struct tally_count, data) },
	{ "packets",	offsetof(struct tally_count, packets) }
};
#define MEASURES	(sizeof(measures) / sizeof(measures[0]))

static size_t
measure_of(const struct question_table *t)
{
	size_t	i;

	for (i = 0; t->sort != NULL && i < MEASURES; i++)
		if (strcmp(measures[i].name, t->sort) == 0)
			return (i);
	return (t->sort == NULL ? 0 : MEASURES);
}

bool
tops_fit(const struct tally *tally, const struct question *q, size_t table,
    const char *networks)
{
	const struct question_table	*t = &q->table[table];
	size_t				 i, k;

	if (networks != NULL && !tally_divides_as(tally, networks))
		return (false);
	for (i = 0; i < q->ntables; i++)
		for (k = 0; k < q->table[i].nkeys; k++)
			if (key_is_time(&q->table[i].key[k]))
				return (false);
	return (q->permille == 0 && t->nkeys == 1 && t->top > 0 &&
	    t->top <= TOP_MOST && measure_of(t) < MEASURES);
}

/* Does a come after b in the report? */
static bool
is_behind(const struct top *top, const struct entry *a,
    const struct entry *b)
{
	if (a->value != b->value)
		return (a->value < b->value);
	return (memcmp(a->key, b->key, top->width) > 0);
}

static bool
is_later(const void *arg, size_t a, size_t b)
{
	const struct top	*top = arg;

	return (is_behind(top, &top->entry[a], &top->entry[b]));
}

static void
top_free(struct top *top)
{
	if (top == NULL)
		return;
	free(top->entry);
	free(top->heap.item);
	free(top);
}

static struct top *
top_new(const struct question_table *t)
{
	struct top	*top;

	if ((top = calloc(1, sizeof(*top))) == NULL)
		return (NULL);
	top->measure = measures[measure_of(t)].offset;
	top->width = t->key[0].ops->width;
	top->most = (size_t)t->top;
	top->heap.before = is_later;
	top->heap.arg = top;
	top->entry = calloc(top->most, sizeof(*top->entry));
	top->heap.item = calloc(top->most, sizeof(*top->heap.item));
	if (top->entry != NULL && top->heap.item != NULL)
		return (top);
	top_free(top);
	errno = ENOMEM;
	return (NULL);
}

static void
cut_off(struct top *top, const struct tally_count *c)
{
	top->cut++;
	tally_count_add(&top->rest, c);
}

static void
top_add(struct top *top, const uint8_t *key, const struct tally_count *c)
{
	struct entry	x, *last;

	x.count = *c;
	memcpy(&x.value, (const uint8_t *)c + top->measure, sizeof(x.value));
	memcpy(x.key, key, top->width);
	if (top->heap.n < top->most) {
		top->entry[top->heap.n] = x;
		heap_push(&top->heap, top->heap.n);
		return;
	}
	last = &top->entry[top->heap.item[0]];
	if (is_behind(top, &x, last)) {
		cut_off(top, c);
		return;
	}
	cut_off(top, &last->count);
	*last = x;
	heap_sink(&top->heap);
}

static int
top_tell(const struct top *top, struct tally *t, size_t table, bool remote)
{
	size_t	i;

	for (i = 0; i < top->heap.n; i++)
		if (tally_add(t, table, top->entry[i].key,
		    &top->entry[i].count) == -1)
			return (-1);
	tally_add_cut(t, table, remote, top->cut, &top->rest);
	return (0);
}

struct tops *
tops_new(struct tally *t, const struct question *q, size_t table,
    const struct groups *hosts)
{
	struct tops	*tops = calloc(1, sizeof(*tops));

	if (tops == NULL)
		return (NULL);
	tops->tally = t;
	tops->table = table;
	tops->hosts = hosts;
	tops->divided = tally_divides(t, &q->table[table]);
	if ((tops->part[0] = top_new(&q->table[table])) != NULL &&
	    (tops->part[1] = top_new(&q->table[table])) != NULL)
		return (tops);
	tops_free(tops);
	errno = ENOMEM;
	return (NULL);
}

void
tops_free(struct tops *tops)
{
	if (tops == NULL)
		return;
	top_free(tops->part[0]);
	top_free(tops->part[1]);
	free(tops);
}

int
tops_add(struct tops *tops, const uint8_t *key, const struct tally_count *c)
{
	bool	remote;

	if (tops->hosts != NULL && groups_has(tops->hosts, key))
		return (tally_add(tops->tally, tops->table, key, c));
	remote = tops->divided && tally_is_remote(tops->tally, key);
	top_add(tops->part[remote], key, c);
	return (0);
}

int
tops_tell(const struct tops *tops)
{
	return (top_tell(tops->part[0], tops->tally, tops->table, false) ==
	    -1 || top_tell(tops->part[1], tops->tally, tops->table, true) ==
	    -1 ? -1 : 0);
}
