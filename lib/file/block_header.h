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
	uint64_t		 body;		/* octets */
	struct block_info	 info;
};

/* Octets that the header for this info takes; 0 if a text has no end. */
size_t		 header_size(const struct block_info *);

/* Encode h, whose length is header_size(), into out; sets h->crc. */
void		 header_put(struct block_header *h, uint8_t *out);

/*
 * Decode a header from the n octets at p, as many as the file has but no
 * more than HDR_MAX are needed.  BLOCK_OK, or what is wrong.  length and body
 * are set for BLOCK_OK and BLOCK_NEWER, and h->length is 0 otherwise.
 */
enum block_error header_get(struct block_header *h, const uint8_t *p,
		    size_t n);

/* Octets of the whole block. */
uint64_t	 block_span(const struct block_header *);

void		 trailer_put(const struct block_header *, uint8_t *out);
bool		 trailer_get(const uint8_t *p, uint64_t *length,
		    uint32_t *header_crc);

/*
 * Read the header at `offset' of a file of `size' octets.  As header_get(),
 * and BLOCK_END at the end, BLOCK_IO, or BLOCK_CUT with h->length set when
 * the header is sound but the file ends inside the block.
 */
enum block_error header_read(int fd, off_t offset, off_t size,
		    struct block_header *h);

#endif
