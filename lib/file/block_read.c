/*
 * Reads a block: its header, its table of owners, then its rows, a segment at a
 * time.  No value in the file is used before its checksum and its range have
 * been checked.  At most 16 MiB are allocated, whatever the file contains, and
 * 42 MiB for a table of owners.
 */
#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/regular.h"
#include "block_header.h"
#include "owner_table.h"
#include "segment.h"

struct block {
	int			 fd;
	off_t			 offset;
	struct block_header	 header;
	struct segment_reader	*reader;
	uint8_t			*octets;	/* of the segment read last */
	size_t			 size;		/* allocated at octets */
	uint32_t		 next;		/* segment to read next */
	uint64_t		 at;		/* its offset in the body */
	struct owners		*owners;	/* NULL: none, or not read */
};

const char *
block_strerror(enum block_error e)
{
	static const char *const names[] = {
		[BLOCK_OK] = "no error",
		[BLOCK_END] = "end of file",
		[BLOCK_CUT] = "incomplete block",
		[BLOCK_ALIEN] = "not a block of trafd",
		[BLOCK_DAMAGED] = "damaged block",
		[BLOCK_NEWER] = "block of a newer version",
		[BLOCK_IO] = "read error",
	};

	return (names[e]);
}

static enum block_error
read_error(void)
{
	return (errno == 0 ? BLOCK_CUT : BLOCK_IO);
}

/* If header and trailer disagree, bytes were removed or inserted. */
static enum block_error
check_trailer(const struct block *b)
{
	uint8_t		tail[TRL_FIXED];
	uint64_t	length;
	uint32_t	crc;

	if (read_at(b->fd, tail, sizeof(tail), b->offset +
	    (off_t)(block_span(&b->header) - sizeof(tail))) == -1)
		return (read_error());
	if (!trailer_get(tail, &length, &crc) || crc != b->header.crc ||
	    length != block_span(&b->header))
		return (BLOCK_DAMAGED);
	return (BLOCK_OK);
}

enum block_error
block_open(int fd, off_t offset, struct block **out)
{
	struct stat		 st;
	struct block		*b;
	enum block_error	 e;

	*out = NULL;
	if (fstat(fd, &st) == -1 || (b = calloc(1, sizeof(*b))) == NULL)
		return (BLOCK_IO);
	e = header_read(fd, offset, st.st_size, &b->header);
	b->fd = fd;
	b->offset = offset;
	b->at = b->header.owners;
	if (e == BLOCK_OK)
		e = check_trailer(b);
	if (e == BLOCK_OK && (b->reader = segment_reader_new()) == NULL)
		e = BLOCK_IO;
	if (e == BLOCK_OK)
		*out = b;
	else
		block_free(b);
	return (e);
}

void
block_free(struct block *b)
{
	if (b == NULL)
		return;
	segment_reader_free(b->reader);
	owners_free(b->owners);
	free(b->octets);
	free(b);
}

const struct block_info *
block_info(const struct block *b)
{
	return (&b->header.info);
}

const struct owners *
block_owners(const struct block *b)
{
	return (b->owners);
}

off_t
block_offset(const struct block *b)
{
	return (b->offset);
}

int64_t
block_length(const struct block *b)
{
	return ((int64_t)block_span(&b->header));
}

static enum block_error
make_room(struct block *b, size_t len)
{
	void	*p;

	if (len <= b->size)
		return (BLOCK_OK);
	if ((p = realloc(b->octets, len)) == NULL)
		return (BLOCK_IO);
	b->octets = p;
	b->size = len;
	return (BLOCK_OK);
}

/* Read the table of owners, unless that is done. */
static enum block_error
load_owners(struct block *b)
{
	enum block_error	e;
	size_t			len = b->header.owners;

	if (len == 0 || b->owners != NULL)
		return (BLOCK_OK);
	if ((e = make_room(b, len)) != BLOCK_OK)
		return (e);
	if (read_at(b->fd, b->octets, len, b->offset +
	    (off_t)b->header.length) == -1)
		return (read_error());
	e = owner_table_decode(b->octets, len, &b->owners);
	b->header.info.owners = b->owners;
	return (e);
}

/* Read segment b->next and begin to decode it. */
static enum block_error
load_segment(struct block *b)
{
	off_t			 from;
	uint8_t			 head[4];
	enum block_error	 e;
	size_t			 len;
	uint64_t		 left = b->header.body - b->at;

	from = b->offset + (off_t)(b->header.length + b->at);
	if (left < SEG_FIXED)
		return (BLOCK_DAMAGED);
	if (read_at(b->fd, head, sizeof(head), from + SEG_LENGTH) == -1)
		return (read_error());
	len = get_le32(head);
	if (len < SEG_FIXED || len > SEG_MAX || len > left)
		return (BLOCK_DAMAGED);
	if ((e = make_room(b, len)) != BLOCK_OK)
		return (e);
	if (read_at(b->fd, b->octets, len, from) == -1)
		return (read_error());
	e = segment_decode(b->reader, b->octets, len, b->next);
	if (e == BLOCK_OK) {
		b->at += len;
		b->next++;
	}
	return (e);
}

enum block_error
block_rows(struct block *b, const struct flow **rows, size_t *n)
{
	enum block_error	e;

	if ((e = load_owners(b)) != BLOCK_OK)
		return (e);
	for (;;) {
		e = segment_rows(b->reader, rows, n);
		if (e != BLOCK_OK || *n > 0 || b->next == b->header.segments)
			return (e);
		if ((e = load_segment(b)) != BLOCK_OK)
			return (e);
	}
}

/* What block_read() adds up to compare with the header. */
struct sums {
	uint64_t		rows;
	struct flow_count	total;
	struct flow_key		last;
};

static enum block_error
check_rows(struct sums *s, const struct flow *rows, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++) {
		if (s->rows++ > 0 && flow_key_cmp(i == 0 ? &s->last :
		    &rows[i - 1].key, &rows[i].key) >= 0)
			return (BLOCK_DAMAGED);
		flow_count_add(&s->total, &rows[i].count);
	}
	s->last = rows[n - 1].key;
	return (BLOCK_OK);
}

/* Return to the first row.  A single segment need not be decoded again. */
static void
rewind_rows(struct block *b)
{
	if (b->header.segments == 1 && b->next == 1) {
		segment_rewind(b->reader);
		return;
	}
	segment_reset(b->reader);
	b->next = 0;
	b->at = b->header.owners;
}

enum block_error
block_read(struct block *b, block_rows_fn *fn, void *arg)
{
	const struct flow_count	*want = &b->header.info.total;
	struct sums		 s = { 0 };
	const struct flow	*rows;
	enum block_error	 e;
	size_t			 n;

	rewind_rows(b);
	while ((e = block_rows(b, &rows, &n)) == BLOCK_OK && n > 0) {
		if ((e = check_rows(&s, rows, n)) != BLOCK_OK)
			return (e);
		if (fn != NULL)
			fn(arg, rows, n);
	}
	if (e != BLOCK_OK)
		return (e);
	if (b->at != b->header.body || s.rows != b->header.info.rows ||
	    s.total.packets != want->packets ||
	    s.total.data != want->data || s.total.ip != want->ip)
		return (BLOCK_DAMAGED);
	rewind_rows(b);
	return (BLOCK_OK);
}

enum block_error
block_verify(struct block *b)
{
	return (block_read(b, NULL, NULL));
}
