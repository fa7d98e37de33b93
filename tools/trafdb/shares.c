/*
 * Shares of periods: a block has a share in its hour, its day and its month,
 * as far as each is kept.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shares.h"
#include "trafdb.h"

struct share {
	enum history_grain	grain;
	uint32_t		period;
	uint64_t		blocks;
	uint64_t		rows;
	uint64_t		checksum;
	struct flow_count	total;
};

struct shares {
	struct share	*list;
	size_t		 n;
	size_t		 room;
	bool		 gone;		/* a block's time is no longer kept */
};

struct shares *
shares_new(void)
{
	return (calloc(1, sizeof(struct shares)));
}

void
shares_free(struct shares *s)
{
	if (s != NULL)
		free(s->list);
	free(s);
}

/* Search from the end: blocks come nearly in the order of their time. */
static struct share *
find(struct shares *s, enum history_grain grain, uint32_t period)
{
	struct share	*more;
	size_t		 i, room = s->room == 0 ? 256 : 2 * s->room;

	for (i = s->n; i-- > 0;)
		if (s->list[i].grain == grain && s->list[i].period == period)
			return (&s->list[i]);
	if (s->n == s->room) {
		more = reallocarray(s->list, room, sizeof(*more));
		if (more == NULL)
			return (NULL);
		s->list = more;
		s->room = room;
	}
	memset(&s->list[s->n], 0, sizeof(*s->list));
	s->list[s->n].grain = grain;
	s->list[s->n].period = period;
	return (&s->list[s->n++]);
}

static int
add(struct shares *s, enum history_grain grain, uint32_t hour,
    const struct block_info *b)
{
	struct share	*share = find(s, grain, history_period(grain, hour));

	if (share == NULL)
		return (-1);
	share->blocks++;
	share->rows += b->rows;
	share->checksum += history_checksum(b);
	flow_count_add(&share->total, &b->total);
	return (0);
}

int
shares_add(struct shares *s, const struct history_account *a,
    const struct block_info *b)
{
	uint32_t	hour = history_hour(b);
	int		g;

	if (hour < a->kept[HISTORY_MONTH])
		s->gone = true;
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		if (hour >= a->kept[g] &&
		    add(s, (enum history_grain)g, hour, b) == -1)
			return (-1);
	return (0);
}

/* ---- compared with the history ---- */

static bool
is_same(const struct flow_count *a, const struct flow_count *b)
{
	return (a->packets == b->packets && a->data == b->data &&
	    a->ip == b->ip);
}

/* The share is all of the period, or a part if other files have shares, too. */
static bool
has_share(const struct history_totals *t, const struct share *s)
{
	if (t->blocks == s->blocks)
		return (t->rows == s->rows && t->checksum == s->checksum &&
		    is_same(&t->total, &s->total));
	return (t->blocks > s->blocks && t->rows >= s->rows &&
	    t->total.packets >= s->total.packets &&
	    t->total.data >= s->total.data && t->total.ip >= s->total.ip);
}

static int
is_held(struct history *h, const struct history_account *a,
    const struct share *s)
{
	struct history_range	r = { s->period, 0 };
	struct history_totals	t;
	struct sums		sums;

	r.until = history_period_next(s->grain, s->period);
	if (history_total(h, a, r, &t) == -1)
		return (db_fail(h));
	if (!has_share(&t, s))
		return (0);
	if (sums_of(h, a, r, &sums) == -1)
		return (-1);
	return (sums_agree(&sums, &t));
}

/* The sum of the single blocks of an hour: it must be the hour's totals. */
struct single {
	struct history_totals	sum;
};

static int
add_single(void *arg, const struct history_totals *t)
{
	struct single	*s = arg;

	s->sum.blocks += t->blocks;
	s->sum.rows += t->rows;
	s->sum.checksum += t->checksum;
	flow_count_add(&s->sum.total, &t->total);
	return (0);
}

static int
singles_held(struct history *h, const struct history_account *a,
    const struct share *s)
{
	struct history_range	r = { s->period, s->period + 1 };
	struct single		all;
	struct history_totals	t;

	if (s->grain != HISTORY_HOUR)
		return (1);
	memset(&all, 0, sizeof(all));
	if (history_blocks(h, a, r, add_single, &all) == -1 ||
	    history_total(h, a, r, &t) == -1)
		return (db_fail(h));
	return (all.sum.blocks == t.blocks && all.sum.rows == t.rows &&
	    all.sum.checksum == t.checksum &&
	    is_same(&all.sum.total, &t.total));
}

int
shares_held(struct shares *s, struct history *h,
    const struct history_account *a)
{
	size_t	i;
	int	rc = s->gone ? 0 : 1;

	for (i = 0; i < s->n && rc == 1; i++)
		if ((rc = is_held(h, a, &s->list[i])) == 1)
			rc = singles_held(h, a, &s->list[i]);
	return (rc);
}
