/*
 * Blocks of an account as the history notes them; drawn in known.c.  Private
 * to known.c and known_all.c.
 */
#ifndef HISTORY_KNOWN_H
#define HISTORY_KNOWN_H

#include "history_impl.h"

#define CHUNK_MOST	128		/* blocks */
#define CHUNK_ENTRY	(HISTORY_NUMBER_MAX + 8)
#define CHUNK_MAX	(8 + CHUNK_MOST * CHUNK_ENTRY)
#define AGAIN_OCTETS	((size_t)3 * 8)

/* The generations of a block. */
struct epochs {
	uint64_t	instance;
	uint64_t	first;
	uint64_t	last;
};

struct chunk {
	struct epochs	epochs;
	size_t		n;			/* blocks in the list */
	size_t		len;			/* 8: there is no list */
	uint8_t		value[CHUNK_MAX];
};

/* A block of the list. */
struct entry {
	struct epochs	epochs;
	uint64_t	identity;
};

/* The item as a chunk: 1, or -1. */
int	 chunk_get(struct history *, const struct store_item *,
	    struct chunk *);

/*
 * The last chunk whose generations begin at or before that one: 1, 0, -1.
 */
int	 chunk_before(struct history *, uint32_t account, uint64_t instance,
	    uint64_t epoch, struct chunk *);

/* Its blocks: the list, then the next one, false at the end. */
struct history_octets	chunk_list(const struct chunk *, struct entry *);
bool	 chunk_next(struct history_octets *, struct entry *);

/*
 * KNOWN: the block is in the list; CONFLICT: another one has these
 * generations, or these among others; OVERLAP.
 */
enum history_known	chunk_look_up(const struct chunk *,
	    const struct epochs *, uint64_t identity);

/* Is it a block whose name was known when it came?  1, 0, -1. */
int	 known_again(struct history *, uint32_t account, uint64_t identity);

#endif
