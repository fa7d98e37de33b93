/*
 * Creates the state directory and changes owners.  This runs as root in
 * directories that may belong to the daemon's user since an earlier start.  A
 * daemon that was compromised may have left links there to files of root.  So
 * no link below the state directory is followed, and root changes the owner
 * only of files that it has opened and checked.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/regular.h"
#include "file/block.h"
#include "file/devices.h"
#include "file/legacy/legacy.h"
#include "import_record.h"
#include "statedir.h"
#include "traffic.h"

#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX + 10)

struct ids {
	uid_t	uid;		/* -1: change no owner */
	gid_t	gid;
};

/*
 * Open the directory; create it if it does not exist.  Returns -1 with errno.
 * state_dir itself may be a symbolic link: the directory that contains it is
 * root's, so the administrator has made that link.
 */
static int
open_made(int dirfd, const char *name, int flags)
{
	if (mkdirat(dirfd, name, 0750) == -1 && errno != EEXIST)
		return (-1);
	return (openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    flags));
}

/*
 * May root give this file away?  It must be root's and have no second name.
 * If the directory is not trusted, the daemon's user could have put another
 * file of root under this name: then it must contain blocks or be empty.
 */
static bool
may_give(int fd, bool trusted)
{
	enum block_error	 e;
	struct block		*b;
	struct stat		 st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1 || st.st_uid != 0)
		return (false);
	if (trusted)
		return (true);
	e = block_open(fd, 0, &b);
	block_free(b);
	return (e != BLOCK_ALIEN && e != BLOCK_IO);
}

static void
give_file(int dirfd, const char *name, const struct ids *to, bool trusted)
{
	int	fd;

	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return;
	if (may_give(fd, trusted) && fchown(fd, to->uid, to->gid) == -1)
		log_warn("cannot change the owner: %s", name);
	(void)close(fd);
}

/*
 * Give the lock file, the journal and the devices of the account, which a
 * daemon that stayed root may have left.  They contain no blocks to be
 * recognized by.
 */
static void
give_others(int dirfd, const char *name, const struct ids *to)
{
	static const char *const	ends[] = {
		"lock", "journal", "imported",
	};
	char				hidden[NAME_LEN];
	size_t				i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(hidden, sizeof(hidden), ".%s.%s", name,
		    ends[i]);
		give_file(dirfd, hidden, to, true);
	}
	(void)snprintf(hidden, sizeof(hidden), DEVICES_PREFIX "%s",
	    name + sizeof(TRAFD_PREFIX) - 1);
	give_file(dirfd, hidden, to, true);
}

/* Could nobody except root have put a file there? */
static bool
is_trusted(const struct stat *dir)
{
	return (dir->st_uid == 0 && (dir->st_mode & (S_IWGRP | S_IWOTH)) == 0);
}

/*
 * Change the owner of the directory, if it is root's, and of the account's
 * files in it.  Returns 0, or -1 with errno.
 */
static int
give(int dirfd, const char *name, const struct ids *to)
{
	struct stat	st;
	bool		trusted;

	if (to->uid == (uid_t)-1)
		return (0);
	if (fstat(dirfd, &st) == -1)
		return (-1);
	trusted = is_trusted(&st);
	give_file(dirfd, name, to, trusted);
	if (trusted)
		give_others(dirfd, name, to);
	return (st.st_uid != 0 ? 0 : fchown(dirfd, to->uid, to->gid));
}

bool
statedir_gives(int dirfd, const char *name)
{
	struct stat	st;
	bool		gives, trusted;
	int		fd;

	if (fstat(dirfd, &st) == -1)
		return (false);
	trusted = is_trusted(&st);
	if (name[0] == '.' && !trusted)
		return (false);
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return (false);
	gives = may_give(fd, trusted);
	(void)close(fd);
	return (gives);
}

char *
statedir_absolute(const char *path)
{
	char	*text, *cwd;

	if (path[0] == '/')
		return (strdup(path));
	if ((cwd = realpath(".", NULL)) == NULL ||
	    asprintf(&text, "%s/%s", strcmp(cwd, "/") == 0 ? "" : cwd,
	    path) == -1)
		text = NULL;
	free(cwd);
	return (text);
}

/* Is there a save file of the account, or a dump?  Its path goes to path. */
static bool
has_account(const char *dir, const char *ext, char path[PATH_MAX])
{
	static const char *const	subs[] = { "", "/" TRAFD_DUMPDIR };
	struct stat			st;
	size_t				i;

	for (i = 0; i < sizeof(subs) / sizeof(subs[0]); i++) {
		(void)snprintf(path, PATH_MAX, "%s%s/" TRAFD_PREFIX "%s",
		    dir, subs[i], ext);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 0)
			return (true);
	}
	return (false);
}

void
statedir_warn_old(const char *state_dir, const char *ext)
{
	char		 configured[PATH_MAX], path[PATH_MAX];
	char		 err[CONF_ERROR];
	const char	*olds[] = { TRAFD_STATEDIR, configured };
	size_t		 i;

	if (has_account(state_dir, ext, path))
		return;
	(void)conf_read(TRAFD_CONF_STATEDIR, configured, sizeof(configured),
	    err);
	for (i = 0; i < sizeof(olds) / sizeof(olds[0]); i++)
		if (olds[i][0] != '\0' && has_account(olds[i], ext, path)) {
			log_warnx("earlier account not continued: %s: trafd "
			    "now writes to %s; trafd.conf(5) says how to move "
			    "it", path, state_dir);
			return;
		}
}

/* Does a block of BPFT begin there?  --import could not read anything else. */
static bool
begins_as_bpft(int fd)
{
	off_t		end;
	enum layout	layout;

	for (layout = LAYOUT_OLD; layout <= LAYOUT_NEW; layout++)
		switch (legacy_end(fd, layout, &end)) {
		case LEGACY_FITS:
		case LEGACY_AMBIGUOUS:
			return (true);
		default:
			break;
		}
	return (false);
}

/* Is that a file of BPFT which was not imported?  Its path is dir/trafd.ext. */
static bool
is_of_bpft(const char *state_dir, const char *dir, const char *ext,
    char path[PATH_MAX])
{
	struct stat	 st;
	struct block	*b;
	bool		 old = false;
	int		 fd;

	(void)snprintf(path, PATH_MAX, "%s/" TRAFD_PREFIX "%s", dir, ext);
	if ((fd = open_regular(AT_FDCWD, path, O_RDONLY)) == -1)
		return (false);
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		old = block_open(fd, 0, &b) == BLOCK_ALIEN &&
		    begins_as_bpft(fd);
		block_free(b);
	}
	(void)close(fd);
	return (old && !import_record_knows(state_dir, ext, path, st.st_size));
}

void
statedir_warn_bpft(const char *state_dir, const char *ext)
{
	/* Where its ports kept accounts; its own default is ours. */
	const char	*dirs[] = {
		state_dir, TRAFD_STATEDIR, "/usr/local/var/trafd",
		"/usr/local/var/bpft", "/var/bpft",
	};
	char		 path[PATH_MAX];
	size_t		 i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (is_of_bpft(state_dir, dirs[i], ext, path)) {
			log_warnx("account of BPFT not continued: %s; take it "
			    "over with: trafd --import %s", path, dirs[i]);
			return;
		}
}

int
statedir_prepare(const char *state_dir, const char *ext, uid_t uid, gid_t gid)
{
	const struct ids	to = { uid, gid };
	char			name[NAME_LEN];
	int			state, dumps = -1, rc = -1;

	(void)snprintf(name, sizeof(name), "%s%s", TRAFD_PREFIX, ext);
	if ((state = open_made(AT_FDCWD, state_dir, 0)) == -1)
		log_error("cannot open the state directory: %s (see "
		    "--state-dir)", state_dir);
	else if ((dumps = open_made(state, TRAFD_DUMPDIR, O_NOFOLLOW)) == -1)
		log_error("cannot open the dump directory: %s/%s", state_dir,
		    TRAFD_DUMPDIR);
	else if (give(dumps, name, &to) == -1 || give(state, name, &to) == -1)
		log_error("cannot change the owner of the state directory: "
		    "%s", state_dir);
	else
		rc = 0;
	if (dumps != -1)
		(void)close(dumps);
	if (state != -1)
		(void)close(state);
	return (rc);
}
