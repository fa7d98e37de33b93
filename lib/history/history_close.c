/*
 * Periods that are over: the runs of an hour become one, those of its hours
 * a day, those of its days a month.  What they are made of stays; only
 * retention removes it.
 */
#include "history_impl.h"

static int
delete_all(struct history *h, const struct runs *l)
{
	size_t	i;

	for (i = 0; i < l->n; i++)
		if (run_delete(h, &l->run[i]) == -1)
			return (-1);
	return (0);
}

/* Make the runs of one period one. */
static int
merge_period(struct history *h, const struct runs *l)
{
	struct run	to = l->run[0];

	if (run_new(h, &to) == -1 || runs_merge(h, l, &to) == -1)
		return (-1);
	return (delete_all(h, l));
}

int
history_limit_runs(struct history *h, uint32_t account,
    enum history_grain grain, uint32_t period)
{
	struct runs	l = { 0 };
	int		kind, rc = 0;

	for (kind = 1; kind <= HISTORY_KINDS && rc == 0; kind++) {
		l.n = 0;
		rc = runs_list(h, account, (enum history_kind)kind, grain,
		    period, period + 1, &l);
		if (rc == 0 && l.n >= RUNS_MOST)
			rc = merge_period(h, &l);
	}
	runs_free(&l);
	return (rc);
}

/* Hours that are over. */
static int
merge_hours(struct history *h, uint32_t account, enum history_kind kind,
    uint32_t from, uint32_t until)
{
	struct runs	all = { 0 }, one;
	size_t		i, n;
	int		rc;

	rc = runs_list(h, account, kind, HISTORY_HOUR, from, until, &all);
	for (i = 0; i < all.n && rc == 0; i += n) {
		for (n = 1; i + n < all.n &&
		    all.run[i + n].period == all.run[i].period; n++)
			;
		one.run = &all.run[i];
		one.n = one.room = n;
		if (n > 1)
			rc = merge_period(h, &one);
	}
	runs_free(&all);
	return (rc);
}

/* One period of a grain from those of the finer one. */
static int
sum_period(struct history *h, const struct run *to, enum history_grain finer)
{
	struct runs	l = { 0 };
	int		rc;

	rc = runs_list(h, to->account, to->kind, finer, to->period,
	    history_period_next(to->grain, to->period), &l);
	if (rc == 0 && l.n > 0)
		rc = runs_merge(h, &l, to);
	runs_free(&l);
	return (rc);
}

/* All periods of a grain that end in (from, until]. */
static int
sum_periods(struct history *h, uint32_t account, enum history_kind kind,
    enum history_grain grain, uint32_t from, uint32_t until)
{
	struct run	to = { account, kind, grain, 0, 0 };
	uint32_t	next;

	to.period = history_period(grain, from);
	for (;; to.period = next) {
		if ((next = history_period_next(grain, to.period)) > until)
			return (0);
		if (sum_period(h, &to, grain == HISTORY_DAY ? HISTORY_HOUR :
		    HISTORY_DAY) == -1)
			return (-1);
	}
}

int
history_close_until(struct history *h, struct history_account *a,
    uint32_t hour)
{
	uint32_t		from = a->closed;
	enum history_kind	kind;
	int			k;

	if (from == 0)
		from = history_period(HISTORY_MONTH, a->first);
	if (hour <= from)
		return (0);
	for (k = 1; k <= HISTORY_KINDS; k++) {
		kind = (enum history_kind)k;
		if (merge_hours(h, a->id, kind, from, hour) == -1 ||
		    sum_periods(h, a->id, kind, HISTORY_DAY, from,
		    hour) == -1 ||
		    sum_periods(h, a->id, kind, HISTORY_MONTH, from,
		    hour) == -1)
			return (-1);
	}
	a->closed = hour;
	return (0);
}
