/*
 * Locked files that name a process.  Owns nothing between two calls: the
 * caller has the descriptor, and with it the lock.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pidlock.h"
#include "printable.h"
#include "regular.h"

/*
 * How often a file is tried that somebody holds or moves away.  A process
 * that was just killed frees its lock only when its last thread has ended,
 * and one that only looks holds it for an instant.
 */
#define LOCK_TRIES	20
#define LOCK_WAIT_NS	50000000L

#define OPEN_FLAGS	(O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* What came of one attempt, besides the states that a caller sees. */
#define AGAIN		(PIDLOCK_FAILED + 1)

bool
pidlock_is_current(const struct pidlock_file *f, int fd)
{
	return (is_still_at(fd, f->dirfd, f->name));
}

bool
pidlock_is_trusted(const struct pidlock_file *f, int fd)
{
	struct stat	st;

	return (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_nlink == 1 && (st.st_uid == 0 || st.st_uid == geteuid() ||
	    st.st_uid == f->uid));
}

static int
write_line(int fd, const char *text)
{
	char	line[PIDLOCK_TEXT + 1];
	int	n = snprintf(line, sizeof(line), "%s\n", text);

	if (n < 0 || (size_t)n >= sizeof(line)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	/* Who looks meanwhile sees the old number or the new one. */
	if (pwrite(fd, line, (size_t)n, 0) != n)
		return (-1);
	return (ftruncate(fd, n));
}

/* The same file once more, to write to it; -1 with errno. */
static int
open_to_write(const struct pidlock_file *f, int fd)
{
	struct stat	mine, other;
	int		to = openat(f->dirfd, f->name, O_WRONLY | OPEN_FLAGS);

	if (to == -1)
		return (-1);
	if (fstat(fd, &mine) == 0 && fstat(to, &other) == 0 &&
	    mine.st_dev == other.st_dev && mine.st_ino == other.st_ino)
		return (to);
	(void)close(to);
	errno = ESTALE;
	return (-1);
}

int
pidlock_write(const struct pidlock_file *f, int fd, const char *text)
{
	int	rc, saved, to;

	if (!f->read_only)
		return (write_line(fd, text));
	if ((to = open_to_write(f, fd)) == -1)
		return (-1);
	rc = write_line(to, text);
	saved = errno;
	(void)close(to);
	errno = saved;
	return (rc);
}

/* The file may be as long as somebody likes. */
void
pidlock_read(int fd, char text[PIDLOCK_TEXT])
{
	ssize_t	n = pread(fd, text, PIDLOCK_TEXT - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	(void)printable(text);
}

static int
try_remove(const struct pidlock_file *f)
{
	return (unlinkat(f->dirfd, f->name, 0) == 0 || errno == ENOENT ?
	    AGAIN : (int)PIDLOCK_FAILED);
}

/* No errno of O_NOFOLLOW is the same everywhere. */
static bool
is_link(const struct pidlock_file *f)
{
	struct stat	st;
	int		saved = errno;
	bool		yes;

	yes = fstatat(f->dirfd, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode);
	errno = saved;
	return (yes);
}

/* What is open and ought to be locked: is it, and is it worth it? */
static int
try_lock(const struct pidlock_file *f, int fd, bool shared)
{
	if (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == -1)
		return (errno == EWOULDBLOCK ? (int)PIDLOCK_HELD :
		    errno == EINTR ? AGAIN : (int)PIDLOCK_FAILED);
	if (!pidlock_is_current(f, fd))
		return (AGAIN);
	return (pidlock_is_trusted(f, fd) ? (int)PIDLOCK_TAKEN :
	    try_remove(f));
}

static int
open_or_make(const struct pidlock_file *f, int how)
{
	int	fd = openat(f->dirfd, f->name, how | OPEN_FLAGS);

	if (fd != -1 || errno != ENOENT)
		return (fd);
	return (create_regular(f->dirfd, f->name, how, f->mode));
}

static int
try_take_as(const struct pidlock_file *f, int how, bool shared, int *fd)
{
	int	rc, saved;

	if ((*fd = open_or_make(f, how)) == -1) {
		if (errno == EEXIST)
			return (AGAIN);
		return (is_link(f) ? try_remove(f) : (int)PIDLOCK_FAILED);
	}
	if ((rc = try_lock(f, *fd, shared)) == PIDLOCK_TAKEN)
		return (rc);
	saved = errno;
	(void)close(*fd);
	errno = saved;
	return (rc);
}

/* NFS locks exclusively only what can be written to. */
static int
try_take(const struct pidlock_file *f, bool shared, int *fd)
{
	int	rc;

	if (!f->read_only)
		return (try_take_as(f, O_RDWR, shared, fd));
	rc = try_take_as(f, O_RDONLY, shared, fd);
	return (rc == PIDLOCK_FAILED && errno == EBADF ?
	    try_take_as(f, O_RDWR, shared, fd) : rc);
}

enum pidlock_state
pidlock_take(const struct pidlock_file *f, bool shared, int *fd)
{
	const struct timespec	pause = { 0, LOCK_WAIT_NS };
	int			rc = AGAIN, tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		rc = try_take(f, shared, fd);
		if (rc == PIDLOCK_TAKEN || rc == PIDLOCK_FAILED)
			return ((enum pidlock_state)rc);
		if (rc == PIDLOCK_HELD)
			(void)nanosleep(&pause, NULL);
	}
	if (rc == PIDLOCK_HELD)
		return (PIDLOCK_HELD);
	errno = EBUSY;		/* somebody changes it as fast as we look */
	return (PIDLOCK_FAILED);
}

/* A lock of an instant disturbs nobody but who tries just then. */
static int
try_look(const struct pidlock_file *f, int fd, int how,
    char text[PIDLOCK_TEXT])
{
	if (!pidlock_is_trusted(f, fd))
		return (PIDLOCK_FREE);
	if (flock(fd, how | LOCK_NB) == 0)
		return (pidlock_is_current(f, fd) ? (int)PIDLOCK_FREE : AGAIN);
	/* NFS locks exclusively only what can be written to. */
	if (errno == EBADF && how == LOCK_EX)
		return (try_look(f, fd, LOCK_SH, text));
	if (errno != EWOULDBLOCK)
		return (errno == EINTR ? AGAIN : (int)PIDLOCK_FAILED);
	if (!pidlock_is_current(f, fd))
		return (AGAIN);
	pidlock_read(fd, text);
	return (PIDLOCK_HELD);
}

static enum pidlock_state
look(const struct pidlock_file *f, int how, char text[PIDLOCK_TEXT])
{
	int	fd, rc, saved, tries;

	text[0] = '\0';
	for (tries = 0; tries < LOCK_TRIES; tries++) {
		fd = openat(f->dirfd, f->name, O_RDONLY | OPEN_FLAGS);
		if (fd == -1)
			return (errno == ENOENT || is_link(f) ? PIDLOCK_FREE :
			    PIDLOCK_FAILED);
		rc = try_look(f, fd, how, text);
		saved = errno;
		(void)close(fd);
		errno = saved;
		if (rc != AGAIN)
			return ((enum pidlock_state)rc);
	}
	errno = EBUSY;
	return (PIDLOCK_FAILED);
}

enum pidlock_state
pidlock_look(const struct pidlock_file *f, char text[PIDLOCK_TEXT])
{
	return (look(f, LOCK_SH, text));
}

enum pidlock_state
pidlock_wait(const struct pidlock_file *f)
{
	const struct timespec	pause = { 0, LOCK_WAIT_NS };
	char			text[PIDLOCK_TEXT];
	enum pidlock_state	state;
	int			tries;

	for (tries = 1; (state = look(f, LOCK_EX, text)) == PIDLOCK_HELD &&
	    tries < LOCK_TRIES; tries++)
		(void)nanosleep(&pause, NULL);
	return (state);
}
