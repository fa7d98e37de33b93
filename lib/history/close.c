/*
 * Rolls up periods that are over: merges the runs of an hour into one, sums
 * the hours of a day, and sums the days of a month.  Hours and days remain;
 * only retention deletes them.
 *
 * A large month takes seconds, and a feed must not take that long.  So each
 * feed does a part of the work, in its own transaction.  `closed' of the
 * account moves on only when a job is complete: until then no query reads the
 * unfinished day or month, but the finer periods that it is made of.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "history_impl.h"

/*
 * The steps of a job: hours, days, months, each for hosts, services and pairs;
 * then the same for VLANs, which came later: a job that an earlier version
 * began goes on.  A job covers hours of one day at most, or a time without
 * blocks.
 */
#define STEPS		(HISTORY_KINDS * HISTORY_MONTH)
#define STEP_VLANS	((unsigned)HISTORY_PAIR * HISTORY_MONTH)

/* Each call of a step counts as this many rows, even if nothing is to do. */
#define STEP_ROWS	16

/* Closes the periods from `closed' of the account to `until'. */
struct job {
	uint32_t		until;		/* 0: none */
	unsigned		step;
	struct history_row	next;		/* from this subject; "": all */
};

/* ---- the job, stored between two feeds ---- */

static size_t
key_job(const struct history_account *a, uint8_t key[KEY_MAX])
{
	key[0] = KEY_JOB;
	return ((size_t)(put_be(key + 1, a->id, 4) - key));
}

static int
job_get(struct history *h, const struct history_account *a, struct job *j)
{
	uint8_t		 key[KEY_MAX];
	const void	*value;
	const uint8_t	*from;
	size_t		 len;
	int		 rc;

	memset(j, 0, sizeof(*j));
	rc = store_get(h->store, key, key_job(a, key), &value, &len);
	if (rc != 1)
		return (rc);
	from = value;
	if (len < 5 || len - 5 > HISTORY_SUBJECT_MAX || from[4] >= STEPS ||
	    get_be(from, 4) > HOUR_MOST)
		return (history_fail(h, EBADMSG, "damaged job"));
	j->until = (uint32_t)get_be(from, 4);
	j->step = from[4];
	j->next.len = (uint8_t)(len - 5);
	memcpy(j->next.subject, from + 5, j->next.len);
	return (0);
}

static int
job_put(struct history *h, const struct history_account *a,
    const struct job *j)
{
	uint8_t	key[KEY_MAX], value[5 + HISTORY_SUBJECT_MAX];
	size_t	klen = key_job(a, key);

	if (j->until == 0)
		return (store_delete(h->store, key, klen));
	(void)put_be(value, j->until, 4);
	value[4] = (uint8_t)j->step;
	memcpy(value + 5, j->next.subject, j->next.len);
	return (store_put(h->store, key, klen, value,
	    (size_t)5 + j->next.len));
}

/* ---- hours ---- */

static int
delete_all(struct history *h, const struct runs *l)
{
	size_t	i;

	for (i = 0; i < l->n; i++)
		if (run_delete(h, &l->run[i]) == -1)
			return (-1);
	return (0);
}

/* Merge the runs of one period into one. */
static int
merge_period(struct history *h, const struct runs *l, size_t *rows)
{
	struct history_row	all = { .len = 0 };
	struct sorted_run	to = l->run[0];

	if (run_new(h, &to) == -1 ||
	    runs_merge(h, l, &to, &all, SIZE_MAX, rows) == -1)
		return (-1);
	return (delete_all(h, l));
}

int
history_limit_runs(struct history *h, uint32_t account,
    enum history_grain grain, uint32_t period)
{
	struct runs	l = { 0 };
	size_t		rows = 0;
	int		kind, rc = 0;

	for (kind = 1; kind <= HISTORY_KINDS && rc == 0; kind++) {
		l.n = 0;
		rc = runs_list(h, account, (enum history_kind)kind, grain,
		    period, period + 1, &l);
		if (rc == 0 && l.n >= RUNS_MOST)
			rc = merge_period(h, &l, &rows);
	}
	runs_free(&l);
	return (rc);
}

/*
 * Merge the runs of some hours that are over.  Returns 1 if these were the
 * last, 0 if not, or -1.
 */
static int
merge_hours(struct history *h, const struct history_account *a,
    enum history_kind kind, uint32_t until, size_t most, size_t *rows)
{
	struct runs	all = { 0 }, one;
	size_t		i, n;
	int		rc;

	rc = runs_list(h, a->id, kind, HISTORY_HOUR, a->closed, until, &all);
	for (i = 0; i < all.n && rc == 0 && *rows < most; i += n) {
		for (n = 1; i + n < all.n &&
		    all.run[i + n].period == all.run[i].period; n++)
			;
		one.run = &all.run[i];
		one.n = one.room = n;
		if (n > 1)
			rc = merge_period(h, &one, rows);
	}
	if (rc == 0)
		rc = i == all.n;
	runs_free(&all);
	return (rc);
}

/* ---- days and months ---- */

/*
 * Sum up one more part of a period from those of the finer grain.  Returns 1
 * at its end, 0 if not, or -1.
 */
static int
sum_period(struct history *h, const struct sorted_run *to, struct job *j,
    size_t most, size_t *rows)
{
	enum history_grain	finer = to->grain == HISTORY_DAY ?
				    HISTORY_HOUR : HISTORY_DAY;
	struct runs		l = { 0 };
	int			rc;

	rc = runs_list(h, to->account, to->kind, finer, to->period, j->until,
	    &l);
	if (rc == 0)
		rc = l.n == 0 ? 1 :
		    runs_merge(h, &l, to, &j->next, most, rows);
	runs_free(&l);
	return (rc);
}

/* ---- all of it ---- */

/* Continue the step.  Returns 1 if it is done, 0 if not, or -1. */
static int
do_step(struct history *h, const struct history_account *a, struct job *j,
    size_t most, size_t *rows)
{
	struct sorted_run	to = { .account = a->id, .kind = HISTORY_HOST,
				    .grain = HISTORY_HOUR };

	if (j->step < STEP_VLANS) {
		to.kind = (enum history_kind)(1 + j->step % HISTORY_PAIR);
		to.grain = (enum history_grain)(1 + j->step / HISTORY_PAIR);
	} else {
		to.kind = HISTORY_VLAN;
		to.grain = (enum history_grain)(1 + j->step - STEP_VLANS);
	}
	if (to.grain == HISTORY_HOUR)
		return (merge_hours(h, a, to.kind, j->until, most, rows));
	to.period = history_period(to.grain, a->closed);
	if (history_period_next(to.grain, a->closed) != j->until)
		return (1);
	return (sum_period(h, &to, j, most, rows));
}

/* Continue the job until about `most' rows were read, or it is done. */
static int
do_job(struct history *h, struct history_account *a, struct job *j,
    size_t most, size_t *rows)
{
	int	rc;

	while (j->step < STEPS && *rows < most) {
		if ((rc = do_step(h, a, j, most, rows)) == -1)
			return (-1);
		*rows += STEP_ROWS;
		if (rc == 0)
			continue;
		j->step++;
		j->next.len = 0;
	}
	if (j->step < STEPS)
		return (0);
	a->closed = j->until;
	memset(j, 0, sizeof(*j));
	return (0);
}

/*
 * Set the end of the next job.  A time without blocks after `closed' is
 * skipped, but a day or month that has begun is completed first.
 */
static int
skip_empty(struct history *h, const struct history_account *a, uint32_t hour,
    uint32_t *until)
{
	uint32_t	at = a->closed;
	int		rc;

	*until = history_period_next(HISTORY_DAY, a->closed);
	if ((rc = history_skip(h, a, HISTORY_HOUR, &at)) == -1)
		return (-1);
	if (rc == 0 || at > hour)
		at = hour;
	if (at < *until || history_period(HISTORY_DAY, a->closed) !=
	    a->closed)
		return (0);
	*until = history_period_next(HISTORY_MONTH, a->closed);
	if (at < *until)
		*until = history_period(HISTORY_DAY, at);
	else if (history_period(HISTORY_MONTH, a->closed) == a->closed)
		*until = history_period(HISTORY_MONTH, at);
	return (0);
}

static int
job_begin(struct history *h, const struct history_account *a, uint32_t hour,
    struct job *j)
{
	memset(j, 0, sizeof(*j));
	if (skip_empty(h, a, hour, &j->until) == -1)
		return (-1);
	if (j->until > hour)
		j->until = hour;
	return (0);
}

/*
 * Periods before this hour are over.  A period ends only when the clock has
 * passed it: one block dated in the future must not make all later blocks
 * late.
 */
static uint32_t
is_over(const struct history_account *a)
{
	uint64_t	now = (uint64_t)time(NULL) / 3600;

	return (a->last < now ? a->last : (uint32_t)now);
}

int
roll_up_periods(struct history *h, struct history_account *a, size_t most)
{
	uint32_t	hour = is_over(a);
	struct job	j;
	size_t		rows = 0;

	if (!a->any)
		return (0);
	if (a->closed == 0) {
		if (hour <= history_period(HISTORY_MONTH, a->first))
			return (0);
		a->closed = history_period(HISTORY_MONTH, a->first);
	}
	if (job_get(h, a, &j) == -1)
		return (-1);
	while (rows < most) {
		if (j.until == 0 && a->closed >= hour)
			break;
		if (j.until == 0 && job_begin(h, a, hour, &j) == -1)
			return (-1);
		if (do_job(h, a, &j, most, &rows) == -1)
			return (-1);
	}
	return (job_put(h, a, &j));
}

int
history_close_for(struct history *h, struct history_account *a, uint32_t hour)
{
	struct job	j;
	size_t		rows = 0;

	if (job_get(h, a, &j) == -1)
		return (-1);
	if (hour >= j.until)
		return (0);
	if (do_job(h, a, &j, SIZE_MAX, &rows) == -1)
		return (-1);
	return (job_put(h, a, &j));
}
