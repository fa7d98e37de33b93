/*
 * trafdb prune: how long hours, days and months are kept, and how large the
 * history may become.  files.c prunes save files.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/age.h"
#include "base/amount.h"
#include "base/log.h"
#include "base/options.h"
#include "base/when.h"
#include "trafdb.h"
#include "traffic.h"

/* Ages in hours; 0: for ever. */
struct keep {
	uint32_t	age[HISTORY_MONTH + 1];
};

static const char	*const grains[] = {
	[HISTORY_HOUR] = "hours", [HISTORY_DAY] = "days",
	[HISTORY_MONTH] = "months"
};

static _Noreturn void
bad_keep(const char *word)
{
	options_refuse("--keep %s: hours=AGE, days=AGE or months=AGE is "
	    "needed, with an AGE such as 35d, 8w or 2y", word);
}

/* Parse one word, such as `days=2y'. */
static void
parse_word(const char *word, size_t len, struct keep *keep)
{
	size_t	n;
	int	g;

	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++) {
		n = strlen(grains[g]);
		if (len > n + 1 && strncmp(word, grains[g], n) == 0 &&
		    word[n] == '=' && age_hours(word + n + 1, len - n - 1,
		    &keep->age[g]) == 0)
			return;
	}
	bad_keep(word);
}

static struct keep
parse_keep(const char *text)
{
	struct keep	keep = { { 0 } };
	size_t		len;

	while (text != NULL && *text != '\0') {
		len = strcspn(text, ",");
		parse_word(text, len, &keep);
		text += len;
		if (*text == ',')
			text++;
	}
	return (keep);
}

static uint32_t
this_hour(void)
{
	return ((uint32_t)(time(NULL) / 3600));
}

/*
 * Say so if periods remain because finer ones do.  Those that are not over yet
 * remain as well, which is no surprise.
 */
static void
tell_finer(const struct history_account *a, enum history_grain grain,
    uint32_t hour)
{
	char	when[WHEN_LEN];

	if (hour > a->closed)
		hour = a->closed;
	hour = history_period(HISTORY_MONTH, hour);
	if (grain == HISTORY_HOUR || !a->any || a->first >= hour ||
	    a->kept[grain - 1] >= hour)
		return;
	hour = a->kept[grain] > a->first ? a->kept[grain] :
	    history_period(grain, a->first);
	log_warnx("%s kept: %s: from %s on, because its %s are; prune these "
	    "too (%s=AGE)", grains[grain], a->name,
	    when_iso(hour * HISTORY_HOUR_NS, when), grains[grain - 1],
	    grains[grain - 1]);
}

/* Were there any of the periods that are not kept any more? */
static bool
has_pruned(const struct history_account *a, enum history_grain grain,
    uint32_t before)
{
	return (a->any && a->kept[grain] > before &&
	    a->first < a->kept[grain]);
}

static int
cut(const struct options *opt, struct history *h, struct history_account *a,
    enum history_grain grain, uint32_t hour)
{
	uint32_t	before = a->kept[grain];
	char		when[WHEN_LEN];

	if (history_prune(h, a, grain, hour) == -1)
		return (db_fail(h));
	tell_finer(a, grain, hour);
	if (opt->verbose && has_pruned(a, grain, before))
		log_info("pruned: %s: %s from %s on remain", a->name,
		    grains[grain], when_iso(a->kept[grain] *
		    HISTORY_HOUR_NS, when));
	return (0);
}

static int
prune_by_age(const struct options *opt, struct history *h,
    const struct history_account *account)
{
	struct history_account	a = *account;
	struct keep		keep = parse_keep(opt->keep);
	uint32_t		now = this_hour();
	bool			less = false;
	int			g;

	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		if (keep.age[g] > 0 && keep.age[g] < now &&
		    cut(opt, h, &a, (enum history_grain)g,
		    now - keep.age[g]) == -1)
			return (TRAFD_EXIT_ERROR);
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		less = less || has_pruned(&a, (enum history_grain)g,
		    account->kept[g]);
	if (opt->verbose && !less)
		log_info("nothing pruned: %s: no period that may be deleted is "
		    "older", a.name);
	return (TRAFD_EXIT_OK);
}

/* ---- by size ---- */

/* Delete an eighth of the periods of a grain, but at least 31 days. */
static int
give_up_some(const struct options *opt, struct history *h,
    struct history_account *a, enum history_grain grain, bool *less)
{
	uint32_t	from = a->kept[grain] > a->first ? a->kept[grain] :
			    a->first, before = a->kept[grain], step;

	if (from >= a->closed)
		return (0);
	step = (a->closed - from) / 8;
	if (cut(opt, h, a, grain, from + (step > 31 * 24 ? step : 31 * 24)) ==
	    -1)
		return (-1);
	*less = *less || a->kept[grain] > before;
	return (0);
}

static int
used(struct history *h, uint64_t *octets)
{
	struct history_stat	st;

	/* After deletions pages are half empty. */
	if (history_compact(h) == -1 || history_stat(h, &st) == -1)
		return (db_fail(h));
	*octets = st.octets - st.free;
	return (0);
}

/*
 * Delete periods of one grain of all accounts, until the history is small
 * enough or there is nothing left to delete.
 */
static int
shrink_grain(const struct options *opt, struct history *h,
    enum history_grain grain, uint64_t *octets)
{
	struct history_account	a = { 0 };
	bool			less = true;
	int			rc;

	while (*octets > opt->size && less) {
		less = false;
		a.name[0] = '\0';
		while ((rc = history_account_next(h, a.name, &a)) == 1)
			if (give_up_some(opt, h, &a, grain, &less) == -1)
				return (-1);
		if (rc == -1)
			return (db_fail(h));
		if (used(h, octets) == -1)
			return (-1);
	}
	return (0);
}

/* Delete hours first, then days; months remain. */
static int
prune_by_size(const struct options *opt, struct history *h)
{
	uint64_t	octets = 0;
	char		want[AMOUNT_LEN], have[AMOUNT_LEN];

	if (used(h, &octets) == -1 ||
	    shrink_grain(opt, h, HISTORY_HOUR, &octets) == -1 ||
	    shrink_grain(opt, h, HISTORY_DAY, &octets) == -1)
		return (TRAFD_EXIT_ERROR);
	if (octets <= opt->size) {
		if (opt->verbose)
			log_info("the history takes %s: at most %s were asked "
			    "for", amount_format(octets, have),
			    amount_format(opt->size, want));
		return (TRAFD_EXIT_OK);
	}
	log_errorx("cannot shrink the history to %s: its months alone take "
	    "%s; prune them with --keep=months=AGE",
	    amount_format(opt->size, want), amount_format(octets, have));
	return (TRAFD_EXIT_ERROR);
}

int
prune_run(const struct options *opt)
{
	struct history	*h;
	int		 rc = TRAFD_EXIT_OK;

	if (opt->files != NULL)
		return (prune_files(opt));
	if (opt->keep == NULL && opt->size == 0)
		options_refuse("prune needs --keep, --size or --files");
	if (opt->size > 0 && opt->nnames > 0)
		options_refuse("--size is for the whole history: name no "
		    "account");
	(void)parse_keep(opt->keep);
	if ((h = db_open(opt, HISTORY_WRITE)) == NULL)
		return (TRAFD_EXIT_ERROR);
	if (opt->keep != NULL)
		rc = db_each(opt, h, prune_by_age);
	if (rc == TRAFD_EXIT_OK && opt->size > 0)
		rc = prune_by_size(opt, h);
	if (history_compact(h) == -1) {
		(void)db_fail(h);
		rc = TRAFD_EXIT_ERROR;
	}
	return (db_close(h, rc));
}
