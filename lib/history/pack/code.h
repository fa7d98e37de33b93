/*
 * Codes a number as a symbol of one byte, which compresses well, and the bits
 * after it, which do not compress.  Does no I/O.  Private to the packs of the
 * history.
 */
#ifndef HISTORY_CODE_H
#define HISTORY_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* Bits being written into bytes, the lowest bit first. */
struct bits_out {
	uint8_t		*p;
	uint64_t	 word;
	unsigned	 held;		/* bits in the word, below 8 */
};

/*
 * Bits being read.  `past' is set if there are too few bits or the symbol is
 * invalid.
 */
struct bits_in {
	const uint8_t	*p;
	const uint8_t	*end;
	uint64_t	 word;
	unsigned	 held;
	bool		 past;
};

/*
 * A number below 2^direct is its own symbol.  The symbol of a larger number
 * tells its length in bits and the `fine' bits after its first bit.
 */
struct code {
	unsigned	direct;
	unsigned	fine;		/* <= direct; symbols fit a byte */
};

extern const struct code	code_of_sizes;	/* few numbers are equal */
extern const struct code	code_of_heads;	/* most numbers are equal */

/*
 * code_put() returns the symbol and writes the other bits; code_get() reads
 * them.
 */
uint8_t		 code_put(struct bits_out *, const struct code *, uint64_t);
uint64_t	 code_get(struct bits_in *, const struct code *,
		    uint8_t symbol);

/*
 * A number below `limit' (1 or more), if any value is equally likely: it has
 * bits, but no symbol.
 */
void		 code_put_below(struct bits_out *, uint64_t limit, uint64_t);
uint64_t	 code_get_below(struct bits_in *, uint64_t limit);

/* Write the last byte, filled up with zero bits. */
void		 code_end(struct bits_out *);

#endif
