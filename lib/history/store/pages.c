/*
 * The journal of pages: a row of records of one length, of one generation,
 * little-endian, each of
 *
 *	 0 magic u32   4 generation u32   8 offset u64   16 length u32
 *	20 CRC32C of the 20 octets before and the page   24 page
 *
 * What is in it has not been written to the database yet, or has been and
 * nothing else since: so to write it again is right at any time, and the
 * cut to nothing needs not reach the disk, but where the database is cut.
 * Owns the functions that Berkeley DB calls for input and output, which are
 * those of the process: hence the one static pointer.
 */
#include <sys/types.h>
#include <sys/stat.h>
#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "pages.h"
#include "base/endian.h"

#define MAGIC	0x47507274U
#define HEADER	24

struct pages {
	int		 dir;
	int		 fd;			/* the journal */
	const char	*name;			/* of the database */
	size_t		 octets;		/* of a page */
	size_t		 record;
	size_t		 n;
	uint32_t	 generation;
	int		 error;			/* the first one: all is over */
	off_t		 offset[PAGES_MOST];	/* of the n pages in it */
	uint8_t		 buffer[];		/* a record */
};

static struct pages	*pages;

/* ---- records ---- */

static uint32_t
record_crc(const struct pages *p)
{
	return (crc32c(crc32c(0, p->buffer, HEADER - 4), p->buffer + HEADER,
	    p->octets));
}

/* All of it in one call: 0, or -1 with errno. */
static int
write_once(int fd, const void *octets, size_t len, off_t offset)
{
	ssize_t	n = pwrite(fd, octets, len, offset);

	if (n == (ssize_t)len)
		return (0);
	if (n != -1)
		errno = ENOSPC;
	return (-1);
}

static int
record_write(struct pages *p, size_t at, const void *page, off_t offset)
{
	put_le32(p->buffer, MAGIC);
	put_le32(p->buffer + 4, p->generation);
	put_le64(p->buffer + 8, (uint64_t)offset);
	put_le32(p->buffer + 16, (uint32_t)p->octets);
	memcpy(p->buffer + HEADER, page, p->octets);
	put_le32(p->buffer + 20, record_crc(p));
	return (write_once(p->fd, p->buffer, p->record,
	    (off_t)(at * p->record)));
}

/* Into the buffer, if it is a sound one. */
static bool
record_read(struct pages *p, size_t at)
{
	return (pread(p->fd, p->buffer, p->record,
	    (off_t)(at * p->record)) == (ssize_t)p->record &&
	    get_le32(p->buffer) == MAGIC &&
	    get_le32(p->buffer + 16) == p->octets &&
	    get_le32(p->buffer + 20) == record_crc(p));
}

/* Write the page in the buffer where it belongs. */
static int
record_apply(const struct pages *p, int db)
{
	return (write_once(db, p->buffer + HEADER, p->octets,
	    (off_t)get_le64(p->buffer + 8)));
}

/* ---- the journal ---- */

static int
database_open(const struct pages *p)
{
	return (openat(p->dir, p->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
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
	return (fdatasync(db));
}

/* All pages where they belong, on the disk.  0, or the error. */
static int
apply(struct pages *p)
{
	int	db = -1;

	if (p->error != 0 || p->n == 0)
		return (p->error);
	if (fdatasync(p->fd) == -1 || (db = database_open(p)) == -1 ||
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

static size_t
find(const struct pages *p, off_t offset)
{
	size_t	i;

	for (i = 0; i < p->n && p->offset[i] != offset; i++)
		;
	return (i);
}

/* A page that is in it takes the place of the older one. */
static int
add(struct pages *p, const void *page, off_t offset)
{
	size_t	at = find(p, offset);

	if (at == PAGES_MOST) {
		if (apply(p) != 0)
			return (-1);
		at = 0;
	}
	if (record_write(p, at, page, offset) == -1) {
		/* No space: perhaps there is enough without the others. */
		if (at == 0 || at < p->n || apply(p) != 0 ||
		    record_write(p, at = 0, page, offset) == -1)
			return (-1);
	}
	p->offset[at] = offset;
	if (at == p->n)
		p->n++;
	return (0);
}

/* ---- what a writer that was killed left ---- */

/* The file is where others may have written: believe nothing. */
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
	return (fdatasync(db));
}

static int
replay(struct pages *p)
{
	int	db, rc, saved;

	if ((db = database_open(p)) == -1)
		return (errno == ENOENT ? 0 : -1);
	rc = replay_to(p, db);
	saved = errno;
	close(db);
	errno = saved;
	return (rc);
}

/* ---- what Berkeley DB calls ---- */

static bool
is_database(int fd)
{
	struct stat	a, b;

	return (pages != NULL && fstat(fd, &a) == 0 &&
	    fstatat(pages->dir, pages->name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static ssize_t
fail(struct pages *p)
{
	if (p->error == 0)
		p->error = errno == 0 ? EIO : errno;
	errno = p->error;
	return (-1);
}

static ssize_t
on_pwrite(int fd, const void *octets, size_t n, off_t offset)
{
	if (!is_database(fd))
		return (pwrite(fd, octets, n, offset));
	errno = EINVAL;
	if (pages->error != 0 || n != pages->octets ||
	    offset % (off_t)n != 0 || add(pages, octets, offset) == -1)
		return (fail(pages));
	return ((ssize_t)n);
}

static ssize_t
on_pread(int fd, void *octets, size_t n, off_t offset)
{
	size_t	at;

	if (!is_database(fd) || n != pages->octets ||
	    (at = find(pages, offset)) == pages->n)
		return (pread(fd, octets, n, offset));
	errno = EIO;
	if (pages->error != 0 || !record_read(pages, at))
		return (fail(pages));
	memcpy(octets, pages->buffer + HEADER, n);
	return ((ssize_t)n);
}

/* Where the two above fail, Berkeley DB tries lseek(2) and write(2). */
static int
on_seek(int fd, off_t offset, int whence)
{
	if (is_database(fd) && pages->error != 0)
		return (pages->error);
	return (lseek(fd, offset, whence) == -1 ? errno : 0);
}

static int
on_fsync(int fd)
{
	if (is_database(fd) && (pages->n > 0 || pages->error != 0))
		return (apply(pages));
	return (fdatasync(fd) == -1 ? errno : 0);
}

/* What is cut off must not come back. */
static int
on_ftruncate(int fd, off_t size)
{
	if (is_database(fd) &&
	    (apply(pages) != 0 || fdatasync(pages->fd) == -1))
		return (pages->error != 0 ? pages->error : errno);
	return (ftruncate(fd, size) == -1 ? errno : 0);
}

static int
serve(void)
{
	int	rc;

	if ((rc = db_env_set_func_pwrite(on_pwrite)) != 0 ||
	    (rc = db_env_set_func_pread(on_pread)) != 0 ||
	    (rc = db_env_set_func_seek(on_seek)) != 0 ||
	    (rc = db_env_set_func_fsync(on_fsync)) != 0 ||
	    (rc = db_env_set_func_ftruncate(on_ftruncate)) != 0) {
		errno = rc;
		return (-1);
	}
	return (0);
}

/* ---- opening ---- */

static int
begin(struct pages *p, bool killed)
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
		/* Its name must be there after a power cut, too. */
		return (fsync(p->dir));
	if ((killed && replay(p) == -1) || ftruncate(p->fd, 0) == -1)
		return (-1);
	return (fsync(p->fd));
}

int
pages_open(const char *dir, const char *name, size_t octets, bool killed)
{
	struct pages	*p;
	int		 saved;

	if ((p = calloc(1, sizeof(*p) + HEADER + octets)) == NULL)
		return (-1);
	p->name = name;
	p->octets = octets;
	p->record = HEADER + octets;
	p->fd = -1;
	pages = p;
	if ((p->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) != -1 &&
	    begin(p, killed) == 0 && serve() == 0)
		return (0);
	saved = errno;
	pages_close();
	errno = saved;
	return (-1);
}

void
pages_close(void)
{
	if (pages == NULL)
		return;
	if (pages->fd != -1)
		close(pages->fd);
	if (pages->dir != -1)
		close(pages->dir);
	free(pages);
	pages = NULL;
}
