/*
 * Save and dump files of one account.  The directories are opened anew for
 * every operation, because others may move them or the files away.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"
#include "log.h"
#include "savefile.h"
#include "statedir.h"
#include "traffic.h"

/* How many damaged dumps are kept aside. */
#define ASIDE_MOST	100

struct keeper {
	struct keeper_opts	 opts;
	uint64_t		 instance;
	bool			 has_dump;	/* one of ours may be there */
	char			 name[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX];
	char			*save_path;
	char			*dump_dir;
	char			*dump_path;
	char			 host[BLOCK_HOST_MAX];
	char			 error[512];
};

static int
open_dir(const char *path)
{
	return (open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

struct keeper *
keeper_open(const struct keeper_opts *opts, uid_t uid, gid_t gid)
{
	struct keeper	*k;

	if ((k = calloc(1, sizeof(*k))) == NULL) {
		log_error("keeper");
		return (NULL);
	}
	k->opts = *opts;
	(void)snprintf(k->name, sizeof(k->name), "%s%s", TRAFD_PREFIX,
	    opts->ext);
	(void)gethostname(k->host, sizeof(k->host) - 1);
	if (asprintf(&k->save_path, "%s/%s", opts->state_dir, k->name) == -1 ||
	    asprintf(&k->dump_dir, "%s/%s", opts->state_dir,
	    TRAFD_DUMPDIR) == -1 ||
	    asprintf(&k->dump_path, "%s/%s", k->dump_dir, k->name) == -1) {
		log_error("keeper");
		keeper_close(k);
		return (NULL);
	}
	if (statedir_prepare(opts->state_dir, k->name, uid, gid) == -1) {
		keeper_close(k);
		return (NULL);
	}
	return (k);
}

int
keeper_check(const struct keeper *k)
{
	const char	*dirs[] = { k->opts.state_dir, k->dump_dir };
	size_t		 i;

	for (i = 0; i < 2; i++)
		if (access(dirs[i], R_OK | W_OK | X_OK) == -1) {
			log_error("%s: cannot write accounts there", dirs[i]);
			return (-1);
		}
	return (0);
}

void
keeper_close(struct keeper *k)
{
	if (k == NULL)
		return;
	free(k->save_path);
	free(k->dump_dir);
	free(k->dump_path);
	free(k);
}

const char *
keeper_error(const struct keeper *k)
{
	return (k->error);
}

const char *
keeper_save_path(const struct keeper *k)
{
	return (k->save_path);
}

/* ---- writing ---- */

static void
fill_info(const struct keeper *k, const struct generation *g,
    enum block_kind kind, struct block_info *info)
{
	struct flow_count	folded = table_folded(g->table);

	memset(info, 0, sizeof(*info));
	info->kind = kind;
	info->ports = k->opts.ports;
	info->minsize = k->opts.minsize;
	info->instance = k->instance;
	info->epoch = g->epoch;
	info->epoch_first = g->epoch_first;
	info->begin_ns = g->begin_ns;
	info->end_ns = g->end_ns;
	info->duration_ns = g->duration_ns;
	info->ledger = g->ledger;
	info->ledger.v[LEDGER_FOLD_PACKETS] += folded.packets;
	info->ledger.v[LEDGER_FOLD_BYTES] += folded.ip;
	(void)strlcpy(info->ifname, k->opts.ifname, sizeof(info->ifname));
	(void)strlcpy(info->host, k->host, sizeof(info->host));
	(void)strlcpy(info->filter, k->opts.filter, sizeof(info->filter));
	(void)strlcpy(info->networks, k->opts.networks,
	    sizeof(info->networks));
}

/*
 * Sum up the rows below minsize in *rest, which goes behind all others, and
 * close the gaps that they leave.  Returns the number of rows.
 */
static size_t
fold_small(const struct flow **rows, size_t n, uint64_t minsize,
    struct flow *rest)
{
	size_t	i, kept = 0;

	flow_key_other(&rest->key, 0);
	memset(&rest->count, 0, sizeof(rest->count));
	for (i = 0; i < n; i++) {
		if (rows[i]->count.ip < minsize ||
		    (flow_is_other(&rows[i]->key) && rows[i]->key.proto == 0))
			flow_count_add(&rest->count, &rows[i]->count);
		else
			rows[kept++] = rows[i];
	}
	if (rest->count.packets == 0)
		return (kept);
	/* Protocol 0 sorts before the `other' rows of the memory cap. */
	for (i = kept; i > 0 && flow_key_cmp(&rows[i - 1]->key,
	    &rest->key) > 0; i--)
		rows[i] = rows[i - 1];
	rows[i] = rest;
	return (kept + 1);
}

static int
fail(struct keeper *k, const char *path, const char *what, const char *step)
{
	int	saved = errno;

	(void)snprintf(k->error, sizeof(k->error), "%s: %s failed (%s): %s",
	    path, what, step != NULL ? step : "open", strerror(saved));
	log_errorx("%s: what was counted is kept", k->error);
	errno = saved;
	return (-1);
}

int
keeper_dump(struct keeper *k, const struct generation *g)
{
	struct savefile_result	  result = { 0 };
	struct block_info	  info;
	const struct flow	**rows;
	int			  dirfd, rc = -1;

	if ((rows = table_sorted(g->table)) == NULL)
		return (fail(k, k->dump_path, "dump", "memory"));
	fill_info(k, g, BLOCK_DUMP, &info);
	if ((dirfd = open_dir(k->dump_dir)) != -1) {
		rc = savefile_replace(dirfd, k->name, &info, rows,
		    table_rows(g->table), &result);
		if (rc == -1)
			(void)fail(k, k->dump_path, "dump", result.step);
		(void)close(dirfd);
	} else
		(void)fail(k, k->dump_path, "dump", "open directory");
	free(rows);
	k->has_dump = k->has_dump || rc == 0;
	return (rc);
}

static int
remove_dump(struct keeper *k)
{
	int	dirfd, rc;

	if ((dirfd = open_dir(k->dump_dir)) == -1)
		return (-1);
	rc = savefile_remove(dirfd, k->name);
	(void)close(dirfd);
	return (rc);
}

static void
log_cut(const struct keeper *k, const struct savefile_result *r)
{
	if (r->cut_name[0] == '\0')
		return;
	log_warnx("%s: %" PRId64 " octets at the end were no whole block: "
	    "kept aside in %s/%s", k->save_path, (int64_t)r->cut_length,
	    k->opts.state_dir, r->cut_name);
}

/* Append a block; the dump is left to the caller. */
static int
append(struct keeper *k, const struct generation *g)
{
	struct savefile_result	  result = { 0 };
	struct block_info	  info;
	const struct flow	**rows;
	struct flow		  rest;
	size_t			  n;
	int			  dirfd, rc = -1;

	if ((rows = table_sorted(g->table)) == NULL)
		return (fail(k, k->save_path, "save", "memory"));
	n = fold_small(rows, table_rows(g->table), k->opts.minsize, &rest);
	fill_info(k, g, BLOCK_SAVE, &info);
	if ((dirfd = open_dir(k->opts.state_dir)) != -1) {
		rc = savefile_append(dirfd, k->name, &info, rows, n, &result);
		if (rc == -1)
			(void)fail(k, k->save_path, "save", result.step);
		log_cut(k, &result);
		(void)close(dirfd);
	} else
		(void)fail(k, k->save_path, "save", "open directory");
	free(rows);
	return (rc);
}

int
keeper_save(struct keeper *k, const struct generation *g)
{
	if (append(k, g) == -1)
		return (-1);
	/* The block is on disk: from here on the dump is void, so a failure
	 * to remove it is no failure of the save. */
	if (k->has_dump && remove_dump(k) == -1)
		log_warn("%s: cannot remove the dump (it is void)",
		    k->dump_path);
	else
		k->has_dump = false;
	return (0);
}

/* ---- beginning ---- */

static uint64_t
random_instance(void)
{
	uint64_t	id;

	do
		arc4random_buf(&id, sizeof(id));
	while (id == 0);
	return (id);
}

/* Copy the rows and the header of a verified block into a generation. */
static struct generation *
load(const struct keeper *k, struct block *b)
{
	const struct block_info	*info = block_info(b);
	const struct flow	*rows;
	struct generation	*g;
	size_t			 n, i, step;

	g = generation_new(info->epoch, k->opts.max_flows, k->opts.local);
	if (g == NULL)
		return (NULL);
	g->epoch_first = info->epoch_first;
	g->begin_ns = info->begin_ns;
	g->end_ns = info->end_ns;
	g->duration_ns = info->duration_ns;
	g->ledger = info->ledger;
	while (block_rows(b, &rows, &n) == BLOCK_OK && n > 0)
		for (i = 0; i < n; i += step) {
			step = n - i < TABLE_BATCH ? n - i : TABLE_BATCH;
			table_add(g->table, rows + i, step);
		}
	if (table_total(g->table).packets != info->total.packets) {
		generation_free(g);
		errno = EIO;
		return (NULL);
	}
	return (g);
}

enum dump_state { DUMP_NONE, DUMP_READ, DUMP_DAMAGED, DUMP_ERROR };

/* Read the dump, if there is one; DUMP_ERROR with errno. */
static enum dump_state
read_dump(struct keeper *k, struct generation **g)
{
	enum dump_state	 state = DUMP_ERROR;
	struct savefile	*f;
	struct block	*b;
	int		 dirfd, rc;

	if ((dirfd = open_dir(k->dump_dir)) == -1)
		return (DUMP_ERROR);
	f = savefile_open(dirfd, k->name);
	(void)close(dirfd);
	if (f == NULL)
		return (errno == ENOENT ? DUMP_NONE : DUMP_ERROR);
	if ((rc = savefile_next(f, true, &b)) == 0)
		state = DUMP_DAMAGED;
	if (rc == 1 && (*g = load(k, b)) != NULL) {
		k->instance = block_info(b)->instance;
		state = DUMP_READ;
	}
	savefile_close(f);
	return (state);
}

/* A dump that cannot be read is kept, never overwritten. */
static int
put_dump_aside(const struct keeper *k)
{
	char	*aside;
	int	 i, rc = -1;

	log_errorx("%s: not a whole dump", k->dump_path);
	for (i = 1; i <= ASIDE_MOST && rc == -1; i++) {
		if (asprintf(&aside, "%s.damaged.%d", k->dump_path, i) == -1)
			return (-1);
		/* link(2) refuses to replace a file, rename(2) does not. */
		if ((rc = link(k->dump_path, aside)) == 0) {
			rc = unlink(k->dump_path);
			log_warnx("%s: kept as %s", k->dump_path, aside);
		} else if (errno != EEXIST)
			i = ASIDE_MOST;
		free(aside);
	}
	if (rc == -1)
		log_error("%s: cannot be put aside", k->dump_path);
	return (rc);
}

/* The last epoch of this account in the save file; -1 with errno. */
static int
last_epoch(const struct keeper *k, uint64_t *epoch)
{
	int	dirfd, rc;

	if ((dirfd = open_dir(k->opts.state_dir)) == -1)
		return (-1);
	rc = savefile_last_epoch(dirfd, k->name, k->instance, epoch);
	(void)close(dirfd);
	return (rc);
}

/* Only what is older than epoch_first counts, and that is on the disk. */
static int
settle_save_file(const struct keeper *k, uint64_t epoch_first)
{
	int	dirfd, rc;

	if ((dirfd = open_dir(k->opts.state_dir)) == -1)
		return (-1);
	rc = savefile_settle(dirfd, k->name, k->instance, epoch_first);
	(void)close(dirfd);
	return (rc);
}

/* No dump: go on numbering where the save file ends. */
static struct generation *
begin_fresh(struct keeper *k)
{
	uint64_t	epoch = 0;
	int		dirfd;

	if ((dirfd = open_dir(k->opts.state_dir)) == -1 ||
	    savefile_last(dirfd, k->name, &k->instance, &epoch) == -1) {
		log_error("%s", k->save_path);
		if (dirfd != -1)
			(void)close(dirfd);
		return (NULL);
	}
	(void)close(dirfd);
	if (k->instance == 0)
		k->instance = random_instance();
	return (generation_new(epoch + 1, k->opts.max_flows, k->opts.local));
}

/* The dump was counted and never saved: that is done now. */
static struct generation *
save_left_dump(struct keeper *k, struct generation *g)
{
	uint64_t	epoch = g->epoch;
	int		rc;

	k->has_dump = true;
	rc = keeper_save(k, g);
	generation_free(g);
	if (rc == -1)
		return (NULL);
	log_notice("%s: a dump was left there: appended to %s",
	    k->dump_path, k->save_path);
	return (generation_new(epoch + 1, k->opts.max_flows, k->opts.local));
}

/*
 * The dump is part of the save file already.  But the daemon that wrote it
 * there may have been killed before it was on the disk.
 */
static struct generation *
drop_void_dump(struct keeper *k)
{
	if (settle_save_file(k, UINT64_MAX) == 0 && remove_dump(k) == 0)
		return (begin_fresh(k));
	log_error("%s: void, but cannot be removed", k->dump_path);
	return (NULL);
}

/*
 * The dump goes on where its daemon ended.  If it contains what a failed
 * save has left in the save file, that block must not count.
 */
static struct generation *
resume_dump(struct keeper *k, struct generation *g, uint64_t saved)
{
	if (saved >= g->epoch_first &&
	    settle_save_file(k, g->epoch_first) == -1) {
		log_error("%s: cannot drop the block of a failed save",
		    k->save_path);
		generation_free(g);
		return (NULL);
	}
	k->has_dump = true;
	log_notice("%s: resumed, %zu rows", k->dump_path,
	    table_rows(g->table));
	return (g);
}

/* A sound dump is resumed, saved, or void. */
static struct generation *
begin_with_dump(struct keeper *k, struct generation *g, bool resume)
{
	uint64_t	saved;

	if (last_epoch(k, &saved) == -1) {
		log_error("%s", k->save_path);
		generation_free(g);
		return (NULL);
	}
	if (saved >= g->epoch) {
		generation_free(g);
		return (drop_void_dump(k));
	}
	return (resume ? resume_dump(k, g, saved) : save_left_dump(k, g));
}

struct generation *
keeper_begin(struct keeper *k, bool resume)
{
	struct generation	*g = NULL;

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
		log_error("%s: cannot be read", k->dump_path);
		return (NULL);
	}
}

struct generation *
keeper_begin_alone(struct keeper *k)
{
	k->instance = random_instance();
	return (generation_new(1, k->opts.max_flows, k->opts.local));
}
