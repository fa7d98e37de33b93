/*
 * The header and trailer of a block, in memory and on disk.  Private to the
 * modules that read and write blocks.
 */
#ifndef BLOCK_HEADER_H
#define BLOCK_HEADER_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "block.h"
#include "block_format.h"

struct block_header {
	uint32_t		 length;	/* of the header itself */
	uint32_t		 crc;
	uint32_t		 segments;
	uint32_t		 owners;	/* bytes of the body that are
						   the table; 0: none */
	uint64_t		 body;		/* bytes */
	struct block_info	 info;
};

/* Length of the header for this info in bytes; 0 if a text has no NUL. */
size_t		 header_size(const struct block_info *);

/* Encode h into out[h->length], length being header_size().  Sets h->crc. */
void		 header_put(struct block_header *h, uint8_t *out);

/* Length of the whole block in bytes. */
uint64_t	 block_span(const struct block_header *);

/* Encode and decode TRL_FIXED bytes.  False if the checksum is wrong. */
void		 trailer_put(const struct block_header *, uint8_t *out);
bool		 trailer_get(const uint8_t *p, uint64_t *length,
		    uint32_t *header_crc);

/*
 * Read the header at `offset' of a file of `size' bytes.  Returns BLOCK_OK, or
 * what is wrong: BLOCK_END at the end of the file, BLOCK_IO with errno, and
 * BLOCK_CUT with h->length set if the header is valid but the file ends inside
 * the block.  Sets length and body if it returns BLOCK_OK or BLOCK_NEWER;
 * after any other error h->length is 0.
 */
enum block_error header_read(int fd, off_t offset, off_t size,
		    struct block_header *h);

#endif
