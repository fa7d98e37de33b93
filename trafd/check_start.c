/*
 * The list of checks of check_start.h.  The start makes them as root, about
 * files that the daemon's user will use, some of which it will own only then.
 * So a child process that has given up root tries what is not to change owner;
 * of the rest the mode decides.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/limits.h"
#include "file/holder.h"
#include "file/legacy/append.h"
#include "check_path.h"
#include "check_start.h"
#include "runfiles.h"
#include "statedir.h"
#include "traffic.h"

/*
 * The smallest limits that a daemon works with.  It needs about 35
 * descriptors, one for each of up to 16 clients, and a few for a dump or save,
 * a query and the reopening of an interface.  The first block of a busy
 * interface has a megabyte.  A small second table, the stacks of the threads
 * and the compression fit into 64 MiB.
 */
#define DESCRIPTORS	64
#define FILE_BYTES	((uint64_t)1 << 20)
#define MEMORY_BYTES	((size_t)64 << 20)

/*
 * Threads: the event loop, the log, the writer and the capturer; and the
 * process that was started, which waits until the daemon has detached.
 */
#define PROCESSES	5

/* How many of the checks are not about files. */
#define BARE	3

/* A list of what is checked; each returns whether it is good. */
typedef bool	check_fn(const struct check_start *);

static struct check_path
path_of(const struct check_start *c)
{
	return ((struct check_path){ .who = c->who });
}

static bool
is_user_good(const struct check_start *c)
{
	if (c->who == NULL || privs_may(c->who, "/", F_OK) != -1)
		return (true);
	errno = EPERM;
	log_error("cannot give up root: user %s", c->who->name);
	return (false);
}

/* Root has as many processes as it likes. */
static bool
is_root_daemon(const struct check_start *c)
{
	return ((c->who == NULL || c->who->uid == (uid_t)-1 ? geteuid() :
	    c->who->uid) == 0);
}

static bool
are_limits_good(const struct check_start *c)
{
	const struct options		*o = c->opt;
	const struct limits_need	need = {
		.descriptors = DESCRIPTORS + o->threads,
		.file_size = FILE_BYTES,
		.memory = MEMORY_BYTES + ((size_t)o->buffer_mib << 20) *
		    o->threads,
		.processes = is_root_daemon(c) ? 0 : PROCESSES +
		    (o->threads > 1 ? o->threads : 0),
	};

	return (limits_check(&need) == 0);
}

static bool
do_dirs_differ(const struct check_start *c)
{
	return (runfiles_check(c->run_dir, c->state_dir) == 0);
}

/* The files of the account that exist must be of use to the daemon. */
static bool
are_files_good(const struct check_start *c)
{
	static const struct {
		const char	*dir, *form;
		int		 how;
		enum check_other other;
	} files[] = {
		{ "", TRAFD_PREFIX "%s", R_OK | W_OK, CHECK_REFUSED },
		{ "/" TRAFD_DUMPDIR, TRAFD_PREFIX "%s", R_OK,
		    CHECK_FOLLOWED },
		{ "", "." TRAFD_PREFIX "%s.lock", R_OK | W_OK,
		    CHECK_REPLACED },
		{ "", "." TRAFD_PREFIX "%s.journal", R_OK,
		    CHECK_REFUSED },
	};
	struct check_path	p = path_of(c);
	char			dir[PATH_MAX], name[NAME_MAX];
	bool			good = true;
	size_t			i;

	p.given = check_is_given(&p, c->state_dir);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(dir, sizeof(dir), "%s%s", c->state_dir,
		    files[i].dir);
		(void)snprintf(name, sizeof(name), files[i].form,
		    c->opt->ext);
		good &= check_file(&p, dir, name, files[i].how,
		    files[i].other);
	}
	return (good);
}

static bool
is_journal_good(const struct check_start *c)
{
	char	name[NAME_MAX];
	bool	bad;
	int	dirfd;

	if (c->opt->layout != LAYOUT_OLD && c->opt->layout != LAYOUT_NEW)
		return (true);
	if ((dirfd = check_open_dir(c->state_dir)) == -1)
		return (true);
	(void)snprintf(name, sizeof(name), TRAFD_PREFIX "%s", c->opt->ext);
	if ((bad = legacy_journal_damaged(dirfd, name)))
		log_errorx("journal damaged: %s/.%s.journal: the last block "
		    "of the save file may be incomplete; move the journal "
		    "away, and compare the save file with the dump",
		    c->state_dir, name);
	(void)close(dirfd);
	return (!bad);
}

/* The state directory and the directory of dumps are created if need be. */
static bool
is_state_good(const struct check_start *c)
{
	struct check_path	p = path_of(c);
	char			dumps[PATH_MAX];

	p.option = "--state-dir";
	p.created = p.daemons = true;
	if (!check_dir(&p, c->state_dir))
		return (false);
	if (access(c->state_dir, F_OK) == -1)
		return (true);		/* the start creates it */
	(void)snprintf(dumps, sizeof(dumps), "%s/" TRAFD_DUMPDIR,
	    c->state_dir);
	p.inner = true;
	p.given = check_is_given(&p, c->state_dir);
	return (check_dir(&p, dumps) && are_files_good(c) &&
	    is_journal_good(c));
}

static bool
is_run_dir_good(const struct check_start *c)
{
	struct check_path	p = path_of(c);

	p.option = "--run-dir";
	return (check_dir(&p, c->run_dir) &&
	    runfiles_check_names(c->run_dir, c->opt->ext));
}

/* One message is enough if a daemon has both locks. */
static bool
is_nobody_there(const struct check_start *c)
{
	return (holder_check(c->state_dir, c->opt->ext) == 0 &&
	    runfiles_check_free(c->run_dir, c->opt->ext, c->who != NULL ?
	    c->who->uid : (uid_t)-1) == 0);
}

/* Room for the files that are created before anything is counted. */
static bool
is_room(const struct check_start *c)
{
	char			lock[NAME_MAX], pid[NAME_MAX];
	char			status[NAME_MAX];
	struct check_path	p = path_of(c);
	bool			good;

	(void)snprintf(lock, sizeof(lock), "." TRAFD_PREFIX "%s.lock",
	    c->opt->ext);
	(void)snprintf(pid, sizeof(pid), TRAFD_PREFIX "%s", c->opt->ext);
	(void)snprintf(status, sizeof(status), TRAFD_PREFIX "%s.status",
	    c->opt->ext);
	p.option = "--state-dir";
	p.daemons = true;
	good = check_room(&p, c->state_dir,
	    (const char *const []){ lock, TRAFD_DUMPDIR, NULL });
	p.option = "--run-dir";
	p.daemons = false;
	return (check_room(&p, c->run_dir,
	    (const char *const []){ pid, status, NULL }) && good);
}

int
check_start(const struct check_start *c)
{
	static check_fn *const	checks[] = {
		are_limits_good, do_dirs_differ, is_user_good,
		is_state_good, is_run_dir_good, is_room,
	};
	bool			good = true, running = !is_nobody_there(c);
	size_t			i, n = sizeof(checks) / sizeof(checks[0]);

	/* Its files are of use to the daemon that has them. */
	for (i = 0; i < (running ? BARE : n); i++)
		good &= checks[i](c);
	return (!good ? -1 : running ? CHECK_RUNNING : 0);
}
