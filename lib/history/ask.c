/*
 * Queries: a range of hours is read from as few periods as possible, months
 * first.
 */
#include <string.h>

#include "history_impl.h"

/* Consecutive periods of one grain. */
struct stretch {
	enum history_grain	grain;
	struct history_range	hours;
};

static bool
is_whole(const struct history_account *a, enum history_grain grain,
    uint32_t hour, uint32_t until)
{
	uint32_t	next = history_period_next(grain, hour);

	return (history_period(grain, hour) == hour && next <= until &&
	    next <= a->closed && hour >= a->kept[grain]);
}

static enum history_grain
grain_at(const struct history_account *a, uint32_t hour, uint32_t until)
{
	if (is_whole(a, HISTORY_MONTH, hour, until))
		return (HISTORY_MONTH);
	if (is_whole(a, HISTORY_DAY, hour, until))
		return (HISTORY_DAY);
	return (HISTORY_HOUR);
}

/* Limit the range to the months from the first block to the last. */
static void
clip(const struct history_account *a, struct history_range *r)
{
	uint32_t	from = history_period(HISTORY_MONTH, a->first);
	uint32_t	until = history_period_next(HISTORY_MONTH, a->last);

	if (r->from < from)
		r->from = from;
	if (r->until > until)
		r->until = until;
	if (!a->any)
		r->until = r->from;
}

/*
 * Get the next stretch, which begins at r->from, and move r->from to its end.
 * Returns false at the end of the range.
 */
static bool
next_stretch(const struct history_account *a, struct history_range *r,
    struct stretch *s)
{
	if (r->from >= r->until)
		return (false);
	s->grain = grain_at(a, r->from, r->until);
	s->hours.from = s->hours.until = r->from;
	/* Nothing after `closed' is summed up. */
	if (r->from >= a->closed)
		s->hours.until = r->until;
	while (s->hours.until < r->until &&
	    grain_at(a, s->hours.until, r->until) == s->grain)
		s->hours.until = history_period_next(s->grain,
		    s->hours.until);
	r->from = s->hours.until;
	return (true);
}

/* Does the stretch need hours of which only days or months are kept? */
static bool
is_gone(const struct history_account *a, const struct stretch *s)
{
	return (s->grain == HISTORY_HOUR && s->hours.until > a->first &&
	    s->hours.from < a->kept[HISTORY_HOUR]);
}

static void
widen(const struct history_account *a, struct history_range *r)
{
	enum history_grain	grain;

	grain = r->from < a->kept[HISTORY_DAY] ? HISTORY_MONTH : HISTORY_DAY;
	if (r->from < a->kept[HISTORY_HOUR])
		r->from = history_period(grain, r->from);
	if (r->until > a->kept[HISTORY_HOUR])
		return;
	grain = r->until < a->kept[HISTORY_DAY] ? HISTORY_MONTH : HISTORY_DAY;
	if (history_period(grain, r->until) != r->until)
		r->until = history_period_next(grain, r->until);
}

bool
history_answers(const struct history_account *a, struct history_range *asked)
{
	struct history_range	r = *asked;
	struct stretch		s;

	clip(a, &r);
	while (next_stretch(a, &r, &s))
		if (is_gone(a, &s)) {
			widen(a, asked);
			return (false);
		}
	return (true);
}

unsigned
history_grains(const struct history_account *a, struct history_range r)
{
	struct stretch	s;
	unsigned	grains = 0;

	clip(a, &r);
	while (next_stretch(a, &r, &s))
		grains |= 1U << s.grain;
	return (grains);
}

/* ---- rows ---- */

static int
each_of_run(struct history *h, const struct sorted_run *run, history_row_fn *fn,
    void *arg)
{
	const struct history_row	*row;
	struct run_reader		*r;
	int				 rc;

	if ((r = run_open(h, run)) == NULL)
		return (-1);
	while ((rc = run_next(r, &row)) == 1)
		if ((rc = fn(arg, row)) != 0)
			break;
	run_close(r);
	return (rc);
}

static int
one_of_run(struct history *h, const struct sorted_run *run,
    const struct history_row *only, history_row_fn *fn, void *arg)
{
	const struct history_row	*row;
	int				 rc;

	rc = run_find(h, run, only, &row);
	return (rc == 1 ? fn(arg, row) : rc);
}

static int
list_stretch(struct history *h, const struct history_account *a,
    enum history_kind kind, const struct stretch *s, struct runs *l)
{
	return (runs_list(h, a->id, kind, s->grain, s->hours.from,
	    s->hours.until, l));
}

static int
each_of_stretch(struct history *h, const struct history_account *a,
    enum history_kind kind, const struct stretch *s,
    const struct history_row *only, history_row_fn *fn, void *arg)
{
	struct runs	l = { 0 };
	size_t		i;
	int		rc;

	rc = list_stretch(h, a, kind, s, &l);
	for (i = 0; i < l.n && rc == 0; i++)
		rc = only != NULL ? one_of_run(h, &l.run[i], only, fn, arg) :
		    each_of_run(h, &l.run[i], fn, arg);
	runs_free(&l);
	return (rc);
}

int
history_each(struct history *h, const struct history_account *a,
    enum history_kind kind, struct history_range r,
    const struct history_row *only, history_row_fn *fn, void *arg)
{
	struct stretch	s;
	int		rc = 0;

	clip(a, &r);
	while (rc == 0 && next_stretch(a, &r, &s))
		rc = each_of_stretch(h, a, kind, &s, only, fn, arg);
	return (rc);
}

int
history_each_once(struct history *h, const struct history_account *a,
    enum history_kind kind, struct history_range r, history_row_fn *fn,
    void *arg)
{
	struct runs	l = { 0 };
	struct stretch	s;
	int		rc = 0;

	clip(a, &r);
	while (rc == 0 && next_stretch(a, &r, &s))
		rc = list_stretch(h, a, kind, &s, &l);
	if (rc == 0)
		rc = runs_each(h, &l, fn, arg);
	runs_free(&l);
	return (rc);
}

/* ---- totals ---- */

/* Add up consecutive periods, of which few may have blocks. */
static int
add_stretch(struct history *h, const struct history_account *a,
    const struct stretch *s, struct history_totals *sum)
{
	struct history_totals	t;
	uint32_t		at = s->hours.from;
	int			rc;

	while ((rc = history_skip(h, a, s->grain, &at)) == 1 &&
	    at < s->hours.until) {
		if (totals_get(h, a->id, s->grain, at, &t) == -1)
			return (-1);
		totals_add(sum, &t);
		at = history_period_next(s->grain, at);
	}
	return (rc == -1 ? -1 : 0);
}

int
history_total(struct history *h, const struct history_account *a,
    struct history_range r, struct history_totals *sum)
{
	struct stretch	s;

	memset(sum, 0, sizeof(*sum));
	clip(a, &r);
	while (next_stretch(a, &r, &s))
		if (add_stretch(h, a, &s, sum) == -1)
			return (-1);
	return (0);
}
