/*
 * Walks through the blocks that the history does not have yet.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/log.h"
#include "common/damage.h"
#include "file/blocks.h"
#include "newer.h"
#include "trafdb.h"

struct walk {
	const struct newer		*to;
	struct history			*h;
	const struct history_account	*account;
	const struct unsaved		*unsaved;
	const char			*path;
	struct blocks			*blocks;
	bool				 failed;
	bool				 saved_since;	/* some of unsaved */
};

int
newer_unsaved(const char *run_dir, const char *statedir, const char *account,
    struct unsaved *u)
{
	if (unsaved_open(u, run_dir, statedir, account) == -1) {
		log_errorx("dump not counted: %s: %s", account,
		    errno == EBADMSG ? "it is damaged" : strerror(errno));
		return (-1);
	}
	if (u->why[0] == '\0')
		return (0);
	log_errorx("what is not saved yet is missing: %s", u->why);
	return (-1);
}

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct walk	*w = arg;

	w->failed = true;
	damage_report(w->path, d);
}

/* ---- one block ---- */

static enum history_known
known(const struct walk *w, const struct block_info *b)
{
	return (w->account->any ? history_knows(w->h, w->account, b) :
	    HISTORY_NEW);
}

static int
pass_rows(struct walk *w, bool is_unsaved)
{
	const struct newer	*to = w->to;
	const struct flow	*rows;
	enum block_error	 e = blocks_verify(w->blocks);
	size_t			 n;

	if (e == BLOCK_OK && to->rows(to->arg, blocks_info(w->blocks),
	    is_unsaved, NULL, 0) == -1)
		return (-1);
	if (e == BLOCK_OK)
		while ((e = blocks_rows(w->blocks, &rows, &n)) == BLOCK_OK &&
		    n > 0)
			if (to->rows(to->arg, blocks_info(w->blocks),
			    is_unsaved, rows, n) == -1)
				return (-1);
	if (e == BLOCK_OK)
		return (0);
	log_errorx("damaged block: %s: %s", w->path, block_strerror(e));
	return (-1);
}

/* Count a block of the save file unless the history has it. */
static int
visit_block(struct walk *w)
{
	const struct block_info	*b = blocks_info(w->blocks);

	if (unsaved_is_in(w->unsaved, b))
		w->saved_since = true;
	if (unsaved_is_left(w->unsaved, b) ||
	    !w->to->wants(w->to->arg, b, false))
		return (0);
	switch (known(w, b)) {
	case HISTORY_KNOWN:
		return (0);
	case HISTORY_NEW:
	case HISTORY_CONFLICT:
		return (pass_rows(w, false));
	case HISTORY_OVERLAP:
		log_errorx("block not counted: %s: the history has part of it; "
		    "run trafdb rebuild %s", w->path, w->account->name);
		return (-1);
	default:
		return (db_fail(w->h));
	}
}

/* ---- all of them ---- */

static int
walk_file(struct walk *w)
{
	const char	*why;
	int		 rc;

	if ((w->blocks = blocks_open(w->path, LAYOUT_AUTO, &why)) == NULL) {
		/* It was moved away, or nothing was ever saved. */
		if (why == NULL && errno == ENOENT)
			return (0);
		log_errorx("%s: %s", w->path, why != NULL ? why :
		    strerror(errno));
		return (-1);
	}
	blocks_on_damage(w->blocks, on_damage, w);
	(void)blocks_resume(w->blocks, &w->account->place);
	while ((rc = blocks_next(w->blocks)) == 1)
		if (visit_block(w) == -1) {
			blocks_close(w->blocks);
			return (-1);
		}
	if (rc == -1)
		log_error("%s", w->path);
	blocks_close(w->blocks);
	return (rc);
}

/* 1: it counts; 0: it is in what was counted before; -1 after a message. */
static int
is_missing(const struct walk *w)
{
	enum history_known	k;

	if (w->unsaved->from == UNSAVED_NOTHING || w->saved_since ||
	    unsaved_is_in_journal(w->unsaved, w->to->statedir,
	    w->account->name))
		return (0);
	/* A save and an update may have come since it was fetched. */
	if ((k = known(w, &w->unsaved->info)) == HISTORY_FAILED)
		return (db_fail(w->h));
	return (k == HISTORY_NEW);
}

static int
walk_unsaved(struct walk *w)
{
	int	rc;

	if ((rc = is_missing(w)) != 1)
		return (rc);
	if (!w->to->wants(w->to->arg, &w->unsaved->info, true))
		return (0);
	if ((w->blocks = blocks_of_fd(w->unsaved->fd)) == NULL) {
		log_error("%s", w->account->name);
		return (-1);
	}
	if (blocks_next(w->blocks) == 1)
		rc = pass_rows(w, true);
	else {
		log_errorx("cannot read what is not saved yet: %s",
		    w->account->name);
		rc = -1;
	}
	blocks_close(w->blocks);
	return (rc);
}

int
newer_each(const struct newer *to, struct history *h,
    const struct history_account *a)
{
	char		path[PATH_MAX];
	struct walk	w = { .to = to, .h = h, .account = a,
			    .unsaved = to->unsaved, .path = path };

	if (save_path(to->statedir, a->name, path) == -1 ||
	    walk_file(&w) == -1 || walk_unsaved(&w) == -1)
		return (-1);
	return (w.failed ? -1 : 0);
}
