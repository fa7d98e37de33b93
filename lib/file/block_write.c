/*
 * Writing a block: segments, trailer, and the header last.  Memory does not
 * grow with the number of rows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "block_header.h"
#include "segment.h"

/*
 * The sum of all rows, in one look at each.  A key out of order would make
 * the block unreadable: better no block.
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

/* Write all segments from `offset' on and count them and their octets. */
static int
write_body(int fd, off_t offset, struct block_header *h,
    const struct flow *const *rows, size_t nrows)
{
	struct segment_writer	*w;
	const uint8_t		*octets;
	size_t			 n, len;
	int			 rc = 0;

	w = segment_writer_new(nrows < SEG_ROWS ? nrows : SEG_ROWS);
	if (w == NULL)
		return (-1);
	for (; nrows > 0 && rc == 0; rows += n, nrows -= n) {
		n = nrows < SEG_ROWS ? nrows : SEG_ROWS;
		octets = segment_encode(w, rows, n, h->segments++, &len);
		rc = write_at(fd, octets, len, offset + (off_t)h->body);
		h->body += len;
	}
	segment_writer_free(w);
	return (rc);
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

int64_t
block_write(int fd, off_t offset, struct block_info *info,
    const struct flow *const *rows, size_t nrows)
{
	struct block_header	*h;
	int64_t			 length = -1;

	if (!sum_rows(rows, nrows, &info->total)) {
		errno = EINVAL;
		return (-1);
	}
	info->rows = nrows;
	if ((h = calloc(1, sizeof(*h))) == NULL)
		return (-1);
	h->info = *info;
	h->length = (uint32_t)header_size(info);
	if (h->length == 0)
		errno = EINVAL;
	else if (write_body(fd, offset + h->length, h, rows, nrows) == 0 &&
	    write_ends(fd, offset, h) == 0)
		length = (int64_t)block_span(h);
	free(h);
	return (length);
}
