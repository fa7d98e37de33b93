/*
 * Finds the block before an offset of a file by its trailer.
 */
#include <errno.h>
#include <string.h>

#include "base/regular.h"
#include "block_before.h"
#include "block_header.h"

/* Check the body of the block.  Returns 1, 0 or -1 as block_before(). */
static int
check_block(int fd, struct block_place *t)
{
	struct block		*b;
	enum block_error	 e;

	e = block_open(fd, t->offset, &b);
	if (e == BLOCK_OK && (e = block_verify(b)) == BLOCK_OK) {
		t->instance = block_info(b)->instance;
		t->epoch = block_info(b)->epoch;
	}
	block_free(b);
	/* A block of a newer version counts as whole: it must not be cut. */
	return (e == BLOCK_IO ? -1 : e == BLOCK_OK || e == BLOCK_NEWER);
}

int
block_before_of(int fd, off_t end, const uint64_t *instance,
    struct block_place *t)
{
	struct block_header	h;
	uint8_t			trailer[TRL_FIXED];
	uint64_t		length;
	uint32_t		crc;

	memset(t, 0, sizeof(*t));
	if (end < HDR_FIXED + TRL_FIXED)
		return (0);
	if (read_at(fd, trailer, sizeof(trailer),
	    end - (off_t)sizeof(trailer)) == -1)
		return (errno == 0 ? 0 : -1);
	if (!trailer_get(trailer, &length, &crc) ||
	    length > (uint64_t)end || length < HDR_FIXED + TRL_FIXED)
		return (0);
	t->end = end;
	t->offset = end - (off_t)length;
	switch (header_read(fd, t->offset, end, &h)) {
	case BLOCK_OK:
	case BLOCK_NEWER:
		break;
	case BLOCK_IO:
		return (-1);
	default:
		return (0);
	}
	if (h.crc != crc || block_span(&h) != length)
		return (0);
	t->checksum = crc;
	if (instance != NULL && h.info.instance != *instance) {
		t->instance = h.info.instance;
		t->epoch = h.info.epoch;
		return (1);
	}
	return (check_block(fd, t));
}

int
block_before(int fd, off_t end, struct block_place *t)
{
	return (block_before_of(fd, end, NULL, t));
}
