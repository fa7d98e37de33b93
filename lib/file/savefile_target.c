/*
 * The file that blocks are appended to: opens and locks it, and moves what
 * does not belong there to another file.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/regular.h"
#include "savefile_target.h"

#define OPEN_TRIES	100	/* the file may be moved away meanwhile */
#define LOCK_TRIES	40	/* of 50 ms each */
#define KEEP_MAX	100000	/* highest N of name.torn.N and name.alien.N */

int
target_failed(struct savefile_result *r, const char *step)
{
	r->step = step;
	return (-1);
}

void
target_close(struct target *t)
{
	int	saved = errno;

	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
	errno = saved;
}

bool
attempt_left(const struct savefile_attempt *failed, off_t offset,
    uint32_t checksum)
{
	return (failed->checksum != 0 && failed->checksum == checksum &&
	    failed->offset == offset);
}

/* Wait for the lock, with a limit: the rows can be saved later. */
int
lock_file(int fd)
{
	const struct timespec	pause = { 0, 50000000L };
	int			i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return (0);
		if (errno == EWOULDBLOCK)
			nanosleep(&pause, NULL);
		else if (errno != EINTR)
			return (-1);
	}
	return (-1);
}

static int
open_or_create(struct target *t)
{
	t->created = false;
	t->fd = open_regular(t->dirfd, t->name, O_RDWR | O_NOFOLLOW);
	if (t->fd == -1 && errno == ENOENT) {
		t->created = true;
		t->fd = open_regular(t->dirfd, t->name,
		    O_RDWR | O_NOFOLLOW | O_CREAT | O_EXCL);
	}
	return (t->fd == -1 ? -1 : 0);
}

int
target_open(struct target *t)
{
	int	i;

	for (i = 0; i < OPEN_TRIES; i++) {
		if (open_or_create(t) == -1) {
			if (t->created && errno == EEXIST)
				continue;
			return (target_failed(t->result, "open"));
		}
		if (lock_file(t->fd) == -1) {
			target_close(t);
			return (target_failed(t->result, "lock"));
		}
		if (is_still_at(t->fd, t->dirfd, t->name))
			return (0);
		target_close(t);
	}
	errno = EBUSY;
	return (target_failed(t->result, "open"));
}

static int
keep_name(struct target *t, const char *kind, int n)
{
	char	*to = t->result->cut_name;
	size_t	 size = sizeof(t->result->cut_name);

	if ((size_t)snprintf(to, size, "%s.%s.%d", t->name, kind, n) < size)
		return (0);
	*to = '\0';
	errno = ENAMETOOLONG;
	return (-1);
}

/* Rename the whole file to name.kind.N and close it.  Returns 1, or -1. */
static int
move_away(struct target *t, const char *kind)
{
	struct stat	st;
	int		n;

	for (n = 1; n <= KEEP_MAX; n++) {
		if (keep_name(t, kind, n) == -1)
			return (target_failed(t->result, "rename"));
		if (fstatat(t->dirfd, t->result->cut_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1)
			break;
		errno = EEXIST;		/* if it was the last name */
	}
	if (errno != ENOENT || fstat(t->fd, &st) == -1 ||
	    renameat(t->dirfd, t->name, t->dirfd,
	    t->result->cut_name) == -1) {
		t->result->cut_name[0] = '\0';
		return (target_failed(t->result, "rename"));
	}
	t->result->cut_length = st.st_size;
	t->result->cut_all = true;
	target_close(t);
	return (1);
}

int
target_keep_alien(struct target *t)
{
	return (move_away(t, "alien"));
}

int
copy_octets(int from, off_t at, off_t end, int to, off_t out)
{
	return (copy_range(from, at, end, to, out) == -1 ? -1 : fsync(to));
}

static int
copy_torn(struct target *t, off_t at, off_t end)
{
	struct savefile_result	*r = t->result;
	int			 fd = -1, n, saved;

	for (n = 1; n <= KEEP_MAX && fd == -1; n++) {
		if (keep_name(t, "torn", n) == -1)
			return (target_failed(r, "keep"));
		fd = open_regular(t->dirfd, r->cut_name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
		if (fd == -1 && errno != EEXIST)
			break;
	}
	if (fd != -1 && copy_sparse(t->fd, at, end, fd) == 0 &&
	    sync_dir(t->dirfd) == 0) {
		close(fd);
		r->cut_length = end - at;
		r->cut_all = false;
		return (0);
	}
	saved = errno;
	if (fd != -1) {
		close(fd);
		unlinkat(t->dirfd, r->cut_name, 0);
	}
	r->cut_name[0] = '\0';
	errno = saved;
	return (target_failed(r, "keep"));
}

int
target_keep_torn(struct target *t, off_t at, off_t end)
{
	if (copy_torn(t, at, end) == 0)
		return (0);
	if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG)
		return (-1);
	t->result->no_room = true;
	return (move_away(t, "torn"));
}

/* Cut the file at `end'; remove it if it was created.  Keeps errno. */
static void
undo(struct target *t, off_t end)
{
	int	saved = errno;

	if (ftruncate(t->fd, end) == 0)
		(void)fsync(t->fd);
	if (t->created && is_still_at(t->fd, t->dirfd, t->name))
		(void)unlinkat(t->dirfd, t->name, 0);
	errno = saved;
}

int
target_commit(struct target *t, bool written, off_t end)
{
	const char	*step = NULL;

	if (!written)
		step = "write";
	else if (fsync(t->fd) == -1)
		step = "fsync";
	/* An earlier attempt may have created the file and been killed. */
	else if (sync_dir(t->dirfd) == -1)
		step = "fsync directory";
	if (step == NULL)
		return (0);
	undo(t, end);
	return (target_failed(t->result, step));
}

int
target_confirm(struct target *t, uint64_t instance, uint64_t epoch_first,
    int (*confirm)(struct target *, uint64_t, uint64_t))
{
	int	rc;

	memset(t->result, 0, sizeof(*t->result));
	t->fd = open_regular(t->dirfd, t->name, O_RDWR | O_NOFOLLOW);
	if (t->fd == -1)
		return (errno == ENOENT ? 0 : -1);
	if ((rc = confirm(t, instance, epoch_first)) != -1)
		rc = sync_dir(t->dirfd);
	target_close(t);
	return (rc);
}
