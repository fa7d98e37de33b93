/*
 * Finds the block that ends at an offset of a file.  No state; any thread.
 */
#ifndef BLOCK_BEFORE_H
#define BLOCK_BEFORE_H

#include <sys/types.h>
#include <stdint.h>

/* A whole block; instance and epoch are 0 if its version is unknown. */
struct block_place {
	off_t		offset;
	off_t		end;
	uint64_t	instance;
	uint64_t	epoch;
	uint32_t	checksum;	/* of its header */
};

/*
 * Find the whole block that ends exactly at the offset `end'.  Returns 1, 0 if
 * there is none, or -1 with errno.
 */
int	block_before(int fd, off_t end, struct block_place *);

/*
 * The same, for a caller that searches for blocks of *instance (NULL: any).
 * Of a block of another instance only header and trailer are checked.
 */
int	block_before_of(int fd, off_t end, const uint64_t *instance,
	    struct block_place *);

#endif
