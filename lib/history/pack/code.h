/*
 * Numbers as a symbol of one octet, which a compressor makes short, and the
 * bits behind it, which nothing makes shorter.  Memory only.  Private to the
 * packs of the history.
 */
#ifndef HISTORY_CODE_H
#define HISTORY_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* Bits on their way to octets, the lowest first. */
struct bits_out {
	uint8_t		*p;
	uint64_t	 word;
	unsigned	 held;		/* bits in the word, below 8 */
};

/* And back; `past' is set where there were too few or no such symbol. */
struct bits_in {
	const uint8_t	*p;
	const uint8_t	*end;
	uint64_t	 word;
	unsigned	 held;
	bool		 past;
};

/*
 * Numbers below 2^direct are their own symbol.  Of larger ones the symbol
 * tells how long they are in bits and `fine' bits behind the first one.
 */
struct code {
	unsigned	direct;
	unsigned	fine;		/* <= direct; symbols fit an octet */
};

extern const struct code	code_of_sizes;	/* few are alike */
extern const struct code	code_of_heads;	/* most are the same */

uint8_t		 code_put(struct bits_out *, const struct code *, uint64_t);
uint64_t	 code_get(struct bits_in *, const struct code *,
		    uint8_t symbol);

/* A number below `limit' (1 or more) that may be any: bits alone. */
void		 code_put_below(struct bits_out *, uint64_t limit, uint64_t);
uint64_t	 code_get_below(struct bits_in *, uint64_t limit);

/* The last octet, filled up with zeros. */
void		 code_end(struct bits_out *);

#endif
