/*
 * Appends blocks in layouts without a checksum.  Before the first byte of a
 * block is written, the journal durably records its offset, length and
 * checksum.  A later process compares the file with the journal:
 *
 *	no byte of the block is there	it was not saved
 *	a part of the block is there	likewise: moved to name.torn.N
 *	the whole block is there	it was saved
 *	something else is there		the file was replaced: left alone
 *
 * When the block is on the disk, the journal records that, too.  From then on
 * other programs may take the file away.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/regular.h"
#include "file/savefile_target.h"
#include "append.h"
#include "journal.h"

enum found { FOUND_NOTHING, FOUND_PART, FOUND_ALL, FOUND_OTHER, FOUND_ERROR };

static int
checksum(int fd, uint64_t offset, uint64_t length, uint32_t *crc)
{
	uint8_t		buf[16384];
	uint64_t	end = offset + length;
	size_t		n;

	for (*crc = 0; offset < end; offset += n) {
		n = end - offset < sizeof(buf) ? (size_t)(end - offset) :
		    sizeof(buf);
		if (read_at(fd, buf, n, (off_t)offset) == -1)
			return (-1);
		*crc = crc32c(*crc, buf, n);
	}
	return (0);
}

/* Is the block of the journal in the file?  Sets *size to the file's. */
static enum found
look(int fd, const struct legacy_journal *j, off_t *size)
{
	struct stat	st;
	uint64_t	n;
	uint32_t	crc;

	if (fstat(fd, &st) == -1)
		return (FOUND_ERROR);
	*size = st.st_size;
	n = (uint64_t)st.st_size;
	if (j->epoch == 0 || n <= j->offset)
		return (FOUND_NOTHING);
	if (n - j->offset < j->length)
		return (FOUND_PART);
	if (checksum(fd, j->offset, j->length, &crc) == -1)
		return (FOUND_ERROR);
	if (crc == j->crc)
		return (FOUND_ALL);
	/* After a power failure, lost bytes may be there as zeros. */
	return (n - j->offset == j->length ? FOUND_PART : FOUND_OTHER);
}

/* Does a block in trafd's own layout begin here? */
static bool
is_of_trafd(int fd)
{
	struct block	*b;

	if (block_open(fd, 0, &b) != BLOCK_OK)
		return (false);
	block_free(b);
	return (true);
}

/*
 * Cut off an incomplete block of any process.  Cut off a whole block that is
 * of `instance' and of epoch_first or later: a failed save has left it, and its
 * rows will be saved again.  Incomplete blocks, and whole ones other than that
 * of *failed, are moved to name.torn.N.  A file in trafd's own layout, which
 * has replaced that of the journal, is left alone.  Returns 1 if the whole file
 * was moved instead, 0, or -1 with errno.
 */
static int
repair(struct target *t, const struct legacy_journal *j, uint64_t instance,
    uint64_t epoch_first, const struct savefile_attempt *failed)
{
	off_t		size;
	enum found	found = look(t->fd, j, &size);
	int		rc;

	if (found == FOUND_ERROR)
		return (-1);
	if (is_of_trafd(t->fd))
		return (0);
	if (found != FOUND_PART && (found != FOUND_ALL ||
	    j->instance != instance || j->epoch < epoch_first ||
	    (uint64_t)size != j->offset + j->length))
		return (0);
	if ((found == FOUND_PART ||
	    !attempt_left(failed, (off_t)j->offset, j->crc)) &&
	    (rc = target_keep_torn(t, (off_t)j->offset, size)) != 0)
		return (rc);
	if (ftruncate(t->fd, (off_t)j->offset) == -1)
		return (-1);
	return (fsync(t->fd));
}

/* Is the file in another layout, so that no block may be appended? */
static bool
is_alien(int fd, enum layout layout, const struct legacy_journal *j)
{
	struct legacy	*l;
	bool		 alien;

	if (is_of_trafd(fd))
		return (true);
	if (j->instance != 0)
		return (j->layout != (uint32_t)layout);
	alien = legacy_open(fd, layout, &l) != LEGACY_FITS;
	if (!alien)
		legacy_close(l);
	return (alien);
}

/*
 * If the file does not end where this journal's block begins or ends, somebody
 * has changed it: what follows its last whole block is moved to name.torn.N, or
 * it would hide the new block.  Returns as repair(), with the step.
 */
static int
cut_stump(struct target *t, enum layout layout, const struct legacy_journal *j,
    off_t *size)
{
	off_t	end;
	int	rc;

	if (*size == 0 || (j->instance != 0 &&
	    ((uint64_t)*size == j->offset ||
	    (uint64_t)*size == j->offset + j->length)))
		return (0);
	switch (legacy_end(t->fd, layout, &end)) {
	case LEGACY_NONE:
		return (target_keep_alien(t));
	case LEGACY_IO:
		return (target_failed(t->result, "read"));
	default:
		break;
	}
	if (end == *size)
		return (0);
	if ((rc = target_keep_torn(t, end, *size)) != 0)
		return (rc);
	if (ftruncate(t->fd, end) == -1)
		return (target_failed(t->result, "cut"));
	*size = end;
	return (0);
}

/* As prepare_tail() of savefile_write.c.  Sets t->result->offset. */
static int
prepare(struct target *t, enum layout layout, const struct block_info *info,
    const struct savefile_attempt *failed, struct legacy_journal *j)
{
	struct stat	st;
	off_t		size = 0;
	enum found	found;
	int		rc;

	if (fstat(t->fd, &st) == -1)
		return (target_failed(t->result, "read"));
	if (st.st_size > 0 && is_alien(t->fd, layout, j))
		return (target_keep_alien(t));
	rc = repair(t, j, info->instance, info->epoch_first, failed);
	if (rc == -1)
		return (target_failed(t->result, "cut"));
	if (rc == 1)
		return (1);
	if ((found = look(t->fd, j, &size)) == FOUND_ERROR)
		return (target_failed(t->result, "read"));
	/* A whole block older than the new one counts as saved. */
	if (found == FOUND_ALL && j->epoch < info->epoch_first)
		j->saved = j->epoch;
	if ((rc = cut_stump(t, layout, j, &size)) != 0)
		return (rc);
	t->result->offset = size;
	return (0);
}

static int
write_block(struct target *t, const struct legacy_journal *j,
    const uint8_t *octets)
{
	off_t	end = (off_t)j->offset;

	return (target_commit(t,
	    write_at(t->fd, octets, (size_t)j->length, end) == 0, end));
}

static int
append(struct target *t, const struct block_info *info,
    struct savefile_attempt *failed, struct legacy_journal *j,
    const uint8_t *octets)
{
	if (j->instance != info->instance)
		j->saved = 0;
	j->instance = info->instance;
	j->epoch_first = info->epoch_first;
	j->epoch = info->epoch;
	j->offset = (uint64_t)t->result->offset;
	j->crc = crc32c(0, octets, (size_t)j->length);
	if (journal_write(t->dirfd, t->name, j) == -1)
		return (target_failed(t->result, "journal"));
	failed->offset = (off_t)j->offset;
	failed->checksum = j->crc;
	if (write_block(t, j, octets) == -1)
		return (-1);
	failed->checksum = 0;
	/*
	 * The block is saved, even if this write fails: the journal as it was
	 * proves that, as long as the file is there.
	 */
	j->saved = j->epoch;
	j->epoch_first = j->epoch = 0;
	(void)journal_write(t->dirfd, t->name, j);
	return (0);
}

static int
append_octets(struct target *t, enum layout layout,
    struct savefile_attempt *failed, const struct block_info *info,
    const uint8_t *octets)
{
	struct legacy_journal	j;
	int			rc;

	do {
		if (target_open(t) == -1)
			return (-1);
		if (journal_read(t->dirfd, t->name, &j) == -1)
			return (target_failed(t->result, "journal"));
	} while ((rc = prepare(t, layout, info, failed, &j)) == 1);
	j.layout = (uint32_t)layout;
	j.length = (uint64_t)t->result->length;
	return (rc == -1 ? -1 : append(t, info, failed, &j, octets));
}

int
legacy_append(int dirfd, const char *name, enum layout layout,
    struct savefile_attempt *failed, const struct block_info *info,
    const struct flow *const *rows, size_t nrows, struct legacy_loss *loss,
    struct savefile_result *result)
{
	struct target	 t = { dirfd, name, -1, false, result };
	uint8_t		*octets;
	int		 rc;

	memset(result, 0, sizeof(*result));
	result->length = legacy_encode(layout, info, rows, nrows, loss,
	    &octets);
	if (result->length == -1)
		return (target_failed(result, "layout"));
	rc = append_octets(&t, layout, failed, info, octets);
	target_close(&t);
	free(octets);
	return (rc);
}

static int
confirm_append(struct target *t, uint64_t instance, uint64_t epoch_first)
{
	const struct savefile_attempt	none = { 0 };
	struct legacy_journal		j;
	off_t				size;
	int				rc;

	if (lock_file(t->fd) == -1)
		return (target_failed(t->result, "lock"));
	if (journal_read(t->dirfd, t->name, &j) == -1)
		return (target_failed(t->result, "journal"));
	rc = repair(t, &j, instance, epoch_first, &none);
	if (rc == -1)
		return (target_failed(t->result, "cut"));
	if (rc == 1)
		return (1);
	/* As confirm_append() of savefile_write.c: an fsync may have failed. */
	switch (look(t->fd, &j, &size)) {
	case FOUND_ALL:
		return (copy_octets(t->fd, (off_t)j.offset,
		    (off_t)(j.offset + j.length), t->fd, (off_t)j.offset));
	case FOUND_ERROR:
		return (-1);
	default:
		return (fsync(t->fd));
	}
}

int
legacy_confirm_append(int dirfd, const char *name, uint64_t instance,
    uint64_t epoch_first, struct savefile_result *result)
{
	struct target	t = { dirfd, name, -1, false, result };

	return (target_confirm(&t, instance, epoch_first, confirm_append));
}

bool
legacy_journal_damaged(int dirfd, const char *name)
{
	struct legacy_journal	j;

	return (journal_read(dirfd, name, &j) == -1 && errno == EBADMSG);
}

int
legacy_last_epoch(int dirfd, const char *name, uint64_t instance,
    uint64_t *epoch)
{
	struct legacy_journal	j;
	enum found		found;
	off_t			size;
	int			fd;

	*epoch = 0;
	if (journal_read(dirfd, name, &j) == -1)
		return (-1);
	if (j.instance != instance)
		return (0);
	*epoch = j.saved;
	if (j.epoch == 0)
		return (0);
	fd = open_regular(dirfd, name, O_RDONLY | O_NOFOLLOW);
	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	if ((found = look(fd, &j, &size)) == FOUND_ALL)
		*epoch = j.epoch;
	(void)close(fd);
	return (found == FOUND_ERROR ? -1 : 0);
}
