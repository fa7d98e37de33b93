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
	const char		*path;
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

/* Is the part of that month of the question, if any, one without an answer? */
static bool
is_lost(const struct damage *d, struct history_range month)
{
	const struct question	*q = &d->opt->question;
	uint64_t		 since = month.from * HISTORY_HOUR_NS;
	uint64_t		 until = month.until * HISTORY_HOUR_NS;

	if (since < q->since_ns)
		since = q->since_ns;
	if (until > q->until_ns)
		until = q->until_ns;
	return (since < until && ask_finds_damage(d->opt, d->path, since,
	    until));
}

static void
look_at_months(struct damage *d, const struct history_account *a)
{
	struct history_range	r;
	uint32_t		hour = history_period(HISTORY_MONTH, a->first);

	/* What the history has from a->first on the file may have, too. */
	for (; hour <= a->last && hour < d->until && a->first < d->until;
	    hour = r.until) {
		r.from = hour;
		r.until = history_period_next(HISTORY_MONTH, hour);
		if (is_lost(d, r))
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
	struct damage	d = { .opt = opt, .name = account, .path = path,
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
