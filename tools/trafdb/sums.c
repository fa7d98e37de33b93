/*
 * Adds up the rows of a range, read from the database, to compare them with
 * the totals of its blocks and with the sums of another history.
 */
#include <string.h>
#include <xxhash.h>

#include "trafdb.h"

/*
 * Multiply each number by a factor that depends on the subject and on which
 * number it is: the digest of equal sums is equal, however they are split into
 * rows.
 */
static void
add_digest(struct sums *s, const struct history_row *row)
{
	uint64_t	h = XXH3_64bits(row->subject, row->len);
	uint64_t	step = h << 1 | 1;
	int		k;

	for (k = 0; k < HISTORY_COUNTS; k++) {
		s->digest += (h += step) * row->count[k].packets;
		s->digest += (h += step) * row->count[k].data;
		s->digest += (h += step) * row->count[k].ip;
	}
	s->digest += (h += step) * row->in;
	s->digest += (h + step) * row->out;
}

static int
add_service(void *arg, const struct history_row *row)
{
	struct sums	*s = arg;

	flow_count_add(&s->service, &row->count[0]);
	add_digest(s, row);
	return (0);
}

static int
add_pair(void *arg, const struct history_row *row)
{
	struct sums	*s = arg;

	flow_count_add(&s->pair, &row->count[0]);
	flow_count_add(&s->pair, &row->count[1]);
	add_digest(s, row);
	return (0);
}

static int
add_host(void *arg, const struct history_row *row)
{
	struct sums	*s = arg;

	flow_count_add(&s->in, &row->count[HISTORY_IN]);
	flow_count_add(&s->out, &row->count[HISTORY_OUT]);
	add_digest(s, row);
	return (0);
}

/* Not all traffic is in a VLAN. */
static int
add_vlan(void *arg, const struct history_row *row)
{
	struct sums	*s = arg;

	flow_count_add(&s->vlan, &row->count[0]);
	add_digest(s, row);
	return (0);
}

static bool
is_same(const struct flow_count *a, const struct flow_count *b)
{
	return (a->packets == b->packets && a->data == b->data &&
	    a->ip == b->ip);
}

int
sums_of(struct history *h, const struct history_account *a,
    struct history_range r, struct sums *s)
{
	memset(s, 0, sizeof(*s));
	if (history_each(h, a, HISTORY_SERVICE, r, NULL, add_service,
	    s) == -1 || history_each(h, a, HISTORY_PAIR, r, NULL, add_pair,
	    s) == -1 || history_each(h, a, HISTORY_HOST, r, NULL, add_host,
	    s) == -1 || history_each(h, a, HISTORY_VLAN, r, NULL, add_vlan,
	    s) == -1)
		return (db_fail(h));
	return (0);
}

bool
sums_agree(const struct sums *s, const struct history_totals *t)
{
	return (is_same(&s->service, &t->total) &&
	    is_same(&s->pair, &t->total) && is_same(&s->in, &t->total) &&
	    is_same(&s->out, &t->total) &&
	    s->vlan.packets <= t->total.packets &&
	    s->vlan.data <= t->total.data && s->vlan.ip <= t->total.ip);
}
