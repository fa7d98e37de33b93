/*
 * What is not saved yet: asked of the daemon, or read from the dump.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/regular.h"
#include "file/legacy/append.h"
#include "file/savefile.h"
#include "control_client.h"
#include "traffic.h"
#include "unsaved.h"

/* Milliseconds for each answer of a daemon: a large table takes a second. */
#define ANSWER_MS	10000

/* ---- the daemon ---- */

/* The daemon's save file may be the account's, but that cannot be seen. */
static bool
tell_unknown(struct unsaved *u, const char *account, char *dir,
    const char *why)
{
	(void)snprintf(u->why, sizeof(u->why), "%s: its trafd saves in "
	    "another place: %s: %s", account, printable(dir), why);
	return (false);
}

/*
 * Is that the save file of the account in state_dir?  The daemon may count the
 * same interface for another directory.  The file may not be there yet.
 */
static bool
is_save_file(struct unsaved *u, const char *path, const char *state_dir,
    const char *account)
{
	char		 dir[CONTROL_TEXT_LEN];
	const char	*name = strrchr(path, '/');
	struct stat	 a, b;

	(void)strlcpy(dir, path, sizeof(dir));
	if (strlen(path) + 1 == sizeof(dir))
		return (tell_unknown(u, account, dir, strerror(ENAMETOOLONG)));
	if (name == NULL ||
	    strncmp(name + 1, TRAFD_PREFIX, sizeof(TRAFD_PREFIX) - 1) != 0 ||
	    strcmp(name + sizeof(TRAFD_PREFIX), account) != 0)
		return (false);
	if (stat(dirname(dir), &a) == -1)
		return (tell_unknown(u, account, dir, strerror(errno)));
	return (stat(state_dir, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino);
}

/* The owners stay with the block. */
static void
take_info(struct unsaved *u, const struct block *b)
{
	u->info = *block_info(b);
	u->info.owners = NULL;
}

static int
take_table(struct unsaved *u)
{
	struct block	*b;

	if (block_open(u->fd, 0, &b) != BLOCK_OK) {
		unsaved_close(u);
		return (-1);
	}
	take_info(u, b);
	u->from = UNSAVED_LIVE;
	block_free(b);
	return (0);
}

static enum control_outcome
fetch_table(struct unsaved *u, struct control_client *c)
{
	const struct control_query	 q = { .flags = CONTROL_SETTLED };
	enum control_outcome		 rc;

	if ((rc = control_table_file(c, &q, &u->fd)) != CONTROL_DONE)
		return (rc);
	return (take_table(u) == 0 ? CONTROL_DONE : CONTROL_BROKEN);
}

/* Get the table of the account's daemon.  If that fails, u->why may say why. */
static bool
ask_daemon(struct unsaved *u, const char *run_dir, const char *state_dir,
    const char *account)
{
	struct control_client	c = { .run_dir = run_dir, .ext = account,
				    .timeout_ms = ANSWER_MS };
	char			path[CONTROL_TEXT_LEN];
	enum control_outcome	rc = control_save_file(&c, path);

	if (rc == CONTROL_DONE && !is_save_file(u, path, state_dir, account))
		return (false);
	if (rc == CONTROL_DONE)
		rc = fetch_table(u, &c);
	/* Without an interface all that was counted is in the dump. */
	if (rc != CONTROL_DONE && rc != CONTROL_NOBODY && rc != CONTROL_AWAY)
		(void)strlcpy(u->why, c.err, sizeof(u->why));
	return (rc == CONTROL_DONE);
}

/* ---- the dump ---- */

static int
read_dump(struct unsaved *u, struct savefile *f)
{
	struct block	*b;
	int		 rc;

	if ((rc = savefile_dump(f, &b)) != 1)
		return (rc);
	take_info(u, b);
	u->from = UNSAVED_DUMP;
	return (0);
}

static int
open_dump(struct unsaved *u, const char *state_dir, const char *account)
{
	struct savefile	*f;
	char		 path[PATH_MAX];
	int		 n, rc = -1;

	n = snprintf(path, sizeof(path), "%s/tmp/" TRAFD_PREFIX "%s", state_dir,
	    account);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	if ((u->fd = open_regular(AT_FDCWD, path, O_RDONLY)) == -1)
		return (errno == ENOENT || errno == ENOTDIR ? 0 : -1);
	if ((f = savefile_of_fd(u->fd)) != NULL)
		rc = read_dump(u, f);
	savefile_close(f);
	if (rc == -1 || u->from == UNSAVED_NOTHING)
		unsaved_close(u);
	return (rc);
}

/* ---- both ---- */

int
unsaved_open(struct unsaved *u, const char *run_dir, const char *state_dir,
    const char *account)
{
	u->from = UNSAVED_NOTHING;
	u->fd = -1;
	u->why[0] = '\0';
	if (ask_daemon(u, run_dir, state_dir, account))
		return (0);
	return (open_dump(u, state_dir, account));
}

int
unsaved_of_fd(struct unsaved *u, int fd)
{
	u->from = UNSAVED_NOTHING;
	u->fd = fd;
	u->why[0] = '\0';
	return (fd == -1 ? -1 : take_table(u));
}

void
unsaved_close(struct unsaved *u)
{
	int	saved = errno;

	if (u->fd != -1)
		(void)close(u->fd);
	u->fd = -1;
	u->from = UNSAVED_NOTHING;
	errno = saved;
}

/* ---- what the save file has of it ---- */

/* Has the block some of it?  Numbers of failed saves are of it too. */
static bool
overlaps(const struct unsaved *u, const struct block_info *b)
{
	return (u->from != UNSAVED_NOTHING &&
	    b->instance == u->info.instance &&
	    b->epoch >= u->info.epoch_first);
}

bool
unsaved_is_in(const struct unsaved *u, const struct block_info *b)
{
	return (overlaps(u, b) && b->epoch >= u->info.epoch);
}

bool
unsaved_is_left(const struct unsaved *u, const struct block_info *b)
{
	return (overlaps(u, b) && b->epoch < u->info.epoch);
}

bool
unsaved_is_in_journal(const struct unsaved *u, const char *state_dir,
    const char *account)
{
	uint64_t	epoch = 0;
	char		name[NAME_MAX];
	int		dirfd;

	(void)snprintf(name, sizeof(name), TRAFD_PREFIX "%s", account);
	if (u->from == UNSAVED_NOTHING || (dirfd = open(state_dir, O_RDONLY |
	    O_DIRECTORY | O_CLOEXEC)) == -1)
		return (false);
	if (legacy_last_epoch(dirfd, name, u->info.instance, &epoch) == -1)
		epoch = 0;
	(void)close(dirfd);
	return (epoch >= u->info.epoch);
}
