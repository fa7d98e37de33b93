/*
 * Feeds a save file to an account of the history, some blocks per transaction.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/log.h"
#include "base/plural.h"
#include "base/when.h"
#include "common/damage.h"
#include "file/blocks.h"
#include "trafdb.h"
#include "traffic.h"

/* A transaction ends after this many blocks, or rows. */
#define BATCH_BLOCKS	64
#define BATCH_ROWS	1000000

struct feeding {
	const struct options	*opt;
	struct history		*h;
	struct blocks		*blocks;
	const char		*account;
	const char		*path;
	struct fed		*fed;
	struct blocks_mark	 mark;		/* known blocks end here */
	bool			 newer;		/* the mark must not move */
	uint64_t		 batch_blocks;
	uint64_t		 batch_rows;
	time_t			 told;		/* last progress report */
};

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct feeding	*f = arg;

	/* A later trafdb can read the block, so it must not be passed. */
	if (d->why == BLOCK_NEWER)
		f->newer = true;
	f->fed->damaged++;
	damage_report(f->path, d);
}

/* Skip the current block.  Returns 0, or -1 if the file cannot be read. */
static int
skip(struct feeding *f, enum block_error why)
{
	struct savefile_damage	d;

	if (why == BLOCK_IO) {
		log_error("%s", f->path);
		return (-1);
	}
	blocks_damage(f->blocks, why, &d);
	on_damage(f, &d);
	return (0);
}

static int
feed_rows(struct feeding *f)
{
	const struct flow	*rows;
	enum block_error	 e;
	size_t			 n;

	while ((e = blocks_rows(f->blocks, &rows, &n)) == BLOCK_OK && n > 0)
		if (history_feed_rows(f->h, rows, n) == -1)
			return (db_fail(f->h));
	if (e == BLOCK_OK)
		return (0);
	/*
	 * The block was valid when it was verified, and part of it is added
	 * up.
	 */
	log_errorx("block changed while it was read: %s: %s", f->path,
	    block_strerror(e));
	return (-1);
}

static int
feed_new(struct feeding *f)
{
	enum block_error	e;

	if ((e = blocks_verify(f->blocks)) != BLOCK_OK)
		return (skip(f, e));
	if (history_feed_block(f->h, blocks_info(f->blocks)) == -1)
		return (db_fail(f->h));
	f->fed->blocks++;
	f->fed->added++;
	f->batch_blocks++;
	f->batch_rows += blocks_info(f->blocks)->rows;
	return (feed_rows(f));
}

static int
overlap(struct feeding *f, const struct block_info *b)
{
	f->fed->overlaps++;
	log_errorx("block not added: %s: the history has part of it "
	    "(generations %llu to %llu); run trafdb rebuild %s", f->path,
	    (unsigned long long)b->epoch_first,
	    (unsigned long long)b->epoch, f->account);
	return (0);
}

/* For example the file is a backup, and the daemon continued from there. */
static int
feed_again(struct feeding *f, const struct block_info *b)
{
	char		when[WHEN_LEN];
	uint64_t	added = f->fed->added;

	if (feed_new(f) == -1)
		return (-1);
	if (f->fed->added == added)
		return (0);
	f->fed->again++;
	log_warnx("%s: the block from %s on has the number of another block "
	    "of the history (%llu): both count; was the file restored from a "
	    "backup?", f->path, when_iso(b->begin_ns, when),
	    (unsigned long long)b->epoch);
	return (0);
}

static int
feed_block(struct feeding *f)
{
	const struct block_info	*b = blocks_info(f->blocks);

	switch (history_feed_known(f->h, b)) {
	case HISTORY_NEW:
		return (feed_new(f));
	case HISTORY_KNOWN:
		f->fed->blocks++;
		f->fed->known++;
		return (0);
	case HISTORY_CONFLICT:
		return (feed_again(f, b));
	case HISTORY_OVERLAP:
		return (overlap(f, b));
	default:
		return (db_fail(f->h));
	}
}

/* ---- transactions ---- */

static int
begin(struct feeding *f)
{
	f->batch_blocks = f->batch_rows = 0;
	return (history_feed_begin(f->h, f->account) == -1 ? db_fail(f->h) :
	    0);
}

static int
commit(struct feeding *f)
{
	return (history_feed_commit(f->h, &f->mark) == -1 ? db_fail(f->h) :
	    0);
}

/* Show progress on a terminal, about once a second. */
static void
tell_progress(struct feeding *f, bool end)
{
	uint64_t	size = (uint64_t)blocks_size(f->blocks);
	uint64_t	done = (uint64_t)blocks_tell(f->blocks);
	time_t		now = time(NULL);
	char		text[AMOUNT_LEN];

	if (!isatty(STDERR_FILENO) || (f->told == 0 && end))
		return;
	if (f->told == now && !end)
		return;
	f->told = now;
	(void)fprintf(stderr, "\r%s: %s, %u%%, %llu block%s added%s",
	    f->account, amount_format(done, text),
	    size == 0 ? 100 : (unsigned)(done * 100 / size),
	    (unsigned long long)f->fed->added, plural(f->fed->added),
	    end ? "\n" : " ");
}

static int
next_batch(struct feeding *f)
{
	if (f->batch_blocks < BATCH_BLOCKS && f->batch_rows < BATCH_ROWS)
		return (0);
	tell_progress(f, false);
	if (commit(f) == -1)
		return (-1);
	if (history_yield(f->h) == -1)
		return (db_fail(f->h));
	return (begin(f));
}

/* The next feed begins after this block. */
static int
move_mark(struct feeding *f)
{
	if (f->newer || f->opt->from != NULL)
		return (0);
	if (blocks_get_mark(f->blocks, &f->mark) == 0)
		return (0);
	log_error("%s", f->path);
	return (-1);
}

static int
feed_all(struct feeding *f)
{
	int	rc;

	while ((rc = blocks_next(f->blocks)) == 1)
		if (next_batch(f) == -1 || feed_block(f) == -1 ||
		    move_mark(f) == -1)
			return (-1);
	if (rc == -1)
		log_error("%s", f->path);
	return (rc);
}

/* Continue after what is known. */
static int
resume(struct feeding *f)
{
	struct history_account	a;
	int			rc;

	if ((rc = history_account(f->h, f->account, &a)) == -1)
		return (db_fail(f->h));
	if (rc == 1)
		f->mark = a.place;
	/*
	 * If the mark is one of format 2, which did not note the block, the
	 * whole file is read.
	 */
	if (f->opt->from == NULL && f->mark.checksum != 0)
		(void)blocks_resume(f->blocks, &f->mark);
	return (0);
}

/*
 * Open a file, with the caller's rights if the caller named it: perhaps only
 * the caller may read it.
 */
static struct blocks *
open_file(struct run_as *owner, const char *path, bool named)
{
	struct blocks	*b;
	const char	*why;
	int		 saved;

	if (named && owner_switch_back(owner) == -1)
		return (NULL);
	b = blocks_open(path, LAYOUT_AUTO, &why);
	saved = errno;
	if (named && owner_switch(owner, false) == -1) {
		blocks_close(b);
		return (NULL);
	}
	if (b != NULL)
		return (b);
	errno = saved;
	if (why != NULL)
		log_errorx("%s: %s", path, why);
	else if (errno == ENOENT && !named)
		log_errorx("no save file: %s (save first: trafsave, or name "
		    "one with -f)", path);
	else
		log_error("%s", path);
	return (NULL);
}

int
feed_file(const struct options *opt, struct history *h, const char *account,
    const char *path, int how, struct fed *fed)
{
	struct feeding	f = { .opt = opt, .h = h, .account = account,
			    .path = path, .fed = fed };
	int		rc;

	f.blocks = open_file(opt->owner, path, (how & FEED_NAMED) != 0);
	if (f.blocks == NULL)
		return (-1);
	blocks_on_damage(f.blocks, on_damage, &f);
	rc = how & FEED_RESUME ? resume(&f) : 0;
	if (rc == 0 && (rc = begin(&f)) == 0) {
		if ((rc = feed_all(&f)) == 0)
			rc = commit(&f);
		else
			history_feed_abort(h);
	}
	tell_progress(&f, true);
	blocks_close(f.blocks);
	return (rc);
}

int
feed_status(const struct fed *fed)
{
	return (fed->damaged > 0 || fed->overlaps > 0 ? TRAFD_EXIT_ERROR :
	    TRAFD_EXIT_OK);
}
