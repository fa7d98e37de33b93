/*
 * A history that is damaged: what of the answer is lost where the save file
 * does not go back so far.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "file/blocks.h"
#include "history/history.h"
#include "traffic.h"
#include "traflog.h"

#define WAIT		5	/* seconds */
#define MONTHS_LEN	256	/* of the list */

struct damage {
	const struct options	*opt;
	const char		*name;
	uint32_t		 until;		/* hour: the file goes on */
	unsigned		 n;		/* months */
	char			 months[MONTHS_LEN];
};

/* The hour that the file begins with; UINT32_MAX if it has no block. */
static uint32_t
begin_of(const char *path)
{
	struct blocks	*b;
	const char	*why;
	uint32_t	 hour = UINT32_MAX;

	if ((b = blocks_open(path, LAYOUT_AUTO, &why)) == NULL)
		return (hour);
	if (blocks_next(b) == 1)
		hour = history_hour(blocks_info(b));
	blocks_close(b);
	return (hour);
}

static int
ignore(void *arg, const struct history_row *row)
{
	(void)arg;
	(void)row;
	return (0);
}

static int
ignore_block(void *arg, const struct history_totals *t)
{
	(void)arg;
	(void)t;
	return (0);
}

/* Everything of a month, read as an answer would. */
static bool
can_read(struct history *h, const struct history_account *a,
    struct history_range r)
{
	struct history_totals	t;
	int			k, rc;

	rc = history_total(h, a, r, &t);
	if (rc == 0)
		rc = history_blocks(h, a, r, ignore_block, NULL);
	for (k = 1; k <= HISTORY_KINDS && rc == 0; k++)
		rc = history_each(h, a, (enum history_kind)k, r, NULL, ignore,
		    NULL);
	return (rc == 0);
}

/* Opened for each month: one that has failed is of no more use. */
static bool
is_readable(const struct damage *d, struct history_range r)
{
	char			 err[HISTORY_ERROR_LEN];
	struct history		*h;
	struct history_account	 a;
	bool			 can;

	h = history_open(d->opt->statedir, HISTORY_READ, WAIT, err);
	if (h == NULL)
		return (false);
	can = history_account(h, d->name, &a) == 1 && can_read(h, &a, r);
	(void)history_close(h);
	return (can);
}

static void
add_month(struct damage *d, uint32_t hour)
{
	char	when[WHEN_LEN];

	(void)when_iso(hour * HISTORY_HOUR_NS, when);
	when[sizeof("2026-01") - 1] = '\0';
	if (d->n++ > 0)
		(void)strlcat(d->months, ", ", sizeof(d->months));
	if (strlcat(d->months, when, sizeof(d->months)) >=
	    sizeof(d->months))
		(void)strlcpy(d->months + sizeof(d->months) - 4, "...", 4);
}

static void
look_at_months(struct damage *d, const struct history_account *a)
{
	const struct question	*q = &d->opt->question;
	struct history_range	 r;
	uint32_t		 hour = history_period(HISTORY_MONTH,
				    a->first);

	for (; hour <= a->last && hour < d->until; hour = r.until) {
		r.from = hour;
		r.until = history_period_next(HISTORY_MONTH, hour);
		if (r.until * HISTORY_HOUR_NS > q->since_ns &&
		    hour * HISTORY_HOUR_NS < q->until_ns &&
		    !is_readable(d, r))
			add_month(d, hour);
	}
}

/* If not even the account can be read, no months are known. */
static void
find_months(struct damage *d)
{
	char			 err[HISTORY_ERROR_LEN];
	struct history_account	 a;
	struct history		*h;
	int			 rc = -1;

	h = history_open(d->opt->statedir, HISTORY_READ, WAIT, err);
	if (h != NULL) {
		rc = history_account(h, d->name, &a);
		(void)history_close(h);
	}
	if (rc == 1 && a.any)
		look_at_months(d, &a);
}

bool
damage_tell(const struct options *opt, const char *account, const char *path,
    const char *why)
{
	struct damage	d = { .opt = opt, .name = account,
			    .until = begin_of(path) };

	find_months(&d);
	if (d.n > 0)
		log_errorx("%s: the history is damaged: %s; the save file does "
		    "not have %s (a backup may; see REPAIR in trafdb(8))",
		    path, why, d.months);
	else if (access(path, F_OK) == -1)
		log_errorx("%s: the history is damaged: %s; there is no save "
		    "file (a backup may help; see REPAIR in trafdb(8))", path,
		    why);
	else
		log_warnx("%s: the history is damaged: %s; answered from the "
		    "save file (trafdb rebuild makes a new one)", path, why);
	return (d.n > 0);
}
