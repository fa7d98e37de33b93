/*
 * A heap of the largest groups so far, the one to be left out next on top.
 * The order is that of tally_table.c: the largest number, then the key.
 */
#include <stdlib.h>
#include <string.h>

#include "history_top.h"

/* More are sorted by the tally. */
#define TOP_MOST	10000

struct entry {
	uint64_t		value;
	struct tally_count	count;
	uint8_t			key[KEY_WIDTH_MAX];
};

struct top {
	size_t			 measure;	/* offset in a count */
	size_t			 width;
	size_t			 most;
	size_t			 n;
	struct entry		*entry;		/* a heap */
	struct tally_count	 rest;
	uint64_t		 cut;		/* how many that is */
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
top_fits(const struct question *q, const struct question_table *t)
{
	size_t	i, k;

	for (i = 0; i < q->ntables; i++)
		for (k = 0; k < q->table[i].nkeys; k++)
			if (key_is_time(&q->table[i].key[k]))
				return (false);
	return (q->permille == 0 && t->nkeys == 1 && t->top > 0 &&
	    t->top <= TOP_MOST && measure_of(t) < MEASURES);
}

struct top *
top_new(const struct question_table *t)
{
	struct top	*top;

	if ((top = calloc(1, sizeof(*top))) == NULL)
		return (NULL);
	top->measure = measures[measure_of(t)].offset;
	top->width = t->key[0].ops->width;
	top->most = (size_t)t->top;
	if ((top->entry = calloc(top->most, sizeof(*top->entry))) != NULL)
		return (top);
	free(top);
	return (NULL);
}

void
top_free(struct top *top)
{
	if (top != NULL)
		free(top->entry);
	free(top);
}

/* Does a come behind b? */
static bool
is_behind(const struct top *top, const struct entry *a,
    const struct entry *b)
{
	if (a->value != b->value)
		return (a->value < b->value);
	return (memcmp(a->key, b->key, top->width) > 0);
}

static void
sift_up(struct top *top, size_t at)
{
	struct entry	*e = top->entry, x = e[at];
	size_t		 parent;

	for (; at > 0; at = parent) {
		parent = (at - 1) / 2;
		if (!is_behind(top, &x, &e[parent]))
			break;
		e[at] = e[parent];
	}
	e[at] = x;
}

static void
sift_down(struct top *top)
{
	struct entry	*e = top->entry, x = e[0];
	size_t		 at = 0, child;

	while ((child = 2 * at + 1) < top->n) {
		if (child + 1 < top->n &&
		    is_behind(top, &e[child + 1], &e[child]))
			child++;
		if (!is_behind(top, &e[child], &x))
			break;
		e[at] = e[child];
		at = child;
	}
	e[at] = x;
}

static void
leave_out(struct top *top, const struct tally_count *c)
{
	top->cut++;
	top->rest.octets += c->octets;
	top->rest.data += c->data;
	top->rest.packets += c->packets;
	top->rest.in += c->in;
	top->rest.out += c->out;
}

int
top_add(struct top *top, const uint8_t *key, const struct tally_count *c)
{
	struct entry	x;

	x.count = *c;
	memcpy(&x.value, (const uint8_t *)c + top->measure, sizeof(x.value));
	memcpy(x.key, key, top->width);
	if (top->n < top->most) {
		top->entry[top->n] = x;
		sift_up(top, top->n++);
	} else if (is_behind(top, &x, &top->entry[0])) {
		leave_out(top, c);
	} else {
		leave_out(top, &top->entry[0].count);
		top->entry[0] = x;
		sift_down(top);
	}
	return (0);
}

int
top_tell(const struct top *top, struct tally *t, size_t table)
{
	size_t	i;

	for (i = 0; i < top->n; i++)
		if (tally_add(t, table, top->entry[i].key,
		    &top->entry[i].count) == -1)
			return (-1);
	tally_leave_out(t, table, top->cut, &top->rest);
	return (0);
}
