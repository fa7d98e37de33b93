/*
 * trafdb rebuild: builds an account again from its save file and others.  If
 * the history is damaged, builds all accounts in a new history, which replaces
 * the old one at the end.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/log.h"
#include "base/plural.h"
#include "file/account.h"
#include "trafdb.h"
#include "traffic.h"

/* Name of the account while it is rebuilt; readers do not see it. */
#define REBUILT	"\001rebuilt"

/* Feed the files: the operands after the account, then its save file. */
static int
feed_files(const struct options *opt, struct history *h, const char *name,
    const char *as, struct fed *fed)
{
	char	path[PATH_MAX];
	int	i;

	for (i = 1; i < opt->nnames && strcmp(opt->names[0], name) == 0; i++)
		if (feed_file(opt, h, as, opt->names[i], FEED_NAMED, fed) ==
		    -1)
			return (-1);
	if (save_path(opt->statedir, name, path) == -1)
		return (-1);
	return (feed_file(opt, h, as, path, 0, fed));
}

/* ---- one account of an intact history ---- */

/* Count the blocks of account `name' that account `as' of `other' lacks. */
static int
find_losses(struct history *h, const char *name, struct history *other,
    const char *as, uint64_t *lost)
{
	struct history_account	a, b = { .id = 0 };
	int			rc;

	*lost = 0;
	if ((rc = history_account(h, name, &a)) == -1)
		return (db_fail(h));
	if (rc == 0)
		return (0);
	/*
	 * If account `as' does not exist, b.id remains 0, which no account
	 * has: all blocks are lost.
	 */
	if (history_account(other, as, &b) == -1)
		return (db_fail(other));
	return (blocks_missing(h, &a, other, &b, lost));
}

static int
refuse_losses(const struct options *opt, const char *name, uint64_t lost)
{
	if (lost == 0 || opt->force)
		return (0);
	log_errorx("nothing changed: %s: %llu block%s of the history %s in no "
	    "file; name %s files or drop %s with --force", name,
	    (unsigned long long)lost, plural(lost),
	    plural_of(lost, "is", "are"), plural_of(lost, "its", "their"),
	    plural_of(lost, "it", "them"));
	return (-1);
}

static int
replace_account(const struct options *opt, struct history *h, const char *name)
{
	uint64_t	lost;

	if (find_losses(h, name, h, REBUILT, &lost) == -1 ||
	    refuse_losses(opt, name, lost) == -1)
		return (-1);
	return (history_replace(h, REBUILT, name) == -1 ? db_fail(h) : 0);
}

static int
rebuild_account(const struct options *opt, struct history *h, const char *name)
{
	struct fed	fed = { 0 };

	/* Delete what a killed rebuild left. */
	if (history_forget(h, REBUILT) == -1) {
		(void)db_fail(h);
		return (TRAFD_EXIT_ERROR);
	}
	if (feed_files(opt, h, name, REBUILT, &fed) == -1 ||
	    replace_account(opt, h, name) == -1) {
		(void)history_forget(h, REBUILT);
		return (TRAFD_EXIT_ERROR);
	}
	tell_fed(opt, name, &fed);
	return (feed_status(&fed));
}

static int
rebuild_within(const struct options *opt, struct history *h)
{
	int	rc;

	rc = opt->nnames > 0 ? rebuild_account(opt, h, opt->names[0]) :
	    for_names(opt, h, rebuild_account);
	return (db_close(h, rc));
}

/* ---- all accounts, if the history is damaged ---- */

static int
feed_beside(const struct options *opt, struct history *h, const char *name)
{
	struct fed	fed = { 0 };

	if (feed_files(opt, h, name, name, &fed) == -1)
		return (TRAFD_EXIT_ERROR);
	tell_fed(opt, name, &fed);
	return (feed_status(&fed));
}

/* Feed all save files, and that of the account that was named. */
static int
feed_all(const struct options *opt, struct history *h)
{
	struct options	all = *opt;
	int		i, n, rc = TRAFD_EXIT_OK;
	bool		named = false;
	char		**names;

	if ((n = account_names(opt->statedir, &names)) == -1) {
		log_error("%s", opt->statedir);
		return (TRAFD_EXIT_ERROR);
	}
	for (i = 0; i < n; i++) {
		if (opt->nnames > 0 && strcmp(names[i], opt->names[0]) == 0)
			named = true;
		if (feed_beside(&all, h, names[i]) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	}
	account_free(names, n);
	if (opt->nnames > 0 && !named &&
	    feed_beside(opt, h, opt->names[0]) != TRAFD_EXIT_OK)
		rc = TRAFD_EXIT_ERROR;
	return (rc);
}

/*
 * What could be read of the damaged history.  If its pages have no checksums,
 * nothing of it is read.
 */
struct remains {
	bool		 whole;		/* all that is needed was read */
	uint64_t	 lost;		/* blocks in no file */
	char		 account[64];	/* the last one that lost some */
};

static int
add_losses(struct history *old, struct history *new, struct remains *r)
{
	struct history_account	a = { .name = "" }, b;
	uint64_t		n;
	int			found;

	while ((found = history_account_next(old, a.name, &a)) == 1) {
		memset(&b, 0, sizeof(b));
		if (history_account(new, a.name, &b) == -1 ||
		    history_missing(old, &a, new, &b, &n) == -1)
			return (-1);
		if (n > 0)
			(void)strlcpy(r->account, a.name, sizeof(r->account));
		r->lost += n;
	}
	return (found);
}

static int
copy_notes(struct history *old, struct history *new)
{
	char	name[HISTORY_NAME_MAX] = "", next[HISTORY_NAME_MAX];
	uint8_t	note[HISTORY_NOTE_MAX];
	size_t	len;
	int	rc;

	while ((rc = history_note_next(old, name, next, note, &len)) == 1) {
		(void)strlcpy(name, next, sizeof(name));
		if (history_note_put(new, name, note, len) == -1)
			return (-1);
	}
	return (rc);
}

static void
read_remains(const struct options *opt, struct history *new,
    struct remains *r)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*old;

	memset(r, 0, sizeof(*r));
	old = history_open(opt->statedir, HISTORY_READ, opt->wait, err);
	if (old == NULL)
		return;
	if (history_has_sums(old)) {
		r->whole = copy_notes(old, new) == 0;
		if (r->whole)
			r->whole = add_losses(old, new, r) == 0;
	}
	(void)history_close(old);
}

static int
take_place(const struct options *opt, struct history *h,
    const struct remains *r)
{
	char	aside[PATH_MAX];

	if (history_take_place(h, aside) == -1) {
		log_error("%s/" HISTORY_DIR ": cannot be replaced",
		    opt->statedir);
		return (TRAFD_EXIT_ERROR);
	}
	log_warnx("%s/" HISTORY_DIR ": rebuilt; the damaged one is %s",
	    opt->statedir, aside);
	if (!r->whole)
		log_warnx("%s: not all of it can be read: blocks that no "
		    "save file has, and limits, may be missing from the new "
		    "one (see REPAIR in trafdb(8))", aside);
	return (TRAFD_EXIT_OK);
}

static int
rebuild_beside(const struct options *opt)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*h;
	struct remains	 r;
	int		 rc;

	h = history_open(opt->statedir, HISTORY_BESIDE, opt->wait, err);
	if (h == NULL) {
		log_errorx("%s", err);
		return (TRAFD_EXIT_ERROR);
	}
	rc = feed_all(opt, h);
	read_remains(opt, h, &r);
	if (refuse_losses(opt, r.account, r.lost) == -1) {
		(void)history_close(h);
		return (TRAFD_EXIT_ERROR);
	}
	return (take_place(opt, h, &r) == TRAFD_EXIT_OK ? rc :
	    TRAFD_EXIT_ERROR);
}

/* ---- which of the two ---- */

/*
 * Open the history and check it.  Returns NULL if it is damaged; or if it
 * cannot be opened: then *rc is an error, and a message was printed.
 */
static struct history *
open_valid(const struct options *opt, int *rc)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*h;

	*rc = TRAFD_EXIT_OK;
	h = history_open(opt->statedir, HISTORY_CREATE, opt->wait, err);
	if (h == NULL && !history_error_is_damage(errno)) {
		db_cannot_open(opt, err, HISTORY_CREATE);
		*rc = TRAFD_EXIT_ERROR;
	} else if (h == NULL)
		log_warnx("%s", err);
	else if (history_check(h) == -1) {
		log_warnx("%s/" HISTORY_DIR ": %s", opt->statedir,
		    history_error(h));
		(void)history_close(h);
		h = NULL;
	}
	return (h);
}

int
rebuild_run(const struct options *opt)
{
	struct history	*h;
	int		 rc;

	if ((h = open_valid(opt, &rc)) != NULL)
		return (rebuild_within(opt, h));
	return (rc != TRAFD_EXIT_OK ? rc : rebuild_beside(opt));
}
