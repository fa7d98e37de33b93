/*
 * Appending in layouts that know no checksum.  The journal tells, durably and
 * before the first octet is written, what is about to stand where; so
 * whoever comes later sees whether it does.
 *
 *	nothing of it is there		it was not saved
 *	a part of it is			likewise: cut off, and kept aside
 *	all of it is			it was saved
 *	something else is		the file has been replaced: left alone
 *
 * Once it is on the disk the journal says so, and others may take the file
 * away.
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

/* What has become of the block that was to be appended? */
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
	/* Octets that a power cut took are there as zeros, say. */
	return (n - j->offset == j->length ? FOUND_PART : FOUND_OTHER);
}

/*
 * Cut off a part of a block, whoever wrote it; and one whole of `instance'
 * that belongs to epoch_first or later: a save left it which then failed, and
 * its rows will come again.  What this process has not written, whose epochs
 * begin with `own', is kept aside.  1 if the file was moved away instead.
 */
static int
repair(struct target *t, const struct legacy_journal *j, uint64_t instance,
    uint64_t epoch_first, uint64_t own)
{
	off_t		size;
	enum found	found = look(t->fd, j, &size);
	int		rc;

	if (found == FOUND_ERROR)
		return (-1);
	if (found != FOUND_PART && (found != FOUND_ALL ||
	    j->instance != instance || j->epoch < epoch_first ||
	    (uint64_t)size != j->offset + j->length))
		return (0);
	if ((found == FOUND_PART || j->epoch < own) &&
	    (rc = target_keep_torn(t, (off_t)j->offset, size)) != 0)
		return (rc);
	if (ftruncate(t->fd, (off_t)j->offset) == -1)
		return (-1);
	return (fsync(t->fd));
}

/* Could a block of this layout stand behind what is in the file? */
static bool
is_alien(int fd, enum layout layout, const struct legacy_journal *j)
{
	struct legacy	*l;
	struct block	*b;
	bool		 alien;

	if (block_open(fd, 0, &b) == BLOCK_OK) {
		block_free(b);
		return (true);
	}
	if (j->instance != 0)
		return (j->layout != (uint32_t)layout);
	alien = legacy_open(fd, layout, &l) != LEGACY_FITS;
	if (!alien)
		legacy_close(l);
	return (alien);
}

/* As prepare_tail() of savefile_write.c: 1 if the file was moved away. */
static int
prepare(struct target *t, enum layout layout, const struct block_info *info,
    uint64_t own, struct legacy_journal *j)
{
	struct stat	st;
	off_t		size = 0;
	enum found	found;
	int		rc;

	if (fstat(t->fd, &st) == -1)
		return (target_failed(t->result, "read"));
	if (st.st_size > 0 && is_alien(t->fd, layout, j))
		return (target_keep_alien(t));
	if ((rc = repair(t, j, info->instance, info->epoch_first, own)) == -1)
		return (target_failed(t->result, "cut"));
	if (rc == 1)
		return (1);
	if ((found = look(t->fd, j, &size)) == FOUND_ERROR)
		return (target_failed(t->result, "read"));
	/* One that is there and older than this block counts. */
	if (found == FOUND_ALL && j->epoch < info->epoch_first)
		j->saved = j->epoch;
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
    struct legacy_journal *j, const uint8_t *octets)
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
	if (write_block(t, j, octets) == -1)
		return (-1);
	/*
	 * It is saved, whatever comes of this: the journal as it is proves
	 * it as long as the file is there.
	 */
	j->saved = j->epoch;
	j->epoch_first = j->epoch = j->length = 0;
	(void)journal_write(t->dirfd, t->name, j);
	return (0);
}

static int
append_octets(struct target *t, enum layout layout, uint64_t own,
    const struct block_info *info, const uint8_t *octets)
{
	struct legacy_journal	j;
	int			rc;

	do {
		if (target_open(t) == -1)
			return (-1);
		if (journal_read(t->dirfd, t->name, &j) == -1)
			return (target_failed(t->result, "journal"));
	} while ((rc = prepare(t, layout, info, own, &j)) == 1);
	j.layout = (uint32_t)layout;
	j.length = (uint64_t)t->result->length;
	return (rc == -1 ? -1 : append(t, info, &j, octets));
}

int
legacy_append(int dirfd, const char *name, enum layout layout, uint64_t own,
    const struct block_info *info, const struct flow *const *rows,
    size_t nrows, struct legacy_loss *loss, struct savefile_result *result)
{
	struct target	 t = { dirfd, name, -1, false, result };
	uint8_t		*octets;
	int		 rc;

	memset(result, 0, sizeof(*result));
	result->length = legacy_encode(layout, info, rows, nrows, loss,
	    &octets);
	if (result->length == -1)
		return (target_failed(result, "layout"));
	rc = append_octets(&t, layout, own, info, octets);
	target_close(&t);
	free(octets);
	return (rc);
}

static int
confirm_append(struct target *t, uint64_t instance, uint64_t epoch_first)
{
	struct legacy_journal	j;
	off_t			size;

	if (lock_file(t->fd) == -1)
		return (target_failed(t->result, "lock"));
	if (journal_read(t->dirfd, t->name, &j) == -1)
		return (target_failed(t->result, "journal"));
	if (repair(t, &j, instance, epoch_first, UINT64_MAX) == -1)
		return (target_failed(t->result, "cut"));
	/* As in savefile_confirm_append(): a failed fsync tells nothing. */
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
