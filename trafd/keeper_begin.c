/*
 * The start of an account: what to do with the dump and the save file of an
 * earlier daemon.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "base/when.h"
#include "file/savefile.h"
#include "host/networks.h"
#include "keeper_impl.h"

/* At most this many damaged dumps are kept. */
#define ASIDE_MOST	100

/* now_boot() at the end of the dump, or 0: the dump is of another boot. */
static uint64_t
boot_ns_of(const struct keeper *k, const struct block_info *info)
{
	size_t	n = strlen(k->boot);

	if (n == 0 || strncmp(info->clock, k->boot, n) != 0 ||
	    info->clock[n] != ' ')
		return (0);
	return (strtoull(info->clock + n + 1, NULL, 10));
}

/*
 * Copy the rows and the header of a verified block into a new generation.
 * Returns NULL with errno.
 */
static struct generation *
load(const struct keeper *k, struct block *b)
{
	const struct block_info	*info = block_info(b);
	const struct flow	*rows;
	struct generation	*g;
	size_t			 n;

	g = generation_new(info->epoch, k->opts.max_flows, k->opts.local,
	    k->opts.ports);
	if (g == NULL)
		return (NULL);
	g->epoch_first = info->epoch_first;
	(void)strlcpy(g->networks, info->networks, sizeof(g->networks));
	g->begin_ns = info->begin_ns;
	g->end_ns = info->end_ns;
	g->end_boot_ns = boot_ns_of(k, info);
	g->duration_ns = info->duration_ns;
	if (strcmp(info->clock, KEEPER_PACKETS) == 0) {
		g->first_ns = info->begin_ns;
		g->last_ns = info->end_ns;
	}
	g->ledger = info->ledger;
	while (block_rows(b, &rows, &n) == BLOCK_OK && n > 0)
		table_restore(g->table, rows, n);
	if (table_total(g->table).packets != info->total.packets)
		errno = EIO;
	else if (generation_add_owners(g, block_owners(b)) == 0)
		return (g);
	generation_free(g);
	return (NULL);
}

enum dump_state { DUMP_NONE, DUMP_READ, DUMP_DAMAGED, DUMP_ERROR };

/*
 * Read the dump, if there is one.  If DUMP_READ is returned, *g is the
 * caller's; if DUMP_ERROR, errno is set.
 */
static enum dump_state
read_dump(struct keeper *k, struct generation **g)
{
	enum dump_state	 state = DUMP_ERROR;
	struct savefile	*f;
	struct block	*b;
	int		 dirfd, rc;

	if ((dirfd = keeper_open_dir(k->dump_dir)) == -1)
		return (DUMP_ERROR);
	f = savefile_open(dirfd, k->name);
	(void)close(dirfd);
	if (f == NULL)
		return (errno == ENOENT ? DUMP_NONE : DUMP_ERROR);
	if ((rc = savefile_dump(f, &b)) == 0)
		state = DUMP_NONE;
	else if (rc == -1 && errno == EBADMSG)
		state = DUMP_DAMAGED;
	else if (rc == 1 && (*g = load(k, b)) != NULL) {
		k->instance = block_info(b)->instance;
		k->resumed = true;
		state = DUMP_READ;
	}
	savefile_close(f);
	return (state);
}

/* Rename a damaged dump, so that the next dump does not overwrite it. */
static int
put_dump_aside(const struct keeper *k)
{
	char	*aside;
	int	 i, rc = -1;

	log_errorx("dump incomplete or damaged, or another file in its "
	    "place: %s", k->dump_path);
	for (i = 1; i <= ASIDE_MOST && rc == -1; i++) {
		if (asprintf(&aside, "%s.damaged.%d", k->dump_path, i) == -1)
			return (-1);
		/* link(2) refuses to replace a file, rename(2) does not. */
		if ((rc = link(k->dump_path, aside)) == 0) {
			rc = unlink(k->dump_path);
			i = ASIDE_MOST;
			log_warnx("damaged dump renamed: %s: to %s",
			    k->dump_path, aside);
		} else if (errno != EEXIST)
			i = ASIDE_MOST;
		free(aside);
	}
	if (rc == -1)
		log_error("cannot rename the damaged dump: %s (move it away)",
		    k->dump_path);
	return (rc);
}

/* What the save file has of the keeper's instance. */
struct saved {
	uint64_t			 epoch;		/* the last; 0: none */
	const struct keeper_format	*format;	/* of that block */
};

/*
 * Look in every layout: the daemon before may have had another --layout.  A
 * damaged journal of a layout that is no longer used is no obstacle.  Returns
 * 0, or -1 with errno.
 */
static int
find_saved(const struct keeper *k, struct saved *s)
{
	static const enum layout	layouts[] = {
		LAYOUT_TRAFD, LAYOUT_OLD	/* NEW is as OLD here */
	};
	const struct keeper_format	*format;
	uint64_t			 epoch;
	size_t				 i;
	int				 dirfd, rc = 0;

	s->epoch = 0;
	s->format = k->format;
	if ((dirfd = keeper_open_dir(k->opts.state_dir)) == -1)
		return (-1);
	for (i = 0; i < 2 && rc == 0; i++) {
		format = keeper_format(layouts[i]);
		rc = format->last_epoch(dirfd, k->name, k->instance, &epoch);
		if (rc == -1 && errno == EBADMSG && format != k->format)
			rc = 0;
		else if (rc == 0 && epoch > s->epoch) {
			s->epoch = epoch;
			s->format = format;
		}
	}
	(void)close(dirfd);
	return (rc);
}

/*
 * Cut off the blocks of the instance from epoch_first on; sync the rest to
 * the disk.  Returns 0, or -1 with errno and in *step what failed.
 */
static int
confirm_save_file(const struct keeper *k, const struct keeper_format *format,
    uint64_t epoch_first, const char **step)
{
	struct savefile_result	result = { 0 };
	int			dirfd, rc;

	*step = "open";

	if ((dirfd = keeper_open_dir(k->opts.state_dir)) == -1)
		return (-1);
	rc = format->confirm(dirfd, k->name, k->instance, epoch_first,
	    &result);
	*step = result.step != NULL ? result.step : "write";
	keeper_log_cut(k, &result);
	(void)close(dirfd);
	return (rc);
}

/* A save that was killed may have left part of a block: cut that part off. */
static int
recover(const struct keeper *k)
{
	const char	*step;

	if (!k->format->at_start ||
	    confirm_save_file(k, k->format, UINT64_MAX, &step) == 0)
		return (0);
	log_error("cannot repair the save file: %s: %s", k->save_path, step);
	return (-1);
}

/* If the save file cannot be appended to, fail before anything is counted. */
static int
check_save_file(const struct keeper *k)
{
	int	dirfd, rc;

	if ((dirfd = keeper_open_dir(k->opts.state_dir)) == -1)
		rc = -1;
	else {
		rc = savefile_usable(dirfd, k->name);
		(void)close(dirfd);
	}
	if (rc == -1)
		log_error("cannot read the save file: %s", k->save_path);
	return (rc);
}

static struct generation *
begin_at(const struct keeper *k, uint64_t epoch)
{
	struct generation	*g;

	g = generation_new(epoch, k->opts.max_flows, k->opts.local,
	    k->opts.ports);
	if (g == NULL)
		log_error("cannot allocate a table: %s (see --max-flows)",
		    k->save_path);
	else
		(void)strlcpy(g->networks, k->opts.networks,
		    sizeof(g->networks));
	return (g);
}

/* Nothing to resume: start with a new instance and epoch 1. */
static struct generation *
begin_fresh(struct keeper *k)
{
	keeper_new_instance(k);
	if (check_save_file(k) == -1 || recover(k) == -1)
		return (NULL);
	return (begin_at(k, 1));
}

/*
 * The times of the dump follow the clock, if it was set since; those of packets
 * of a capture do not.
 */
static void
begin_clock(const struct keeper *k, struct generation *g,
    void fn(struct generation *, uint64_t boot_ns))
{
	uint64_t	before = g->begin_ns;
	char		then[WHEN_LEN], now[WHEN_LEN];

	if (g->first_ns != 0)
		return;
	fn(g, g->end_boot_ns);
	if (before > g->begin_ns + CLOCK_JUMP_NS ||
	    g->begin_ns > before + CLOCK_JUMP_NS)
		log_notice("clock was set since the dump: %s: its start is now "
		    "%s, not %s", k->dump_path,
		    when_iso(g->begin_ns, now), when_iso(before, then));
}

/* The dump was never saved: append it to the save file now. */
static struct generation *
save_left_dump(struct keeper *k, struct generation *g)
{
	uint64_t	epoch = g->epoch;
	bool		capture = k->opts.capture;
	int		rc;

	k->has_dump = true;
	begin_clock(k, g, generation_leave);
	k->opts.capture = false;	/* it may be of an interface */
	rc = keeper_save(k, g);
	k->opts.capture = capture;
	generation_free(g);
	if (rc == -1)
		return (NULL);
	log_notice("dump of an earlier run appended: %s: to %s",
	    k->dump_path, k->save_path);
	return (begin_at(k, epoch + 1));
}

/*
 * The dump is already in the save file.  But its daemon may have been killed
 * before that block was on the disk: sync the block, then remove the dump.
 */
static struct generation *
drop_void_dump(struct keeper *k, const struct saved *saved)
{
	const char	*step;

	if (confirm_save_file(k, saved->format, UINT64_MAX, &step) == 0 &&
	    keeper_remove_dump(k) == 0)
		return (begin_fresh(k));
	log_error("cannot remove a dump already saved: %s (remove it)",
	    k->dump_path);
	return (NULL);
}

/* Continue with the counts of the dump. */
static struct generation *
resume_dump(struct keeper *k, struct generation *g)
{
	k->has_dump = true;
	networks_join(g->networks, sizeof(g->networks), k->opts.networks);
	begin_clock(k, g, generation_resume);
	log_notice("dump resumed: %s: %zu row%s", k->dump_path,
	    table_rows(g->table), plural(table_rows(g->table)));
	return (g);
}

/*
 * Find what is saved of the dump.  If a failed save has left a block with a
 * part of its counts in the save file, cut that block off.  Returns 0, or -1
 * after a message.
 */
static int
check_saved(const struct keeper *k, const struct generation *g,
    struct saved *saved)
{
	const char	*step;

	if (recover(k) == -1)
		return (-1);
	if (find_saved(k, saved) == -1) {
		log_error("cannot read the save file: %s", k->save_path);
		return (-1);
	}
	if (saved->epoch < g->epoch_first || saved->epoch >= g->epoch ||
	    confirm_save_file(k, saved->format, g->epoch_first, &step) == 0)
		return (0);
	log_error("cannot remove the block of a failed save: %s: %s",
	    k->save_path, step);
	return (-1);
}

/*
 * If the interface has other networks now, what is counted from now on must not
 * be judged by the dump's.  Times of packets and those of a clock do not make
 * one block.
 */
static bool
can_resume(const struct keeper *k, const struct generation *g)
{
	return (k->opts.capture == (g->first_ns != 0) &&
	    !networks_differ(g->networks, k->opts.networks));
}

/*
 * A valid dump is resumed or saved; if it is already saved, removed.
 */
static struct generation *
begin_with_dump(struct keeper *k, struct generation *g, bool resume)
{
	struct saved	saved;

	if (check_saved(k, g, &saved) == -1) {
		generation_free(g);
		return (NULL);
	}
	if (saved.epoch >= g->epoch) {
		generation_free(g);
		return (drop_void_dump(k, &saved));
	}
	return (resume && can_resume(k, g) ? resume_dump(k, g) :
	    save_left_dump(k, g));
}

struct generation *
keeper_begin(struct keeper *k, bool resume)
{
	struct generation	*g = NULL;
	char			 text[256];

	if (keeper_confirm(k) == -1) {
		log_errorx("cannot use the account: %s: %s", k->save_path,
		    keeper_reason(k, text, sizeof(text)));
		return (NULL);
	}
	switch (read_dump(k, &g)) {
	case DUMP_READ:
		return (begin_with_dump(k, g, resume));
	case DUMP_DAMAGED:
		if (put_dump_aside(k) == -1)
			return (NULL);
		return (begin_fresh(k));
	case DUMP_NONE:
		return (begin_fresh(k));
	default:
		log_error("cannot read the dump: %s", k->dump_path);
		return (NULL);
	}
}

/*
 * See keeper_begin_alone(): cut off a block that a failed save has left at
 * the end of the save file, or remove a void dump.
 */
static int
clean_up_left_dump(struct keeper *k, const struct generation *g)
{
	struct saved	 saved;
	const char	*step;

	if (check_saved(k, g, &saved) == -1)
		return (-1);
	if (saved.epoch < g->epoch || (confirm_save_file(k, saved.format,
	    UINT64_MAX, &step) == 0 && keeper_remove_dump(k) == 0))
		return (0);
	log_error("cannot remove a dump already saved: %s (remove it)",
	    k->dump_path);
	return (-1);
}

struct generation *
keeper_begin_alone(struct keeper *k)
{
	struct generation	*g = NULL;
	enum dump_state		 state;
	int			 rc = 0;

	if ((state = read_dump(k, &g)) == DUMP_ERROR) {
		log_error("cannot read the dump: %s", k->dump_path);
		return (NULL);
	}
	if (state == DUMP_READ)
		rc = clean_up_left_dump(k, g);
	generation_free(g);
	return (rc == 0 ? begin_fresh(k) : NULL);
}
