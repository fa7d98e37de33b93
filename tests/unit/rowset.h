/*
 * For tests of blocks and files: pseudo-random sets of rows, block headers,
 * temporary files, and comparison.
 */
#ifndef ROWSET_H
#define ROWSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/block.h"

struct rowset {
	struct flow		*row;
	const struct flow	**sorted;	/* without repeated keys */
	size_t			 n;
};

enum rowset_kind {
	ROWS_IP4,		/* few hosts, as in a small network */
	ROWS_IP6,
	ROWS_MIXED,		/* all families, flags and protocols */
	ROWS_EXTREME		/* any address and any count */
};

/* The next pseudo-random number after *state. */
uint64_t	 random_next(uint64_t *state);

/* About n rows; the same seed gives the same rows. */
void		 rowset_make(struct rowset *, size_t n, enum rowset_kind,
		    uint64_t seed);
void		 rowset_free(struct rowset *);

/* A header with every field set, by the numbers given. */
void		 info_make(struct block_info *, uint64_t instance,
		    uint64_t epoch, uint64_t epoch_first);

/* Do all rows of the block equal the set? */
bool		 block_equals(struct block *, const struct rowset *);

/* An unnamed file; aborts the test if there is none. */
int		 scratch_file(void);

#endif
