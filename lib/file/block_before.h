/*
 * The block that ends at a place in a file, and where it is.  No state; any
 * thread.
 */
#ifndef BLOCK_BEFORE_H
#define BLOCK_BEFORE_H

#include <sys/types.h>
#include <stdint.h>

/* A whole block; instance and epoch are 0 when its version is unknown. */
struct block_place {
	off_t		offset;
	off_t		end;
	uint64_t	instance;
	uint64_t	epoch;
	uint32_t	checksum;	/* of its header */
};

/*
 * The whole block that ends at `end' exactly.  Returns 1; 0 if there is none;
 * -1 with errno.
 */
int	block_before(int fd, off_t end, struct block_place *);

/*
 * The same, for who looks for blocks of *instance (NULL: any): the body of
 * another one is not read, its header and trailer are enough.
 */
int	block_before_of(int fd, off_t end, const uint64_t *instance,
	    struct block_place *);

#endif
