/*
 * Reads a file of blocks from start to end, one block at a time, and skips
 * what is damaged.  Uses pread(2) only: other processes may write to the file,
 * move it or cut it meanwhile.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "block_before.h"
#include "block_header.h"
#include "savefile.h"

#define SCAN	65536

struct savefile {
	int			 fd;
	off_t			 size;
	off_t			 at;
	struct block		*block;		/* returned last */
	struct savefile_damage	 bad;		/* skipped, not yet reported */
	savefile_damage_fn	*on_damage;
	void			*arg;
	uint8_t			 scan[SCAN];
};

/* Ownership of fd passes to this function, also if it fails. */
static struct savefile *
reader_new(int fd)
{
	struct savefile	*s;
	struct stat	 st;
	int		 saved;

	if (fd == -1)
		return (NULL);
	if (fstat(fd, &st) == 0 && (s = calloc(1, sizeof(*s))) != NULL) {
		s->fd = fd;
		s->size = st.st_size;
		return (s);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return (NULL);
}

struct savefile *
savefile_open(int dirfd, const char *path)
{
	return (reader_new(open_regular(dirfd, path, O_RDONLY)));
}

struct savefile *
savefile_of_fd(int fd)
{
	return (reader_new(fcntl(fd, F_DUPFD_CLOEXEC, 0)));
}

void
savefile_close(struct savefile *s)
{
	if (s == NULL)
		return;
	block_free(s->block);
	close(s->fd);
	free(s);
}

void
savefile_on_damage(struct savefile *s, savefile_damage_fn *fn, void *arg)
{
	s->on_damage = fn;
	s->arg = arg;
}

off_t
savefile_size(const struct savefile *s)
{
	return (s->size);
}

off_t
savefile_tell(const struct savefile *s)
{
	return (s->at);
}

bool
savefile_resume(struct savefile *s, const struct savefile_place *p)
{
	struct block_place	t;

	if (p->offset > s->size || block_before(s->fd, p->offset, &t) != 1 ||
	    t.instance != p->instance || t.epoch != p->epoch ||
	    (p->has_checksum && t.checksum != p->checksum))
		return (false);
	s->at = p->offset;
	return (true);
}

/* Is there a header with a matching checksum?  1, 0, or -1 with errno. */
static int
sound_header(struct savefile *s, off_t at, struct block_header *h)
{
	if (header_read(s->fd, at, s->size, h) == BLOCK_IO)
		return (-1);
	return (h->length != 0);
}

/*
 * Find the first valid header in the n bytes of s->scan, which begin at the
 * offset `from' of the file.  Returns 1 and sets s->at, 0, or -1 with errno.
 */
static int
scan_octets(struct savefile *s, off_t from, size_t n)
{
	struct block_header	 h;
	const uint8_t		*p = s->scan, *end = s->scan + n;
	int			 rc;

	for (; end - p >= BLOCK_MAGIC_LEN; p++) {
		p = memchr(p, BLOCK_MAGIC[0] & 0xff,
		    (size_t)(end - p) - BLOCK_MAGIC_LEN + 1);
		if (p == NULL)
			break;
		if (memcmp(p, BLOCK_MAGIC, BLOCK_MAGIC_LEN) != 0)
			continue;
		if ((rc = sound_header(s, from + (p - s->scan), &h)) != 0) {
			s->at = from + (p - s->scan);
			return (rc);
		}
	}
	return (0);
}

/* Go to the first valid header at `from' or later, or to the end. */
static int
resync(struct savefile *s, off_t from)
{
	size_t	n;
	int	rc;

	for (;;) {
		/* Skip holes, which have no magic and may be huge. */
		from = next_data(s->fd, from, s->size);
		if (s->size - from < BLOCK_MAGIC_LEN)
			break;
		n = s->size - from < SCAN ? (size_t)(s->size - from) : SCAN;
		if (read_at(s->fd, s->scan, n, from) == -1) {
			if (errno != 0)
				return (-1);
			break;		/* the file was cut meanwhile */
		}
		if ((rc = scan_octets(s, from, n)) != 0)
			return (rc == 1 ? 0 : -1);
		/* A magic may begin in this chunk and end in the next. */
		from += (off_t)n - (BLOCK_MAGIC_LEN - 1);
	}
	s->at = s->size;
	return (0);
}

/*
 * Skip what is at s->at.  The length in a valid header is used only if another
 * valid header or the end of the file follows there: blocks that were written
 * over an incomplete one must be found.
 */
static int
skip(struct savefile *s, enum block_error why)
{
	struct block_header	h, next;
	off_t			from = s->at, end;
	int			rc;

	if (s->bad.length == 0) {
		/* BLOCK_END here: the file was cut meanwhile. */
		s->bad.why = why == BLOCK_END ? BLOCK_CUT : why;
		s->bad.offset = from;
	}
	if ((rc = sound_header(s, from, &h)) == -1)
		return (-1);
	end = rc == 1 && block_span(&h) <= (uint64_t)(s->size - from) ?
	    from + (off_t)block_span(&h) : 0;
	if (end != 0 && end < s->size && (rc = sound_header(s, end,
	    &next)) != 1)
		end = 0;
	if (rc == -1)
		return (-1);
	if (end != 0)
		s->at = end;
	else if (resync(s, from + (h.length != 0 ? h.length : 1)) == -1)
		return (-1);
	s->bad.length = s->at - s->bad.offset;
	return (0);
}

/* Report the range that has been skipped, if any. */
static void
report(struct savefile *s)
{
	struct savefile_damage	bad = s->bad;

	memset(&s->bad, 0, sizeof(s->bad));
	if (bad.length > 0 && s->on_damage != NULL)
		s->on_damage(s->arg, &bad);
}

int
savefile_next(struct savefile *s, bool whole, struct block **out)
{
	enum block_error	e;

	for (*out = NULL; s->at < s->size;) {
		block_free(s->block);
		e = block_open(s->fd, s->at, &s->block);
		if (e == BLOCK_OK && whole)
			e = block_verify(s->block);
		if (e == BLOCK_OK) {
			report(s);
			s->at += block_length(s->block);
			*out = s->block;
			return (1);
		}
		if (e == BLOCK_IO || skip(s, e) == -1)
			return (-1);
	}
	report(s);
	return (0);
}

int
savefile_dump(struct savefile *s, struct block **b)
{
	int	rc = savefile_next(s, true, b);

	if (rc == -1 || (rc == 0 && s->size == 0))
		return (rc);
	if (rc == 1 && block_info(*b)->kind == BLOCK_DUMP &&
	    block_offset(*b) == 0 && block_length(*b) == s->size)
		return (1);
	errno = EBADMSG;
	return (-1);
}
