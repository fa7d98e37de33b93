/*
 * The file of sums, little-endian:
 *
 *	 0 magic u32	4 version u32	8 octets of a page u32
 *	12 greatest log sequence number u64	20 zero u64
 *	28 CRC32C of the 28 octets before u32
 *	32 for each page u64: XXH3 of its octets, seeded with its number;
 *	   0: it was never written
 *
 * Owns the file.  Of a page it uses only the two fields that each page of
 * Berkeley DB begins with, in the machine's byte order: the log sequence
 * number (two u32) and the page's own number (u32).
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/regular.h"
#include "sums.h"

#define SUMS_NEW	SUMS_NAME ".new"
#define MAGIC	0x53507274U
#define SUMS_VERSION	1
#define HEADER	32
#define ENTRY	8
#define MODE	0640

struct sums {
	int		 fd;
	size_t		 page_len;
	uint64_t	 pages;
	uint64_t	 last_change;
	bool		 header_changed;
};

/* ---- pages ---- */

static bool
is_zero(const uint8_t *page, size_t len)
{
	return (page[0] == 0 && memcmp(page, page + 1, len - 1) == 0);
}

/* Never 0, which means that the page was never written. */
static uint64_t
sum_of(const struct sums *s, uint64_t number, const void *page)
{
	uint64_t	sum = XXH3_64bits_withSeed(page, s->page_len, number);

	return (sum == 0 ? 1 : sum);
}

static uint64_t
change_of(const void *page)
{
	uint32_t	lsn[2];

	memcpy(lsn, page, sizeof(lsn));
	return ((uint64_t)lsn[0] << 32 | lsn[1]);
}

static bool
has_number(const uint8_t *page, uint64_t number)
{
	uint32_t	own;

	memcpy(&own, page + 8, sizeof(own));
	return (own == number);
}

/* ---- the file ---- */

/* Returns 1, 0 if the file ends before, or -1 with errno. */
static int
read_whole(int fd, void *to, size_t len, off_t offset)
{
	if (read_at(fd, to, len, offset) == 0)
		return (1);
	return (errno == 0 ? 0 : -1);
}

static off_t
place_of(uint64_t number)
{
	return ((off_t)(HEADER + number * ENTRY));
}

static int
header_read(struct sums *s)
{
	uint8_t		h[HEADER];
	struct stat	st;
	int		rc;

	if (fstat(s->fd, &st) == -1)
		return (-1);
	if (!S_ISREG(st.st_mode)) {
		errno = EBADMSG;
		return (-1);
	}
	if ((rc = read_whole(s->fd, h, sizeof(h), 0)) == -1)
		return (-1);
	if (rc == 0 || get_le32(h) != MAGIC ||
	    get_le32(h + 4) != SUMS_VERSION || get_le32(h + 8) != s->page_len ||
	    get_le32(h + 28) != crc32c(0, h, 28) ||
	    (st.st_size - HEADER) % ENTRY != 0) {
		errno = EBADMSG;
		return (-1);
	}
	s->last_change = get_le64(h + 12);
	s->pages = (uint64_t)(st.st_size - HEADER) / ENTRY;
	return (0);
}

static int
header_write(struct sums *s)
{
	uint8_t	h[HEADER] = { 0 };

	put_le32(h, MAGIC);
	put_le32(h + 4, SUMS_VERSION);
	put_le32(h + 8, (uint32_t)s->page_len);
	put_le64(h + 12, s->last_change);
	put_le32(h + 28, crc32c(0, h, 28));
	if (write_at(s->fd, h, sizeof(h), 0) == -1)
		return (-1);
	s->header_changed = false;
	return (0);
}

static struct sums *
sums_new(int dir, const char *name, size_t page_len, int flags)
{
	struct sums	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->page_len = page_len;
	s->fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    MODE);
	if (s->fd != -1)
		return (s);
	free(s);
	return (NULL);
}

struct sums *
sums_open(int dir, size_t page_len, int flags)
{
	struct sums	*s = sums_new(dir, SUMS_NAME, page_len, flags);
	int		 saved;

	/* A directory or a link, which somebody put there, is damage. */
	if (s == NULL && (errno == EISDIR || is_refused_link(errno)))
		errno = EBADMSG;
	if (s == NULL || header_read(s) == 0)
		return (s);
	saved = errno;
	sums_close(s);
	errno = saved;
	return (NULL);
}

void
sums_close(struct sums *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s);
}

uint64_t
sums_pages(const struct sums *s)
{
	return (s->pages);
}

uint64_t
sums_last_change(const struct sums *s)
{
	return (s->last_change);
}

int
sums_forget_changes(struct sums *s)
{
	s->last_change = 0;
	s->header_changed = true;
	return (sums_sync(s));
}

/* ---- one page ---- */

int
sums_match(struct sums *s, uint64_t number, const void *page)
{
	uint8_t	entry[ENTRY];
	int	rc;

	if (number >= s->pages)
		return (is_zero(page, s->page_len));
	if ((rc = read_whole(s->fd, entry, sizeof(entry),
	    place_of(number))) != 1)
		return (rc);
	if (get_le64(entry) == 0)
		return (is_zero(page, s->page_len));
	return (get_le64(entry) == sum_of(s, number, page));
}

int
sums_set(struct sums *s, uint64_t number, const void *page)
{
	uint8_t	entry[ENTRY];

	put_le64(entry, sum_of(s, number, page));
	if (write_at(s->fd, entry, sizeof(entry), place_of(number)) == -1)
		return (-1);
	if (number >= s->pages)
		s->pages = number + 1;
	if (change_of(page) > s->last_change) {
		s->last_change = change_of(page);
		s->header_changed = true;
	}
	return (0);
}

int
sums_sync(struct sums *s)
{
	if (s->header_changed && header_write(s) == -1)
		return (-1);
	return (fdatasync(s->fd));
}

int
sums_cut(struct sums *s, uint64_t pages)
{
	if (pages >= s->pages)
		return (0);
	if (ftruncate(s->fd, place_of(pages)) == -1)
		return (-1);
	s->pages = pages;
	return (0);
}

/* ---- making the file ---- */

/* Add the next page.  Returns 1, 0 at the end, or -1 with errno. */
static int
add_page(struct sums *s, int database, uint8_t *page)
{
	uint64_t	number = s->pages;
	int		rc;

	rc = read_whole(database, page, s->page_len,
	    (off_t)(number * s->page_len));
	if (rc != 1)
		return (rc);
	if (is_zero(page, s->page_len)) {
		s->pages++;
		return (ftruncate(s->fd, place_of(s->pages)) == -1 ? -1 : 1);
	}
	if (has_number(page, number))
		return (sums_set(s, number, page) == -1 ? -1 : 1);
	errno = EBADMSG;
	return (-1);
}

static int
add_all(struct sums *s, int database)
{
	uint8_t	*page;
	int	 rc;

	if ((page = malloc(s->page_len)) == NULL)
		return (-1);
	while ((rc = add_page(s, database, page)) == 1)
		;
	free(page);
	return (rc);
}

static int
take_its_place(struct sums *s, int dir)
{
	if (header_write(s) == -1 || fsync(s->fd) == -1 ||
	    renameat(dir, SUMS_NEW, dir, SUMS_NAME) == -1)
		return (-1);
	return (fsync(dir));
}

struct sums *
sums_make(int dir, size_t page_len, int database, uint64_t *bad)
{
	struct sums	*s;
	int		 saved;

	*bad = 0;
	if (unlinkat(dir, SUMS_NEW, 0) == -1 && errno != ENOENT)
		return (NULL);
	s = sums_new(dir, SUMS_NEW, page_len, O_RDWR | O_CREAT | O_EXCL);
	if (s == NULL)
		return (NULL);
	if (add_all(s, database) == 0 && take_its_place(s, dir) == 0)
		return (s);
	saved = errno;
	*bad = s->pages;
	sums_close(s);
	(void)unlinkat(dir, SUMS_NEW, 0);
	errno = saved;
	return (NULL);
}
