/*
 * Writes a block: segments, trailer, and the header last.  The memory needed
 * grows with the number of threads, not with that of the rows.  Each thread
 * encodes one segment after the other.  Segments are written in their order.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/regular.h"
#include "block_header.h"
#include "owner_table.h"
#include "segment.h"

/*
 * Add up all rows and check their order.  False if a key is out of order: the
 * block would be unreadable.
 */
static bool
sum_rows(const struct flow *const *rows, size_t n, struct flow_count *sum)
{
	size_t	i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < n; i++) {
		if (i > 0 &&
		    flow_key_cmp(&rows[i - 1]->key, &rows[i]->key) >= 0)
			return (false);
		flow_count_add(sum, &rows[i]->count);
	}
	return (true);
}

struct block_writer {
	struct block_header	 header;
	struct segment_writer	*segments;
};

/* The segments, shared by all threads. */
struct body {
	int			 fd;
	off_t			 offset;	/* of the next segment */
	const struct flow *const *rows;
	size_t			 nrows;
	uint32_t		 segments;
	struct segment_writer	*kept;		/* or NULL */
	/* The lock protects these and the offset. */
	pthread_mutex_t		 lock;
	pthread_cond_t		 turn;
	uint32_t		 begun;
	uint32_t		 written;
	int			 error;		/* errno of the first failure */
};

/* Wait until all segments before `number' are written, then write it. */
static void
write_segment(struct body *b, uint32_t number, const uint8_t *octets,
    size_t len)
{
	while (b->written != number && b->error == 0)
		(void)pthread_cond_wait(&b->turn, &b->lock);
	if (b->error == 0 && write_at(b->fd, octets, len, b->offset) == -1)
		b->error = errno;
	b->offset += (off_t)len;
	b->written++;
	(void)pthread_cond_broadcast(&b->turn);
}

/* The work of a thread.  If it gets no memory, the other threads do it. */
static void
write_segments(void *arg, unsigned int thread)
{
	struct body		*b = arg;
	const size_t		 most =
	    b->nrows < SEG_ROWS ? b->nrows : SEG_ROWS;
	struct segment_writer	*w = b->kept != NULL ? b->kept :
	    segment_writer_new(most);
	const uint8_t		*octets;
	size_t			 at, len;
	uint32_t		 number;

	(void)thread;
	(void)pthread_mutex_lock(&b->lock);
	while (w != NULL && b->error == 0 && b->begun < b->segments) {
		number = b->begun++;
		(void)pthread_mutex_unlock(&b->lock);
		at = (size_t)number * SEG_ROWS;
		octets = segment_encode(w, b->rows + at,
		    b->nrows - at < most ? b->nrows - at : most, number, &len);
		(void)pthread_mutex_lock(&b->lock);
		write_segment(b, number, octets, len);
	}
	(void)pthread_mutex_unlock(&b->lock);
	if (b->kept == NULL)
		segment_writer_free(w);
}

/* Write all segments from `offset' on.  Sets h->segments and h->body. */
static int
write_body(int fd, off_t offset, struct block_header *h,
    const struct flow *const *rows, size_t nrows, unsigned int threads,
    struct segment_writer *kept)
{
	struct body	b = { .fd = fd, .offset = offset, .rows = rows,
			    .nrows = nrows, .kept = kept };

	b.segments = (uint32_t)((nrows + SEG_ROWS - 1) / SEG_ROWS);
	(void)pthread_mutex_init(&b.lock, NULL);
	(void)pthread_cond_init(&b.turn, NULL);
	parallel_run(write_segments, &b, threads < b.segments ? threads :
	    b.segments);
	(void)pthread_cond_destroy(&b.turn);
	(void)pthread_mutex_destroy(&b.lock);
	h->segments = b.segments;
	h->body = h->owners + (uint64_t)(b.offset - offset);
	if (b.error == 0 && b.written == b.segments)
		return (0);
	errno = b.error == 0 ? ENOMEM : b.error;
	return (-1);
}

static int
write_ends(int fd, off_t offset, struct block_header *h)
{
	uint8_t	head[HDR_MAX], tail[TRL_FIXED];

	header_put(h, head);
	trailer_put(h, tail);
	if (write_at(fd, tail, sizeof(tail), offset +
	    (off_t)(block_span(h) - sizeof(tail))) == -1)
		return (-1);
	return (write_at(fd, head, h->length, offset));
}

/* Write the table of owners, if the rows need one.  Sets h->owners. */
static int
write_owners(int fd, off_t offset, struct block_header *h,
    const struct flow *const *rows, size_t nrows)
{
	uint8_t	*table;
	int64_t	 len;
	int	 rc;

	h->owners = 0;
	if (h->info.owners == NULL)
		return (0);
	len = owner_table_encode(h->info.owners, rows, nrows, &table);
	if (len <= 0)
		return ((int)len);
	h->owners = (uint32_t)len;
	rc = write_at(fd, table, (size_t)len, offset);
	free(table);
	return (rc);
}

/* h is work memory; segments may be NULL, then there may be threads. */
static int64_t
write_with(struct block_header *h, struct segment_writer *segments, int fd,
    off_t offset, struct block_info *info, const struct flow *const *rows,
    size_t nrows, unsigned int threads)
{
	off_t	body;
	int64_t	length = -1;

	if (!sum_rows(rows, nrows, &info->total)) {
		errno = EINVAL;
		return (-1);
	}
	info->rows = nrows;
	h->info = *info;
	h->length = (uint32_t)header_size(info);
	body = offset + h->length;
	if (h->length == 0)
		errno = EINVAL;
	else if (write_owners(fd, body, h, rows, nrows) == 0 &&
	    write_body(fd, body + h->owners, h, rows, nrows, threads,
	    segments) == 0 && write_ends(fd, offset, h) == 0)
		length = (int64_t)block_span(h);
	/* Also if it failed: the header may be there all the same. */
	info->checksum = h->crc;
	return (length);
}

int64_t
block_write_by(int fd, off_t offset, struct block_info *info,
    const struct flow *const *rows, size_t nrows, unsigned int threads)
{
	struct block_header	*h;
	int64_t			 length;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		return (-1);
	length = write_with(h, NULL, fd, offset, info, rows, nrows, threads);
	free(h);
	return (length);
}

int64_t
block_write(int fd, off_t offset, struct block_info *info,
    const struct flow *const *rows, size_t nrows)
{
	return (block_write_by(fd, offset, info, rows, nrows, 1));
}

struct block_writer *
block_writer_new(size_t most)
{
	struct block_writer	*w;

	if ((w = calloc(1, sizeof(*w))) == NULL || (w->segments =
	    segment_writer_new(most < SEG_ROWS ? most : SEG_ROWS)) == NULL) {
		free(w);
		errno = ENOMEM;
		return (NULL);
	}
	return (w);
}

void
block_writer_free(struct block_writer *w)
{
	if (w != NULL)
		segment_writer_free(w->segments);
	free(w);
}

int64_t
block_writer_put(struct block_writer *w, int fd, off_t offset,
    struct block_info *info, const struct flow *const *rows, size_t nrows)
{
	return (write_with(&w->header, w->segments, fd, offset, info, rows,
	    nrows, 1));
}
