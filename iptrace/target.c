/*
 * Opening, checking, making and renaming the files of a trace.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/endian.h"
#include "base/log.h"
#include "base/regular.h"
#include "file/block_format.h"
#include "trace/index_write.h"
#include "rotate.h"
#include "target.h"

/* Files of one second. */
#define NUMBERS		10000

#define SUFFIX_OLD	".old"

/* Longest name that is added to LogFile: a stamp, `.zst', `.idx'. */
#define SUFFIX_MOST	(ROTATE_STAMP + 16)

/* ---- the directory ---- */

static int
split(struct target *t, const char *logfile)
{
	const char	*slash = strrchr(logfile, '/');
	const char	*name = slash == NULL ? logfile : slash + 1;

	if (name[0] == '\0' || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0) {
		log_errorx("not a file: %s; give the name of a file",
		    logfile);
		return (-1);
	}
	if (slash == NULL)
		t->dir = strdup(".");
	else
		t->dir = strndup(logfile, slash == logfile ? 1 :
		    (size_t)(slash - logfile));
	t->name = strdup(name);
	if (t->dir != NULL && t->name != NULL &&
	    asprintf(&t->index, "%s%s", name, INDEX_SUFFIX) != -1)
		return (0);
	log_error("cannot open the directory of LogFile: %s",
	    logfile);
	return (-1);
}

static int
open_dir(struct target *t)
{
	char	*real;

	t->dirfd = open(t->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (t->dirfd == -1) {
		if (is_refused_link(errno) || errno == ENOTDIR)
			log_errorx("not a directory: %s is a link or a file; "
			    "give the path of the directory itself", t->dir);
		else
			log_error("cannot open the directory of LogFile: %s",
			    t->dir);
		return (-1);
	}
	if ((real = realpath(t->dir, NULL)) == NULL) {
		log_error("cannot open the directory of LogFile: %s", t->dir);
		return (-1);
	}
	free(t->dir);
	t->dir = real;
	return (0);
}

int
target_open(struct target *t, const char *logfile)
{
	*t = (struct target){ .dirfd = -1, .who.uid = (uid_t)-1,
	    .who.gid = (gid_t)-1 };
	if (split(t, logfile) == -1 || open_dir(t) == -1)
		return (-1);
	if (strlen(t->name) + SUFFIX_MOST > 255) {
		log_errorx("name too long: %s; give one of at most %d "
		    "characters", t->name, 255 - SUFFIX_MOST);
		return (-1);
	}
	if (asprintf(&t->path, "%s/%s", strcmp(t->dir, "/") == 0 ? "" :
	    t->dir, t->name) != -1)
		return (0);
	t->path = NULL;
	log_error("cannot open the directory of LogFile: %s", t->dir);
	return (-1);
}

void
target_close(struct target *t)
{
	if (t->dirfd != -1)
		(void)close(t->dirfd);
	free(t->dir);
	free(t->name);
	free(t->path);
	free(t->index);
}

/* ---- what is there ---- */

bool
target_is_trace(int fd)
{
	uint8_t	p[12];

	if (pread(fd, p, sizeof(p), 0) != (ssize_t)sizeof(p))
		return (false);
	return (get_be32(p) == 0x0a0d0d0a || get_le32(p) == 0xa1b23c4d ||
	    memcmp(p, "iptrace 2.0", 11) == 0 || get_le32(p) == 0xfd2fb528);
}

static const char *
kind_of(mode_t mode)
{
	return (S_ISLNK(mode) ? "a symbolic link" : S_ISDIR(mode) ?
	    "a directory" : S_ISFIFO(mode) ? "a named pipe" : "a device");
}

/* Somebody else who may read his file would read the packets. */
static bool
is_owner_trusted(const struct target *t, const struct stat *st)
{
	return (st->st_uid == geteuid() || st->st_uid == 0 ||
	    st->st_uid == t->who.uid);
}

static bool
is_empty(int fd)
{
	struct stat	st;

	return (fstat(fd, &st) == 0 && st.st_size == 0);
}

static bool
is_index(int fd)
{
	uint8_t	p[BLOCK_MAGIC_LEN];

	return (pread(fd, p, sizeof(p), 0) == (ssize_t)sizeof(p) &&
	    memcmp(p, BLOCK_MAGIC, sizeof(p)) == 0);
}

/* Another one may record to it under another path. */
static int
check_contents(const struct target *t, const char *name,
    bool (*is_own)(int fd))
{
	int	fd = open_regular(t->dirfd, name, O_RDONLY | O_NOFOLLOW);
	bool	own, idle;

	if (fd == -1) {
		log_error("cannot open: %s/%s", t->dir, name);
		return (-1);
	}
	own = is_empty(fd) || is_own(fd);
	idle = flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
	(void)close(fd);
	if (own && idle)
		return (0);
	if (own)
		log_errorx("another iptrace records to this file: %s/%s; give "
		    "another name", t->dir, name);
	else
		log_errorx("not a trace: %s/%s would be overwritten; give "
		    "another name, or remove it", t->dir, name);
	return (-1);
}

static int
check_name(const struct target *t, const char *name, bool (*is_own)(int fd))
{
	struct stat	st;

	if (fstatat(t->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return (0);
		log_error("cannot open: %s/%s", t->dir, name);
		return (-1);
	}
	if (!S_ISREG(st.st_mode)) {
		log_errorx("not a file: %s/%s is %s; give another name",
		    t->dir, name, kind_of(st.st_mode));
		return (-1);
	}
	if (!is_owner_trusted(t, &st)) {
		log_errorx("file of another user: %s/%s; remove it, or give "
		    "another name", t->dir, name);
		return (-1);
	}
	return (check_contents(t, name, is_own));
}

int
target_check(const struct target *t, bool old)
{
	char	name[256];

	if (check_name(t, t->name, target_is_trace) == -1 ||
	    check_name(t, t->index, is_index) == -1)
		return (-1);
	if (!old)
		return (0);
	(void)snprintf(name, sizeof(name), "%s" SUFFIX_OLD, t->name);
	if (check_name(t, name, target_is_trace) == -1)
		return (-1);
	(void)snprintf(name, sizeof(name), "%s" SUFFIX_OLD INDEX_SUFFIX,
	    t->name);
	return (check_name(t, name, is_index));
}

bool
target_has_name(const struct target *t, int fd)
{
	struct stat	st;

	if (fd != -1 && is_still_at(fd, t->dirfd, t->name))
		return (true);
	if (fstatat(t->dirfd, t->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		errno = errno == ENOENT ? 0 : errno;
	else
		errno = S_ISREG(st.st_mode) && st.st_size == 0 ? 0 : EEXIST;
	return (false);
}

bool
target_exists(const struct target *t, time_t *when)
{
	struct stat	st;

	if (fstatat(t->dirfd, t->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || st.st_size == 0)
		return (false);
	*when = st.st_mtime;
	return (true);
}

/* ---- a new file ---- */

/* A file that nobody had before; what has its name is removed. */
static int
make(const struct target *t, const char *name)
{
	int	fd, rc;

	if (unlinkat(t->dirfd, name, 0) == -1 && errno != ENOENT)
		return (-1);
	fd = create_regular(t->dirfd, name, O_RDWR, t->secret ? 0600 : 0640);
	if (fd != -1 && geteuid() == 0 && t->who.uid != (uid_t)-1) {
		rc = fchown(fd, t->who.uid, t->who.gid);
		(void)rc;	/* it is open all the same */
	}
	return (fd);
}

/* Is there nothing, or an index or the empty beginning of one? */
static bool
may_replace_index(const struct target *t, const char *name)
{
	struct stat	st;
	int		fd;
	bool		own;

	if (fstatat(t->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (errno == ENOENT);
	fd = open_regular(t->dirfd, name, O_RDONLY | O_NOFOLLOW);
	own = fd != -1 && (is_empty(fd) || is_index(fd));
	if (fd != -1)
		(void)close(fd);
	errno = EEXIST;
	return (own);
}

int
target_begin_index(const struct target *t)
{
	if (!may_replace_index(t, t->index))
		return (-1);
	if (t->indexed)
		return (make(t, t->index));
	(void)unlinkat(t->dirfd, t->index, 0);
	return (-1);
}

int
target_begin(struct target *t, int *index_fd)
{
	int	fd = make(t, t->name);

	*index_fd = -1;
	if (fd == -1)
		return (-1);
	/* Who removes finished files leaves those that are locked. */
	(void)flock(fd, LOCK_EX | LOCK_NB);
	t->begun = time(NULL);
	*index_fd = target_begin_index(t);
	return (fd);
}

/* ---- finished files ---- */

/*
 * Rename, but never over another file.  If that takes two steps, a kill between
 * them leaves both names.
 */
static int
rename_new(int dirfd, const char *from, const char *to)
{
	struct stat	st;

#ifdef RENAME_NOREPLACE
	if (renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) == 0)
		return (0);
	if (errno != EINVAL && errno != ENOSYS)
		return (-1);
#endif
	if (linkat(dirfd, from, dirfd, to, 0) == 0)
		return (unlinkat(dirfd, from, 0));
	if (errno == EEXIST || errno == ENOENT || errno == ENOSPC)
		return (-1);
	/* A file system without hard links. */
	if (fstatat(dirfd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return (-1);
	}
	return (errno == ENOENT ? renameat(dirfd, from, dirfd, to) : -1);
}

/* The index belongs to its trace; without it the trace is read through. */
static void
move_index(const struct target *t, const char *name)
{
	char	to[256];

	(void)snprintf(to, sizeof(to), "%s%s", name, INDEX_SUFFIX);
	if (!may_replace_index(t, to))
		return;
	if (t->indexed && renameat(t->dirfd, t->index, t->dirfd, to) == 0)
		return;
	(void)unlinkat(t->dirfd, to, 0);
}

/* Is there such a finished file, as it is or compressed? */
static bool
is_taken(const struct target *t, const char *name)
{
	char		zst[300];
	struct stat	st;

	(void)snprintf(zst, sizeof(zst), "%s.zst", name);
	return (fstatat(t->dirfd, zst, &st, AT_SYMLINK_NOFOLLOW) == 0);
}

/* Numbers go on after files of the same second that are no longer there. */
int
target_stamp(struct target *t, time_t begun)
{
	char		stamp[ROTATE_STAMP], name[256];
	unsigned int	n = begun == t->stamped ? t->number + 1 : 0;

	for (; n < NUMBERS; n++) {
		rotate_stamp(begun, n, stamp);
		(void)snprintf(name, sizeof(name), "%s.%s", t->name, stamp);
		if (is_taken(t, name))
			continue;
		if (rename_new(t->dirfd, t->name, name) == 0) {
			move_index(t, name);
			t->stamped = begun;
			t->number = n;
			return (0);
		}
		if (errno != EEXIST)
			return (-1);
	}
	errno = EEXIST;
	return (-1);
}

int
target_old(const struct target *t)
{
	char	name[256];

	(void)snprintf(name, sizeof(name), "%s" SUFFIX_OLD, t->name);
	if (renameat(t->dirfd, t->name, t->dirfd, name) == -1)
		return (-1);
	move_index(t, name);
	return (0);
}
