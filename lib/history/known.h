/*
 * How the history notes the blocks of an account.  known.c describes the
 * format.  Private to known.c and known_all.c.
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

/* Blocks with consecutive generations, which share an item. */
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

/* Convert an item to a chunk.  Returns 1, or -1 if it is damaged. */
int	 chunk_get(struct history *, const struct store_item *,
	    struct chunk *);

/*
 * Get the last chunk whose generations begin at or before `epoch'.  Returns 1,
 * 0 if there is none, or -1.
 */
int	 chunk_before(struct history *, uint32_t account, uint64_t instance,
	    uint64_t epoch, struct chunk *);

/*
 * Read the blocks of a chunk: chunk_list() starts; chunk_next() sets the next
 * entry and returns false at the end, or if the list is damaged.
 */
struct history_octets	chunk_list(const struct chunk *, struct entry *);
bool	 chunk_next(struct history_octets *, struct entry *);

/*
 * Returns HISTORY_KNOWN if the block is in the list; HISTORY_CONFLICT if
 * another block has these generations, alone or with others; else
 * HISTORY_OVERLAP.
 */
enum history_known	chunk_look_up(const struct chunk *,
	    const struct epochs *, uint64_t identity);

/*
 * Is it noted as a block whose name an earlier block had?  Returns 1, 0, or
 * -1.
 */
int	 known_again(struct history *, uint32_t account, uint64_t identity);

#endif
