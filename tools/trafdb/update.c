/*
 * trafdb update and rebuild.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/account.h"
#include "base/log.h"
#include "base/options.h"
#include "traffic.h"
#include "trafdb.h"

/* Under this name an account is made anew, unseen. */
#define REBUILT	"\001rebuilt"

static void
tell(const struct options *opt, const char *name, const struct fed *fed)
{
	if (opt->verbose)
		log_info("%s: %llu blocks added, %llu already there", name,
		    (unsigned long long)fed->added,
		    (unsigned long long)fed->known);
}

/* The path of the save file, whatever is in the current directory. */
static int
save_path(const struct options *opt, const char *name, char path[PATH_MAX])
{
	if (strchr(name, '/') == NULL && snprintf(path, PATH_MAX,
	    "%s/" TRAFD_PREFIX "%s", opt->statedir, name) < PATH_MAX)
		return (0);
	log_errorx("not the name of an account: %s (-f reads a file)", name);
	return (-1);
}

static int
update_account(const struct options *opt, struct history *h, const char *name)
{
	char		path[PATH_MAX];
	struct fed	fed = { 0 };

	if (opt->from != NULL)
		(void)strlcpy(path, opt->from, sizeof(path));
	else if (save_path(opt, name, path) == -1)
		return (TRAFD_EXIT_ERROR);
	if (feed_file(opt, h, name, path, FEED_RESUME |
	    (opt->from != NULL ? FEED_NAMED : 0), &fed) == -1)
		return (TRAFD_EXIT_ERROR);
	tell(opt, name, &fed);
	return (feed_status(&fed));
}

/* Call for the operands, or for all accounts that have a save file. */
static int
for_names(const struct options *opt, struct history *h,
    int (*fn)(const struct options *, struct history *, const char *))
{
	char	**names;
	int	  i, n, rc = TRAFD_EXIT_OK;

	for (i = 0; i < opt->nnames; i++)
		if (fn(opt, h, opt->names[i]) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	if (opt->nnames > 0)
		return (rc);
	if ((n = account_names(opt->statedir, &names)) == -1) {
		log_error("%s", opt->statedir);
		return (TRAFD_EXIT_ERROR);
	}
	for (i = 0; i < n; i++)
		if (fn(opt, h, names[i]) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	account_free(names, n);
	return (rc);
}

int
update_run(const struct options *opt)
{
	struct history	*h;

	if (opt->from != NULL && opt->nnames != 1)
		options_refuse("-f needs the name of one account");
	if ((h = db_open(opt, HISTORY_CREATE)) == NULL)
		return (TRAFD_EXIT_ERROR);
	return (db_close(h, for_names(opt, h, update_account)));
}

/* ---- rebuild ---- */

/* Blocks of the account in all; UINT64_MAX after a message. */
static uint64_t
count_blocks(struct history *h, const char *name, uint32_t from,
    uint32_t until)
{
	struct history_range	 r = { from, until };
	struct history_account	 a;
	struct history_totals	 t = { 0 };
	int			 rc;

	if ((rc = history_account(h, name, &a)) == 1)
		rc = history_total(h, &a, r, &t);
	if (rc == -1) {
		(void)db_fail(h);
		return (UINT64_MAX);
	}
	return (t.blocks);
}

/* How many blocks of a month would be lost: those that no file has. */
static int
find_losses(struct history *h, const char *name, uint64_t *lost)
{
	struct history_account	a;
	uint64_t		have, found;
	uint32_t		month, next;
	int			rc;

	*lost = 0;
	if ((rc = history_account(h, name, &a)) != 1)
		return (rc);
	month = history_period(HISTORY_MONTH, a.first);
	for (; month <= a.last; month = next) {
		next = history_period_next(HISTORY_MONTH, month);
		have = count_blocks(h, name, month, next);
		found = count_blocks(h, REBUILT, month, next);
		if (have == UINT64_MAX || found == UINT64_MAX)
			return (-1);
		if (have > found)
			*lost += have - found;
	}
	return (0);
}

/* The files: operands behind the account, and its save file. */
static int
feed_files(const struct options *opt, struct history *h, const char *name,
    struct fed *fed)
{
	char	path[PATH_MAX];
	int	i;

	for (i = 1; i < opt->nnames; i++)
		if (feed_file(opt, h, REBUILT, opt->names[i], FEED_NAMED,
		    fed) == -1)
			return (-1);
	if (save_path(opt, name, path) == -1)
		return (-1);
	return (feed_file(opt, h, REBUILT, path, 0, fed));
}

static int
take_over(const struct options *opt, struct history *h, const char *name)
{
	uint64_t	lost;

	if (find_losses(h, name, &lost) == -1)
		return (-1);
	if (lost > 0 && !opt->force) {
		log_errorx("nothing changed: %s: %llu blocks of the history "
		    "are in no file; name their files or drop them with "
		    "--force", name, (unsigned long long)lost);
		return (-1);
	}
	return (history_replace(h, REBUILT, name) == -1 ? db_fail(h) : 0);
}

static int
rebuild_account(const struct options *opt, struct history *h, const char *name)
{
	struct fed	fed = { 0 };

	/* What one that was killed has left. */
	if (history_forget(h, REBUILT) == -1) {
		(void)db_fail(h);
		return (TRAFD_EXIT_ERROR);
	}
	if (feed_files(opt, h, name, &fed) == -1 ||
	    take_over(opt, h, name) == -1) {
		(void)history_forget(h, REBUILT);
		return (TRAFD_EXIT_ERROR);
	}
	tell(opt, name, &fed);
	return (feed_status(&fed));
}

static int
rebuild_one(const struct options *opt)
{
	struct history	*h;
	int		 rc;

	if ((h = db_open(opt, HISTORY_CREATE)) == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = rebuild_account(opt, h, opt->names[0]);
	return (db_close(h, rc));
}

int
rebuild_run(const struct options *opt)
{
	struct history	*h;

	if (opt->nnames > 0)
		return (rebuild_one(opt));
	if ((h = db_open(opt, HISTORY_CREATE)) == NULL)
		return (TRAFD_EXIT_ERROR);
	return (db_close(h, for_names(opt, h, rebuild_account)));
}
