/*
 * Writing save and dump files so that a block either is there or is not:
 * append with repair of the tail, and replace.  A caller that gets 0 has
 * its block on the disk; one that gets -1 still owns what it counted.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "block_header.h"
#include "savefile_tail.h"

#define OPEN_TRIES	100	/* the file may be moved away meanwhile */
#define LOCK_TRIES	40	/* of 50 ms each */
#define KEEP_MAX	100000	/* files of one name kept aside */

/* The file that a block is appended to. */
struct target {
	int			 dirfd;
	const char		*name;
	int			 fd;
	bool			 created;
	struct savefile_result	*result;
};

static int
failed(struct savefile_result *r, const char *step)
{
	r->step = step;
	return (-1);
}

/* A system that cannot sync directories needs not. */
static int
sync_dir(int dirfd)
{
	int	fd = dirfd, rc, saved;

	if (dirfd == AT_FDCWD &&
	    (fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	if ((rc = fsync(fd)) == -1 && errno == EINVAL)
		rc = 0;
	saved = errno;
	if (fd != dirfd)
		close(fd);
	errno = saved;
	return (rc);
}

static void
close_target(struct target *t)
{
	int	saved = errno;

	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
	errno = saved;
}

/* Wait for the lock, but not forever: the rows can be saved later too. */
static int
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

/* Is what the name stands for still what we have opened? */
static bool
is_current(const struct target *t)
{
	struct stat	named, opened;

	return (fstat(t->fd, &opened) == 0 && fstatat(t->dirfd, t->name,
	    &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    named.st_dev == opened.st_dev && named.st_ino == opened.st_ino);
}

static int
open_target(struct target *t)
{
	int	i;

	for (i = 0; i < OPEN_TRIES; i++) {
		if (open_or_create(t) == -1) {
			if (t->created && errno == EEXIST)
				continue;
			return (failed(t->result, "open"));
		}
		if (lock_file(t->fd) == -1) {
			close_target(t);
			return (failed(t->result, "lock"));
		}
		if (is_current(t))
			return (0);
		close_target(t);
	}
	errno = EBUSY;
	return (failed(t->result, "open"));
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

/* Move a file without a whole block out of the way: 1, open another. */
static int
keep_alien(struct target *t)
{
	struct stat	st;
	int		n;

	for (n = 1; n <= KEEP_MAX; n++) {
		if (keep_name(t, "alien", n) == -1)
			return (failed(t->result, "rename"));
		if (fstatat(t->dirfd, t->result->cut_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1)
			break;
	}
	if (errno != ENOENT || renameat(t->dirfd, t->name, t->dirfd,
	    t->result->cut_name) == -1) {
		t->result->cut_name[0] = '\0';
		return (failed(t->result, "rename"));
	}
	close_target(t);
	return (1);
}

/* Copy the octets from `at' to `end' to another file or place, durably. */
static int
copy_octets(int from, off_t at, off_t end, int to, off_t out)
{
	char	buf[16384];
	size_t	n;

	for (; at < end; at += (off_t)n, out += (off_t)n) {
		n = end - at < (off_t)sizeof(buf) ? (size_t)(end - at) :
		    sizeof(buf);
		if (read_at(from, buf, n, at) == -1 ||
		    write_at(to, buf, n, out) == -1)
			return (-1);
	}
	return (fsync(to));
}

/* Copy the octets from `at' to the end to a new file, durably. */
static int
keep_torn(struct target *t, off_t at, off_t end)
{
	struct savefile_result	*r = t->result;
	int			 fd = -1, n, saved;

	for (n = 1; n <= KEEP_MAX && fd == -1; n++) {
		if (keep_name(t, "torn", n) == -1)
			return (failed(r, "keep"));
		fd = open_regular(t->dirfd, r->cut_name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
		if (fd == -1 && errno != EEXIST)
			break;
	}
	if (fd != -1 && copy_octets(t->fd, at, end, fd, 0) == 0 &&
	    sync_dir(t->dirfd) == 0) {
		close(fd);
		r->cut_length = end - at;
		return (0);
	}
	saved = errno;
	if (fd != -1) {
		close(fd);
		unlinkat(t->dirfd, r->cut_name, 0);
	}
	r->cut_name[0] = '\0';
	errno = saved;
	return (failed(r, "keep"));
}

/*
 * Blocks at the end that a save left which then failed: the rows went back
 * into the table, so this block contains them.  Moves *end before them.
 */
static int
pass_leftovers(int fd, uint64_t instance, uint64_t epoch_first, off_t *end)
{
	struct tail	last;
	int		rc;

	while ((rc = tail_before(fd, *end, &last)) == 1 &&
	    last.instance == instance && last.epoch >= epoch_first &&
	    last.epoch != 0)
		*end = last.offset;
	return (rc == -1 ? -1 : 0);
}

/*
 * Make the file end where the block shall begin: at *end.  1 if the file has
 * been moved away.
 */
static int
prepare_tail(struct target *t, const struct block_info *info, off_t *end)
{
	struct tail	last;
	struct stat	st;
	int		rc;

	*end = 0;
	if (fstat(t->fd, &st) == -1)
		return (failed(t->result, "read"));
	if (st.st_size == 0)
		return (0);
	if ((rc = tail_find(t->fd, st.st_size, NULL, &last)) == -1)
		return (failed(t->result, "read"));
	if (rc == 0)
		return (keep_alien(t));
	*end = last.end;
	if (*end < st.st_size && keep_torn(t, *end, st.st_size) == -1)
		return (-1);
	if (pass_leftovers(t->fd, info->instance, info->epoch_first,
	    end) == -1)
		return (failed(t->result, "read"));
	if (*end < st.st_size && ftruncate(t->fd, *end) == -1)
		return (failed(t->result, "cut"));
	return (0);
}

/* As if nothing had been written; errno stays that of the failure. */
static void
undo_append(struct target *t, off_t end)
{
	int	saved = errno;

	if (ftruncate(t->fd, end) == 0)
		(void)fsync(t->fd);
	if (t->created && is_current(t))
		(void)unlinkat(t->dirfd, t->name, 0);
	errno = saved;
}

static int
append_block(struct target *t, struct block_info *info,
    const struct flow *const *rows, size_t nrows, off_t end)
{
	const char	*step = NULL;

	t->result->offset = end;
	t->result->length = block_write(t->fd, end, info, rows, nrows);
	if (t->result->length == -1)
		step = "write";
	else if (fsync(t->fd) == -1)
		step = "fsync";
	/* The file may be new from an attempt that died before this. */
	else if (sync_dir(t->dirfd) == -1)
		step = "fsync directory";
	if (step == NULL)
		return (0);
	undo_append(t, end);
	return (failed(t->result, step));
}

int
savefile_append(int dirfd, const char *name, struct block_info *info,
    const struct flow *const *rows, size_t nrows,
    struct savefile_result *result)
{
	struct target	t = { dirfd, name, -1, false, result };
	off_t		end;
	int		rc;

	memset(result, 0, sizeof(*result));
	do {
		if (open_target(&t) == -1)
			return (-1);
		rc = prepare_tail(&t, info, &end);
	} while (rc == 1);
	if (rc == 0)
		rc = append_block(&t, info, rows, nrows, end);
	close_target(&t);
	return (rc);
}

static int
settle(int fd, uint64_t instance, uint64_t epoch_first)
{
	struct stat	st;
	struct tail	last;
	off_t		end;
	int		rc;

	if (lock_file(fd) == -1 || fstat(fd, &st) == -1)
		return (-1);
	end = st.st_size;
	if (pass_leftovers(fd, instance, epoch_first, &end) == -1)
		return (-1);
	if (end < st.st_size && ftruncate(fd, end) == -1)
		return (-1);
	if ((rc = tail_find(fd, end, &instance, &last)) == -1)
		return (-1);
	/* After an fsync that failed the next one tells nothing of the
	 * octets written before: so they are written once more. */
	return (rc == 0 ? fsync(fd) :
	    copy_octets(fd, last.offset, last.end, fd, last.offset));
}

int
savefile_settle(int dirfd, const char *name, uint64_t instance,
    uint64_t epoch_first)
{
	int	fd, rc, saved;

	fd = open_regular(dirfd, name, O_RDWR | O_NOFOLLOW);
	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	if ((rc = settle(fd, instance, epoch_first)) == 0)
		rc = sync_dir(dirfd);
	saved = errno;
	close(fd);
	errno = saved;
	return (rc);
}

/* Write the temporary file and put it in the place of t->name. */
static int
replace_by(struct target *t, const char *tmp, struct block_info *info,
    const struct flow *const *rows, size_t nrows)
{
	const char	*step = NULL;
	int		 saved;

	t->result->length = block_write(t->fd, 0, info, rows, nrows);
	if (t->result->length == -1)
		step = "write";
	else if (fsync(t->fd) == -1)
		step = "fsync";
	else if (renameat(t->dirfd, tmp, t->dirfd, t->name) == -1)
		step = "rename";
	if (step != NULL) {
		saved = errno;
		(void)unlinkat(t->dirfd, tmp, 0);
		errno = saved;
	} else if (sync_dir(t->dirfd) == -1)
		step = "fsync directory";
	return (step == NULL ? 0 : failed(t->result, step));
}

int
savefile_replace(int dirfd, const char *name, struct block_info *info,
    const struct flow *const *rows, size_t nrows,
    struct savefile_result *result)
{
	struct target	t = { dirfd, name, -1, true, result };
	char		tmp[256];
	int		rc;

	memset(result, 0, sizeof(*result));
	/* Not `trafd.' and a word: scripts collect such files. */
	if ((size_t)snprintf(tmp, sizeof(tmp), ".%s.new", name) >=
	    sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return (failed(result, "open"));
	}
	if (unlinkat(dirfd, tmp, 0) == -1 && errno != ENOENT)
		return (failed(result, "open"));
	t.fd = open_regular(dirfd, tmp,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
	if (t.fd == -1)
		return (failed(result, "open"));
	rc = replace_by(&t, tmp, info, rows, nrows);
	close_target(&t);
	return (rc);
}

int
savefile_remove(int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) == -1)
		return (errno == ENOENT ? 0 : -1);
	return (sync_dir(dirfd));
}
