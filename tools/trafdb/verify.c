/*
 * trafdb verify: checks the file of the database, whether each account agrees
 * with itself, and whether it agrees with a history that is built from the
 * save files in a temporary directory.
 */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "base/when.h"
#include "trafdb.h"
#include "traffic.h"

static void
tell_period(const struct history_account *a, uint32_t hour, const char *what)
{
	char	when[WHEN_LEN];

	log_errorx("history is wrong: %s: %s: %s", a->name,
	    when_iso(hour * HISTORY_HOUR_NS, when), what);
}

/* Do the rows of a period add up to the totals of its blocks? */
static int
check_period(struct history *h, const struct history_account *a,
    struct history_range r, bool *good)
{
	struct history_totals	t;
	struct sums		s;

	if (history_total(h, a, r, &t) == -1)
		return (db_fail(h));
	if (sums_of(h, a, r, &s) == -1)
		return (-1);
	if (!sums_agree(&s, &t)) {
		tell_period(a, r.from, "rows and totals differ");
		*good = false;
	}
	return (0);
}

/* Check all periods of a grain: queries are answered from them. */
static int
check_grain(struct history *h, const struct history_account *a,
    enum history_grain grain, bool *good)
{
	struct history_range	r;
	uint32_t		hour = history_period(grain, a->kept[grain]);
	int			rc;

	while ((rc = history_skip(h, a, grain, &hour)) == 1) {
		r.from = hour;
		r.until = history_period_next(grain, hour);
		if (check_period(h, a, r, good) == -1)
			return (-1);
		hour = r.until;
	}
	return (rc == -1 ? db_fail(h) : 0);
}

static int
check_itself(struct history *h, const struct history_account *a)
{
	bool	good = true;

	if (check_grain(h, a, HISTORY_MONTH, &good) == -1 ||
	    check_grain(h, a, HISTORY_DAY, &good) == -1 ||
	    check_grain(h, a, HISTORY_HOUR, &good) == -1)
		return (-1);
	return (good ? 0 : -1);
}

/* ---- against the files ---- */

/* What a comparison finds. */
struct found {
	uint64_t	same;		/* blocks compared */
	uint64_t	gone;		/* in no file any more */
	uint64_t	missing;	/* in a file, not in the history */
	bool		differs;
};

struct side {
	struct history			*h;
	const struct history_account	*a;
};

static int
compare_rows(const struct side *mine, const struct side *other,
    struct history_range r, struct found *f)
{
	struct sums	s, v;

	if (sums_of(mine->h, mine->a, r, &s) == -1 ||
	    sums_of(other->h, other->a, r, &v) == -1)
		return (-1);
	if (s.digest == v.digest)
		return (0);
	tell_period(mine->a, r.from, "differs from the save file");
	f->differs = true;
	return (0);
}

/* Compare a period if both have the same blocks of it. */
static int
compare_period(const struct side *mine, const struct side *other,
    struct history_range r, struct found *f)
{
	struct history_totals	t, u;

	if (history_total(mine->h, mine->a, r, &t) == -1)
		return (db_fail(mine->h));
	if (history_total(other->h, other->a, r, &u) == -1)
		return (db_fail(other->h));
	if (t.blocks == 0 || t.blocks != u.blocks || t.checksum != u.checksum)
		return (0);
	f->same += t.blocks;
	return (compare_rows(mine, other, r, f));
}

static enum history_grain
finest(const struct history_account *a, uint32_t hour)
{
	if (hour >= a->kept[HISTORY_HOUR])
		return (HISTORY_HOUR);
	return (hour >= a->kept[HISTORY_DAY] ? HISTORY_DAY : HISTORY_MONTH);
}

/*
 * Set *hour to the first month at or after it in which both have blocks.
 * Returns 1, 0 if there is none, or -1.
 */
static int
next_of_both(const struct side *mine, const struct side *other,
    uint32_t *hour)
{
	uint32_t	at;
	int		rc;

	/* Hours may be pruned; months are there as long as anything is. */
	do {
		at = *hour = history_period(HISTORY_MONTH, *hour);
		if ((rc = history_skip(mine->h, mine->a, HISTORY_MONTH,
		    hour)) == 1)
			rc = history_skip(other->h, other->a, HISTORY_MONTH,
			    hour);
	} while (rc == 1 && at != *hour);
	return (rc);
}

static int
compare_month(const struct side *mine, const struct side *other,
    uint32_t hour, struct found *f)
{
	struct history_range	r;
	uint32_t		until = history_period_next(HISTORY_MONTH,
				    hour);
	enum history_grain	grain;

	for (; hour < until; hour = r.until) {
		grain = finest(mine->a, hour);
		r.from = history_period(grain, hour);
		r.until = history_period_next(grain, hour);
		if (compare_period(mine, other, r, f) == -1)
			return (-1);
	}
	return (0);
}

static int
compare(const struct side *mine, const struct side *other, struct found *f)
{
	uint32_t	hour = 0;
	int		rc;

	if (blocks_missing(mine->h, mine->a, other->h, other->a, &f->gone) ==
	    -1 || blocks_missing(other->h, other->a, mine->h, mine->a,
	    &f->missing) == -1)
		return (-1);
	while ((rc = next_of_both(mine, other, &hour)) == 1) {
		if (compare_month(mine, other, hour, f) == -1)
			return (-1);
		hour = history_period_next(HISTORY_MONTH, hour);
	}
	return (rc == -1 ? db_fail(mine->h) : 0);
}

/* Remove a directory that contains only files. */
static void
remove_directory(const char *dir)
{
	char		 path[PATH_MAX];
	struct dirent	*e;
	DIR		*d;

	if ((d = opendir(dir)) == NULL)
		return;
	while ((e = readdir(d)) != NULL)
		if (snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) <
		    (int)sizeof(path) && e->d_name[0] != '.')
			(void)unlink(path);
	(void)closedir(d);
	(void)rmdir(dir);
}

static int
tell_found(const struct options *opt, const char *name, const struct found *f)
{
	if (f->gone > 0)
		log_info("not compared: %s: %llu block%s that %s in no file "
		    "any more, and others of the same hours", name,
		    (unsigned long long)f->gone, plural(f->gone),
		    plural_of(f->gone, "is", "are"));
	if (f->missing > 0)
		log_errorx("not in the history: %s: %llu block%s of the "
		    "save file; run trafdb update", name,
		    (unsigned long long)f->missing, plural(f->missing));
	if (opt->verbose)
		log_info("compared: %s: %llu block%s with the save file", name,
		    (unsigned long long)f->same, plural(f->same));
	return (f->missing > 0 || f->differs ? -1 : 0);
}

/* Interfaces of owners get their numbers in the order in which they come. */
static int
give_interfaces(struct history *h, const struct history_account *a,
    struct history *scratch)
{
	struct owners	*o;
	int		 rc;

	if ((rc = history_owners(h, a, &o)) == -1)
		return (db_fail(h));
	if (rc == 0)
		return (0);
	rc = history_feed_begin(scratch, a->name);
	if (rc == 0)
		rc = history_feed_interfaces(scratch, o);
	if (rc == 0)
		rc = history_feed_commit(scratch, NULL);
	owners_free(o);
	return (rc == -1 ? db_fail(scratch) : 0);
}

/* Build the history of one account in `scratch', and compare both. */
static int
compare_files(const struct options *opt, struct history *h,
    const struct history_account *a, struct history *scratch)
{
	struct history_account	made;
	struct side		mine = { h, a }, other = { scratch, &made };
	struct found		f = { 0 };
	struct fed		fed = { 0 };
	char			path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/" TRAFD_PREFIX "%s",
	    opt->statedir, a->name) >= (int)sizeof(path))
		return (-1);
	if (access(path, F_OK) == -1 && errno == ENOENT) {
		log_info("not compared: %s: no save file", a->name);
		return (0);
	}
	if (give_interfaces(h, a, scratch) == -1 ||
	    feed_file(opt, scratch, a->name, path, 0, &fed) == -1)
		return (-1);
	if (history_account(scratch, a->name, &made) != 1)
		return (db_fail(scratch));
	if (compare(&mine, &other, &f) == -1)
		return (-1);
	return (tell_found(opt, a->name, &f) == -1 || fed.damaged > 0 ? -1 :
	    0);
}

static int
with_scratch(const struct options *opt, struct history *h,
    const struct history_account *a)
{
	char		 dir[PATH_MAX], db[PATH_MAX], err[HISTORY_ERROR_LEN];
	const char	*tmp = getenv("TMPDIR");
	struct history	*scratch;
	int		 rc = -1;

	if (snprintf(dir, sizeof(dir) - 8, "%s/trafdb.XXXXXX",
	    tmp == NULL || *tmp == '\0' ? "/tmp" : tmp) >=
	    (int)sizeof(dir) - 8 || mkdtemp(dir) == NULL) {
		log_error("%s", dir);
		return (-1);
	}
	scratch = history_open(dir, HISTORY_CREATE, opt->wait, err);
	if (scratch == NULL)
		log_errorx("%s", err);
	else {
		rc = compare_files(opt, h, a, scratch);
		(void)history_close(scratch);
	}
	(void)snprintf(db, sizeof(db), "%.*s/" HISTORY_DIR,
	    (int)sizeof(db) - 8, dir);
	remove_directory(db);
	remove_directory(dir);
	return (rc);
}

static int
verify_account(const struct options *opt, struct history *h,
    const struct history_account *a)
{
	bool	good = check_itself(h, a) == 0;

	if (with_scratch(opt, h, a) == -1)
		good = false;
	if (good && opt->verbose)
		log_info("intact: %s", a->name);
	return (good ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}

/*
 * The history is open for reading all the time: an update waits for it, and
 * may time out.
 */
int
verify_run(const struct options *opt)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*h;
	int		 rc;

	/*
	 * db_open() prints better messages if there is no history, or one of
	 * an unknown format.
	 */
	if ((h = db_open(opt, HISTORY_READ)) == NULL ||
	    db_close(h, TRAFD_EXIT_OK) != TRAFD_EXIT_OK)
		return (TRAFD_EXIT_ERROR);
	if (history_verify_file(opt->statedir, opt->wait, err) == -1) {
		db_cannot_open(opt, err, HISTORY_READ);
		return (TRAFD_EXIT_ERROR);
	}
	if ((h = db_open(opt, HISTORY_READ)) == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = db_each(opt, h, verify_account);
	return (db_close(h, rc));
}
