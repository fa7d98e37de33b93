/*
 * The state of a tally, shared by the files that fill it (tally.c,
 * tally_block.c), take percentiles (percentile.c) and make a result of it
 * (tally_table.c, tally_result.c).
 */
#ifndef TALLY_IMPL_H
#define TALLY_IMPL_H

#include "table/groups.h"
#include "tally.h"

#define TALLY_WIDTH_MAX	(QUESTION_KEYS_MAX * KEY_WIDTH_MAX)

/* Octets of one block, for rates. */
struct sample {
	uint64_t	octets;
	uint64_t	in;
	uint64_t	out;
	size_t		block;
};

struct samples {
	struct sample	*list;
	size_t		 n;
};

/* A group of rows.  Without percentiles its samples are not allocated. */
struct group {
	struct tally_count	count;
	struct samples		samples;
};

/* The blocks of one hour, day, ..., or of all time. */
struct period {
	uint64_t	duration_ns;
};

struct tally_table {
	const struct question_table *asked;
	size_t		 offset[QUESTION_KEYS_MAX];	/* of a key's octets */
	size_t		 width;
	size_t		 time_width;
	bool		 sided;
	bool		 per_row;	/* keys that are not of time */
	uint64_t	 longer;	/* blocks longer than their period */
	struct groups	*groups;	/* struct group */
	struct groups	*periods;	/* struct period, by octets of time */
	struct period	*period;	/* of the block at hand */
	struct period	**of_block;	/* for percentiles */
	uint64_t	 cut;		/* groups left out before ... */
	struct tally_count rest;	/* ... and their sum */
	struct group	*last[2];	/* of the row before, by side */
	uint8_t		 key[2][TALLY_WIDTH_MAX];
};

/* What a block was, for percentiles. */
struct tally_span {
	uint64_t	begin_ns;
	uint64_t	duration_ns;
};

/* Something that was not counted. */
struct hole {
	uint64_t	begin_ns;
	uint64_t	end_ns;
	uint64_t	packets;
	uint64_t	away_ns;
	const char	*what;
};

struct tally {
	const struct question	*q;
	const struct nets	*local;
	struct nets		*recorded;	/* by the block at hand */
	char			 networks[BLOCK_TEXT_MAX];
	struct block_info	 first;		/* what the blocks say */
	bool			 several;	/* accounts */
	uint64_t		 begin_ns;
	uint64_t		 end_ns;
	uint64_t		 last_end_ns;
	uint64_t		 duration_ns;
	size_t			 nblocks;
	uint64_t		 damaged;
	bool			 interrupted;
	struct ledger		 ledger;
	struct group		 total;
	struct period		 whole;		/* all blocks */
	struct tally_span	*spans;		/* for percentiles */
	struct hole		*holes;
	size_t			 nholes;
	struct tally_table	 table[QUESTION_TABLES_MAX];
};

/*
 * The array with room for an element number n, where arrays grow by doubling
 * from 16 on.  NULL with errno; the array is as it was then.
 */
void	*tally_grow(void *list, size_t n, size_t size);

/* The octets of time in a key of the table. */
void	 tally_time_octets(const struct tally_table *, const uint8_t *key,
	    uint8_t to[TALLY_WIDTH_MAX]);

/* Append the table to the result.  -1 with errno. */
int	 tally_make_table(const struct tally *, const struct tally_table *,
	    struct result *, struct names *);

/* bit/s, to the nearest; RESULT_UNKNOWN over no time. */
uint64_t	 tally_rate(uint64_t octets, uint64_t duration_ns);

/* ---- percentiles ---- */

struct percentile {
	uint64_t	rate;		/* bit/s, or RESULT_UNKNOWN */
	uint64_t	in;
	uint64_t	out;
};

/* Which sample each block is part of, and how long samples last. */
struct sampling;

/* of_block: the period of each block; NULL: one for all.  NULL with errno. */
struct sampling	*sampling_new(const struct tally *,
		    struct period *const *of_block);
void		 sampling_free(struct sampling *);

/* Of the group's samples in that period.  -1 with errno. */
int		 sampling_percentile(const struct sampling *,
		    const struct group *, const struct period *,
		    unsigned int permille, struct percentile *);

#endif
