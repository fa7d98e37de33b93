/*
 * Writes save and dump files so that a block is there completely or not at
 * all: append with repair of the tail, and replace.  If the result is 0, the
 * block is on the disk.  If it is -1, the caller must keep its rows.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "block_before.h"
#include "savefile_tail.h"
#include "savefile_target.h"

/*
 * Pass over blocks at the end that a failed save has left.  Their rows went
 * back into the table, so the new block contains them.  Moves *end before
 * them.  *foreign: one of them is not the one of *failed; another process may
 * have written it, with rows of its own, such as one that resumed a copy of
 * the same dump.
 */
static int
pass_leftovers(int fd, uint64_t instance, uint64_t epoch_first,
    const struct savefile_attempt *failed, off_t *end, bool *foreign)
{
	struct block_place	last;
	int		rc;

	*foreign = false;
	while ((rc = block_before(fd, *end, &last)) == 1 &&
	    last.instance == instance && last.epoch >= epoch_first &&
	    last.epoch != 0) {
		*foreign = *foreign ||
		    !attempt_left(failed, last.offset, last.checksum);
		*end = last.offset;
	}
	return (rc == -1 ? -1 : 0);
}

/*
 * Make the file end where the block is to begin: at *end.  What this process
 * has not written is moved to another file.  Returns 1 if the whole file was
 * moved away, 0, or -1 with errno and the step.
 */
static int
prepare_tail(struct target *t, const struct block_info *info,
    const struct savefile_attempt *failed, off_t *end)
{
	struct block_place	last;
	struct stat	st;
	off_t		keep;
	int		rc;

	*end = 0;
	if (fstat(t->fd, &st) == -1)
		return (target_failed(t->result, "read"));
	if (st.st_size == 0)
		return (0);
	if ((rc = tail_find(t->fd, st.st_size, NULL, &last)) == -1)
		return (target_failed(t->result, "read"));
	if (rc == 0)
		return (target_keep_alien(t));
	*end = last.end;
	if (pass_leftovers(t->fd, info->instance, info->epoch_first, failed,
	    end, &t->result->foreign) == -1)
		return (target_failed(t->result, "read"));
	keep = t->result->foreign ? *end : last.end;
	if (keep < st.st_size &&
	    (rc = target_keep_torn(t, keep, st.st_size)) != 0)
		return (rc);
	if (*end < st.st_size && ftruncate(t->fd, *end) == -1)
		return (target_failed(t->result, "cut"));
	return (0);
}

static int
append_block(struct target *t, struct block_info *info,
    const struct flow *const *rows, size_t nrows, off_t end)
{
	t->result->offset = end;
	t->result->length = block_write(t->fd, end, info, rows, nrows);
	return (target_commit(t, t->result->length != -1, end));
}

int
savefile_append(int dirfd, const char *name, struct savefile_attempt *failed,
    struct block_info *info, const struct flow *const *rows, size_t nrows,
    struct savefile_result *result)
{
	struct target	t = { dirfd, name, -1, false, result };
	off_t		end;
	int		rc;

	memset(result, 0, sizeof(*result));
	do {
		if (target_open(&t) == -1)
			return (-1);
		rc = prepare_tail(&t, info, failed, &end);
	} while (rc == 1);
	if (rc == 0) {
		rc = append_block(&t, info, rows, nrows, end);
		failed->offset = end;
		failed->checksum = rc == -1 ? info->checksum : 0;
	}
	target_close(&t);
	return (rc);
}

/*
 * Move blocks of `instance' and of epoch_first or later to name.torn.N.
 * Returns 1 if the whole file was moved, 0, or -1 with errno.
 */
static int
cut_leftovers(struct target *t, uint64_t instance, uint64_t epoch_first,
    off_t *end)
{
	const struct savefile_attempt	none = { 0 };
	struct stat			st;
	bool				foreign;
	int				rc;

	if (fstat(t->fd, &st) == -1)
		return (-1);
	*end = st.st_size;
	if (pass_leftovers(t->fd, instance, epoch_first, &none, end,
	    &foreign) == -1)
		return (-1);
	if (*end == st.st_size)
		return (0);
	if ((rc = target_keep_torn(t, *end, st.st_size)) != 0)
		return (rc);
	return (ftruncate(t->fd, *end));
}

static int
confirm_append(struct target *t, uint64_t instance, uint64_t epoch_first)
{
	struct block_place	last;
	off_t		end;
	int		rc;

	if (lock_file(t->fd) == -1)
		return (-1);
	if ((rc = cut_leftovers(t, instance, epoch_first, &end)) != 0)
		return (rc);
	if ((rc = tail_find(t->fd, end, &instance, &last)) == -1)
		return (-1);
	/* If an fsync has failed, a later one does not write the same bytes
	 * again, although it succeeds: so write the block once more. */
	return (rc == 0 ? fsync(t->fd) :
	    copy_octets(t->fd, last.offset, last.end, t->fd, last.offset));
}

int
savefile_confirm_append(int dirfd, const char *name, uint64_t instance,
    uint64_t epoch_first, struct savefile_result *result)
{
	struct target	t = { dirfd, name, -1, false, result };

	return (target_confirm(&t, instance, epoch_first, confirm_append));
}

/* Write the temporary file and rename it to t->name. */
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
	return (step == NULL ? 0 : target_failed(t->result, step));
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
	/* Hidden: scripts collect files that are named `trafd.*'. */
	if ((size_t)snprintf(tmp, sizeof(tmp), ".%s.new", name) >=
	    sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return (target_failed(result, "open"));
	}
	if (unlinkat(dirfd, tmp, 0) == -1 && errno != ENOENT)
		return (target_failed(result, "open"));
	t.fd = open_regular(dirfd, tmp,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
	if (t.fd == -1)
		return (target_failed(result, "open"));
	rc = replace_by(&t, tmp, info, rows, nrows);
	target_close(&t);
	return (rc);
}

/* Truncate a file that cannot be removed.  0, or -1 with any errno. */
static int
make_empty(int dirfd, const char *name)
{
	int	fd, rc = -1;

	if ((fd = open_regular(dirfd, name, O_WRONLY | O_NOFOLLOW)) == -1)
		return (-1);
	if (ftruncate(fd, 0) == 0)
		rc = fsync(fd);
	(void)close(fd);
	return (rc);
}

int
savefile_remove(int dirfd, const char *name)
{
	int	saved;

	/* If it is not there, its removal may not be on the disk yet. */
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return (sync_dir(dirfd));
	saved = errno;
	if (make_empty(dirfd, name) == 0)
		return (0);
	errno = saved;
	return (-1);
}
