/*
 * The journal of pages: records of one length and one generation, one after
 * the other, little-endian, each of
 *
 *	 0 magic u32   4 generation u32   8 offset u64   16 length u32
 *	20 CRC32C of the 20 octets before and the page   24 page
 *
 * A page in the journal has not been written to the database yet, or nothing
 * else has been written there since.  So writing it again is always right, and
 * emptying the journal need not reach the disk, except if the database is
 * truncated.  The sum of a page is written together with the page.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/regular.h"
#include "pages_impl.h"

#define MAGIC	0x47507274U

/* ---- records ---- */

static uint32_t
record_crc(const struct pages *p)
{
	return (crc32c(crc32c(0, p->buffer, PAGES_RECORD - 4),
	    p->buffer + PAGES_RECORD, p->octets));
}

static int
record_write(struct pages *p, size_t at, const void *page, off_t offset)
{
	put_le32(p->buffer, MAGIC);
	put_le32(p->buffer + 4, p->generation);
	put_le64(p->buffer + 8, (uint64_t)offset);
	put_le32(p->buffer + 16, (uint32_t)p->octets);
	memcpy(p->buffer + PAGES_RECORD, page, p->octets);
	put_le32(p->buffer + 20, record_crc(p));
	return (write_at(p->fd, p->buffer, p->record,
	    (off_t)(at * p->record)));
}

/* Read a record into the buffer.  Returns false if it is not intact. */
static bool
record_read(struct pages *p, size_t at)
{
	return (pread(p->fd, p->buffer, p->record,
	    (off_t)(at * p->record)) == (ssize_t)p->record &&
	    get_le32(p->buffer) == MAGIC &&
	    get_le32(p->buffer + 16) == p->octets &&
	    get_le32(p->buffer + 20) == record_crc(p));
}

/* Write the page in the buffer to its place, and its sum. */
static int
record_apply(struct pages *p, int db)
{
	uint64_t	offset = get_le64(p->buffer + 8);

	if (p->sums != NULL && sums_set(p->sums, offset / p->octets,
	    p->buffer + PAGES_RECORD) == -1)
		return (-1);
	return (write_at(db, p->buffer + PAGES_RECORD, p->octets,
	    (off_t)offset));
}

/* Sync the database and the sums. */
static int
sync_both(const struct pages *p, int db)
{
	if (fdatasync(db) == -1)
		return (-1);
	return (p->sums == NULL ? 0 : sums_sync(p->sums));
}

/* ---- the journal ---- */

int
pages_database(const struct pages *p)
{
	return (openat(p->dir, p->name, (p->writer ? O_RDWR : O_RDONLY) |
	    O_NOFOLLOW | O_CLOEXEC));
}

static int
write_all(struct pages *p, int db)
{
	size_t	i;

	for (i = 0; i < p->n; i++) {
		if (!record_read(p, i)) {
			errno = EIO;
			return (-1);
		}
		if (record_apply(p, db) == -1)
			return (-1);
	}
	return (sync_both(p, db));
}

int
pages_journal_apply(struct pages *p)
{
	int	db = -1;

	if (p->error != 0 || p->n == 0)
		return (p->error);
	if (fdatasync(p->fd) == -1 || (db = pages_database(p)) == -1 ||
	    write_all(p, db) == -1 || ftruncate(p->fd, 0) == -1)
		p->error = errno;
	else {
		p->n = 0;
		p->generation++;
	}
	if (db != -1)
		close(db);
	return (p->error);
}

size_t
pages_journal_find(const struct pages *p, off_t offset)
{
	size_t	i;

	for (i = 0; i < p->n && p->offset[i] != offset; i++)
		;
	return (i);
}

bool
pages_journal_read(struct pages *p, size_t at, void *page)
{
	if (p->error != 0 || !record_read(p, at))
		return (false);
	memcpy(page, p->buffer + PAGES_RECORD, p->octets);
	return (true);
}

int
pages_journal_add(struct pages *p, const void *page, off_t offset)
{
	size_t	at = pages_journal_find(p, offset);

	if (at == PAGES_MOST) {
		if (pages_journal_apply(p) != 0)
			return (-1);
		at = 0;
	}
	if (record_write(p, at, page, offset) == -1) {
		/* If no space is left: empty the journal and try again. */
		if (at == 0 || at < p->n || pages_journal_apply(p) != 0 ||
		    record_write(p, at = 0, page, offset) == -1)
			return (-1);
	}
	p->offset[at] = offset;
	if (at == p->n)
		p->n++;
	return (0);
}

/* ---- what a writer that was killed left ---- */

/* Check the offset: others may have written to the file. */
static bool
is_wanted(const struct pages *p, off_t size)
{
	uint64_t	offset = get_le64(p->buffer + 8);

	return (offset % p->octets == 0 &&
	    offset <= (uint64_t)size + PAGES_BEYOND * p->octets);
}

static int
replay_to(struct pages *p, int db)
{
	struct stat	st;
	size_t		i;

	if (fstat(db, &st) == -1)
		return (-1);
	for (i = 0; i < PAGES_MOST && record_read(p, i); i++) {
		if (i == 0)
			p->generation = get_le32(p->buffer + 4);
		if (get_le32(p->buffer + 4) != p->generation ||
		    !is_wanted(p, st.st_size))
			break;
		if (record_apply(p, db) == -1)
			return (-1);
	}
	return (sync_both(p, db));
}

static int
replay(struct pages *p)
{
	int	db, rc, saved;

	if ((db = pages_database(p)) == -1)
		return (errno == ENOENT ? 0 : -1);
	rc = replay_to(p, db);
	saved = errno;
	close(db);
	errno = saved;
	return (rc);
}

int
pages_journal_open(struct pages *p, bool killed)
{
	struct stat	st;

	if ((p->fd = openat(p->dir, PAGES_NAME, O_RDWR | O_CREAT |
	    O_NOFOLLOW | O_CLOEXEC, 0640)) == -1 || fstat(p->fd, &st) == -1)
		return (-1);
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return (-1);
	}
	if (st.st_size == 0)
		/* The name of the file must survive a power cut. */
		return (fsync(p->dir));
	if ((killed && replay(p) == -1) || ftruncate(p->fd, 0) == -1)
		return (-1);
	return (fsync(p->fd));
}
