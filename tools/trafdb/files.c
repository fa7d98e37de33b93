/*
 * trafdb prune --files: removes save files that were moved away, if they are
 * old and the history has all that is in them.  Only named files are removed,
 * and never the save file of an account, to which trafd(8) writes.
 */
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/age.h"
#include "base/log.h"
#include "base/options.h"
#include "base/plural.h"
#include "file/account.h"
#include "file/blocks.h"
#include "shares.h"
#include "trafdb.h"
#include "traffic.h"

struct looking {
	const struct options		*opt;
	struct history			*h;
	const struct history_account	*account;
	const char			*path;
	struct blocks			*blocks;
	struct shares			*shares;	/* NULL: only read */
	uint64_t			 n;		/* blocks */
	uint64_t			 newest_ns;
	uint64_t			 digest;	/* of them, in order */
	bool				 damaged;
};

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct looking	*l = arg;

	(void)d;
	l->damaged = true;
}

static int
keep(const struct looking *l, const char *why)
{
	log_errorx("file kept: %s: %s", l->path, why);
	return (-1);
}

/* Is the current block in the history?  If so, add it to the shares. */
static int
look_up(struct looking *l, const struct block_info *b)
{
	switch (history_knows(l->h, l->account, b)) {
	case HISTORY_KNOWN:
		break;
	case HISTORY_FAILED:
		return (db_fail(l->h));
	default:
		return (keep(l, "not all of it is in the history; add it "
		    "with trafdb update -f"));
	}
	if (shares_add(l->shares, l->account, b) == 0)
		return (0);
	log_error("%s", l->path);
	return (-1);
}

static int
look_at_block(struct looking *l)
{
	const struct block_info	*b = blocks_info(l->blocks);

	if (blocks_verify(l->blocks) != BLOCK_OK)
		return (keep(l, "a block is damaged"));
	if (l->shares != NULL && look_up(l, b) == -1)
		return (-1);
	l->n++;
	l->digest = l->digest * 31 + history_checksum(b) + b->checksum;
	if (b->end_ns > l->newest_ns)
		l->newest_ns = b->end_ns;
	return (0);
}

static int
look_at_all(struct looking *l)
{
	int	rc;

	while ((rc = blocks_next(l->blocks)) == 1)
		if (look_at_block(l) == -1)
			return (-1);
	if (rc == -1) {
		log_error("%s", l->path);
		return (-1);
	}
	if (l->damaged)
		return (keep(l, "part of it is damaged"));
	return (l->n == 0 ? keep(l, "it has no blocks") : 0);
}

static int
look_into(struct looking *l)
{
	const char	*why;
	int		 rc;

	if ((l->blocks = blocks_open(l->path, LAYOUT_AUTO, &why)) == NULL)
		return (keep(l, why != NULL ? why : strerror(errno)));
	blocks_on_damage(l->blocks, on_damage, l);
	rc = look_at_all(l);
	blocks_close(l->blocks);
	return (rc);
}

/* Read back from the database what it has of the file. */
static int
is_held(struct looking *l)
{
	switch (shares_held(l->shares, l->h, l->account)) {
	case 1:
		return (0);
	case 0:
		return (keep(l, "the history does not have all that it came "
		    "to (trafdb verify)"));
	default:
		return (-1);
	}
}

/*
 * Read the file once more, right before it is removed: is it valid and
 * unchanged?
 */
static int
read_again(const struct looking *first)
{
	struct looking	l = { .opt = first->opt, .path = first->path };

	if (look_into(&l) == -1)
		return (-1);
	if (l.n != first->n || l.digest != first->digest)
		return (keep(first, "it changed while it was read"));
	return (0);
}

/* Is this the save file of that account? */
static bool
is_save_file(const struct looking *l, const struct stat *st, const char *name)
{
	char		path[PATH_MAX];
	struct stat	live;

	return (snprintf(path, sizeof(path), "%s/" TRAFD_PREFIX "%s",
	    l->opt->statedir, name) < (int)sizeof(path) &&
	    stat(path, &live) == 0 && live.st_dev == st->st_dev &&
	    live.st_ino == st->st_ino);
}

/*
 * A file of this account may have been moved to the name of another one, whose
 * trafd(8) now writes to it.  Returns 1, 0 or -1.
 */
static int
is_any_save_file(const struct looking *l, const struct stat *st)
{
	char	**names;
	int	  i, n, rc;

	if ((n = account_names(l->opt->statedir, &names)) == -1) {
		log_error("%s", l->opt->statedir);
		return (-1);
	}
	rc = is_save_file(l, st, l->account->name);
	for (i = 0; i < n && rc == 0; i++)
		rc = is_save_file(l, st, names[i]);
	account_free(names, n);
	return (rc);
}

/* Is it a regular file that no trafd(8) writes to? */
static int
is_removable(const struct looking *l, struct stat *st)
{
	if (lstat(l->path, st) == -1) {
		log_error("%s", l->path);
		return (-1);
	}
	if (!S_ISREG(st->st_mode))
		return (keep(l, "not a regular file"));
	switch (is_any_save_file(l, st)) {
	case 0:
		return (0);
	case 1:
		return (keep(l, "trafd writes to it; move it away first"));
	default:
		return (-1);
	}
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return (a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size && a->st_mtime == b->st_mtime);
}

/* Remove the file if it is still the one that was read. */
static int
remove_file(const struct looking *l, const struct stat *before)
{
	struct stat	st;

	if (read_again(l) == -1)
		return (-1);
	if (lstat(l->path, &st) == -1 || !is_same(&st, before))
		return (keep(l, "it changed while it was read"));
	if (unlink(l->path) == -1) {
		log_error("%s", l->path);
		return (-1);
	}
	if (l->opt->verbose)
		log_info("file removed: %s: %llu block%s, all in the history",
		    l->path, (unsigned long long)l->n, plural(l->n));
	return (0);
}

static int
try_valid_file(struct looking *l, uint32_t hours)
{
	struct stat	st;
	uint64_t	now = (uint64_t)time(NULL);

	if (is_removable(l, &st) == -1 || look_into(l) == -1)
		return (-1);
	if (l->newest_ns / HISTORY_HOUR_NS + hours < now / 3600)
		return (is_held(l) == -1 ? -1 : remove_file(l, &st));
	if (l->opt->verbose)
		log_info("file kept: %s: not old enough", l->path);
	return (0);
}

static int
try_file(const struct options *opt, struct history *h,
    const struct history_account *a, const char *path, uint32_t hours)
{
	struct looking	l = { .opt = opt, .h = h, .account = a,
			    .path = path, .shares = shares_new() };
	int		rc;

	if (l.shares == NULL) {
		log_error("%s", path);
		return (-1);
	}
	rc = try_valid_file(&l, hours);
	shares_free(l.shares);
	return (rc);
}

static int
try_all(const struct options *opt, struct history *h, uint32_t hours)
{
	struct history_account	a;
	int			i, found, rc = TRAFD_EXIT_OK;

	if ((found = history_account(h, opt->names[0], &a)) != 1) {
		if (found == 0)
			log_errorx("not in the history: %s", opt->names[0]);
		else
			(void)db_fail(h);
		return (TRAFD_EXIT_ERROR);
	}
	for (i = 1; i < opt->nnames; i++)
		if (try_file(opt, h, &a, opt->names[i], hours) == -1)
			rc = TRAFD_EXIT_ERROR;
	return (rc);
}

int
prune_files(const struct options *opt)
{
	struct history	*h;
	uint32_t	 hours;
	int		 rc;

	if (age_hours(opt->files, strlen(opt->files), &hours) == -1)
		options_refuse("--files %s: an age is needed, such as 35d, "
		    "8w or 2y", opt->files);
	if (opt->nnames < 2)
		options_refuse("--files needs an account and files of it");
	if ((h = db_open(opt, HISTORY_READ)) == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = TRAFD_EXIT_ERROR;
	/* The caller named the files: remove them with the caller's rights. */
	if (owner_switch_back(opt->owner) == 0)
		rc = try_all(opt, h, hours);
	return (db_close(h, rc));
}
