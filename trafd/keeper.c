/*
 * Writes the save file and the dump of one account.  Each operation opens the
 * directory again: it may have been moved away or recreated meanwhile.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "file/savefile.h"
#include "host/neighbours.h"
#include "packet/nets.h"
#include "table/fold.h"
#include "keeper_impl.h"

struct keeper *
keeper_open(const struct keeper_opts *opts)
{
	struct keeper	*k;

	if ((k = calloc(1, sizeof(*k))) == NULL) {
		log_error("cannot open the account: %s", opts->ext);
		return (NULL);
	}
	k->opts = *opts;
	k->format = keeper_format(opts->layout);
	(void)snprintf(k->name, sizeof(k->name), "%s%s", TRAFD_PREFIX,
	    opts->ext);
	(void)gethostname(k->host, sizeof(k->host) - 1);
	clock_boot_name(k->boot);
	if (asprintf(&k->save_path, "%s/%s", opts->state_dir, k->name) == -1 ||
	    asprintf(&k->dump_dir, "%s/%s", opts->state_dir,
	    TRAFD_DUMPDIR) == -1 ||
	    asprintf(&k->dump_path, "%s/%s", k->dump_dir, k->name) == -1) {
		log_error("cannot open the account: %s", opts->ext);
		keeper_close(k);
		return (NULL);
	}
	keeper_begin_learning(k);
	return (k);
}

int
keeper_check(const struct keeper *k)
{
	const char	*dirs[] = { k->opts.state_dir, k->dump_dir };
	size_t		 i;

	for (i = 0; i < 2; i++)
		if (access(dirs[i], R_OK | W_OK | X_OK) == -1) {
			log_error("cannot write to the state directory: %s "
			    "(see --state-dir)", dirs[i]);
			return (-1);
		}
	return (0);
}

void
keeper_close(struct keeper *k)
{
	if (k == NULL)
		return;
	neighbours_close(k->neighbours);
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

struct keeper_wrote
keeper_wrote(const struct keeper *k)
{
	return (k->wrote);
}

/* ---- writing ---- */

void
keeper_describe(const struct keeper *k, const struct generation *g,
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
	(void)strlcpy(info->networks, g->networks, sizeof(info->networks));
	info->owners = g->owners;
	if (kind != BLOCK_DUMP)
		return;
	if (g->first_ns != 0)
		(void)strlcpy(info->clock, KEEPER_PACKETS,
		    sizeof(info->clock));
	else if (k->boot[0] != '\0' && g->end_boot_ns != 0)
		(void)snprintf(info->clock, sizeof(info->clock), "%s %" PRIu64,
		    k->boot, g->end_boot_ns);
}

static int
fail(struct keeper *k, enum block_kind kind, const char *step)
{
	bool	dump = kind == BLOCK_DUMP;
	char	text[sizeof(k->error) + 40], why[256];

	(void)snprintf(k->error, sizeof(k->error), "%s failed: %s: %s: %s",
	    dump ? "dump" : "save", dump ? k->dump_path : k->save_path, step,
	    keeper_reason(k, why, sizeof(why)));
	(void)snprintf(text, sizeof(text), "%s; counts are kept for the next "
	    "one", k->error);
	fault_set(dump ? &k->dump_fault : &k->save_fault, text);
	return (-1);
}

/*
 * Without frames a capture has no time that a block could have.  A dump that
 * may exist is of what has been saved since.
 */
static bool
is_nothing(struct keeper *k, const struct generation *g)
{
	if (!k->opts.capture || g->ledger.v[LEDGER_FRAMES] > 0 ||
	    table_rows(g->table) > 0)
		return (false);
	k->wrote = (struct keeper_wrote){ 0 };
	return (true);
}

static int
write_dump(struct keeper *k, const struct generation *g,
    const struct flow *const *rows, struct block_info *info)
{
	struct savefile_result	result = { 0 };
	int			dirfd, rc;

	if ((dirfd = keeper_open_dir(k->dump_dir)) == -1)
		return (fail(k, BLOCK_DUMP, "open directory"));
	/* Set it first: a write that fails may still leave the file. */
	k->has_dump = k->has_dump || !k->lost;
	rc = savefile_replace(dirfd, k->lost ? k->apart : k->name, info,
	    rows, table_rows(g->table), &result);
	if (rc == -1)
		(void)fail(k, BLOCK_DUMP, result.step);
	(void)close(dirfd);
	return (rc);
}

int
keeper_dump(struct keeper *k, const struct generation *g)
{
	struct block_info	  info;
	const struct flow	**rows;
	int			  rc;

	if (is_nothing(k, g))
		return (0);
	if (keeper_confirm(k) == -1 && (!k->lost || keeper_go_apart(k) == -1))
		return (fail(k, BLOCK_DUMP, "lock"));
	if ((rows = table_sorted(g->table)) == NULL)
		return (fail(k, BLOCK_DUMP, "memory"));
	keeper_describe(k, g, BLOCK_DUMP, &info);
	rc = write_dump(k, g, rows, &info);
	free(rows);
	if (rc == 0) {
		k->wrote = (struct keeper_wrote){ info.rows, info.total };
		fault_clear(&k->dump_fault);
	}
	return (rc);
}

/*
 * The rows of a generation for the save file: small ones have lost detail.
 * What is local is what reports will take for local.  NULL with errno.
 */
static struct fold *
fold_generation(const struct keeper *k, const struct generation *g)
{
	const struct flow	**rows;
	struct nets		 *local;
	struct fold		 *f = NULL;
	size_t			  n = table_rows(g->table);

	if ((rows = table_sorted(g->table)) == NULL)
		return (NULL);
	if (k->format->other_only)
		f = fold_to_other(rows, n, k->opts.minsize);
	else if ((local = nets_recorded(g->networks)) != NULL) {
		f = fold_small(rows, n, k->opts.minsize, local);
		nets_free(local);
	}
	free(rows);
	return (f);
}

/* Append a block to the save file.  The caller removes the dump. */
static int
append(struct keeper *k, const struct generation *g)
{
	struct savefile_result	  result = { 0 };
	struct block_info	  info;
	const struct flow *const *rows;
	struct fold		 *folded;
	size_t			  n;
	int			  dirfd, rc = -1;

	if ((folded = fold_generation(k, g)) == NULL)
		return (fail(k, BLOCK_SAVE, "memory"));
	rows = fold_rows(folded, &n);
	keeper_describe(k, g, BLOCK_SAVE, &info);
	info.ledger.v[LEDGER_SMALL_BYTES] = fold_bytes(folded);
	if ((dirfd = keeper_open_dir(k->opts.state_dir)) != -1) {
		rc = k->format->append(k, dirfd, &info, rows, n, &result);
		if (rc == -1)
			(void)fail(k, BLOCK_SAVE, result.step);
		keeper_log_cut(k, &result);
		(void)close(dirfd);
	} else
		(void)fail(k, BLOCK_SAVE, "open directory");
	if (rc == 0)
		k->wrote = (struct keeper_wrote){ info.rows, info.total };
	fold_free(folded);
	return (rc);
}

/*
 * The block is on disk, so the dump is void.  If the dump cannot be removed,
 * the save has succeeded all the same.
 */
static void
remove_void_dump(struct keeper *k)
{
	char	text[sizeof(k->error)];
	int	rc = 0;

	if (k->has_dump || k->removal_unsynced)
		rc = keeper_remove_dump(k);
	if (rc == -1) {
		(void)snprintf(text, sizeof(text), "cannot remove a dump "
		    "already saved: %s: %s", k->dump_path, strerror(errno));
		fault_set(&k->remove_fault, text);
		return;
	}
	k->has_dump = false;
	k->removal_unsynced = rc == 1;
	fault_clear(&k->remove_fault);
}

int
keeper_save(struct keeper *k, const struct generation *g)
{
	if (is_nothing(k, g))
		return (0);
	if (keeper_confirm(k) == -1)
		return (fail(k, BLOCK_SAVE, "lock"));
	if (append(k, g) == -1)
		return (-1);
	fault_clear(&k->save_fault);
	remove_void_dump(k);
	/*
	 * The dump is gone for good: the earlier daemon's instance is not
	 * needed.  If it could come back after a power cut, only that instance
	 * says that it is void.
	 */
	if (k->resumed && !k->has_dump && !k->removal_unsynced)
		keeper_new_instance(k);
	return (0);
}
