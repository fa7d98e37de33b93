/*
 * The state of a tally.  tally.c and tally_block.c fill it, percentile.c
 * computes percentiles, tally_table.c and tally_result.c make the result.
 */
#ifndef TALLY_IMPL_H
#define TALLY_IMPL_H

#include "table/groups.h"
#include "tally.h"

#define TALLY_WIDTH_MAX	(QUESTION_KEYS_MAX * KEY_WIDTH_MAX)

/* The bytes of one block, for rates. */
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

/* A group of rows; samples are recorded only for percentiles. */
struct group {
	struct tally_count	count;
	struct samples		samples;
};

/* The duration of all blocks of one hour, day, ..., or of all time. */
struct period {
	uint64_t	duration_ns;
	uint64_t	accounted_ns;	/* see packet/pace.h */
};

struct tally_table {
	const struct question_table *asked;
	size_t		 offset[QUESTION_KEYS_MAX];	/* in a key */
	size_t		 width;
	size_t		 time_width;
	bool		 sided;
	bool		 ports_only;	/* of what is sided: an owner has one */
	bool		 local;		/* only local sides have a group */
	uint64_t	 twice;		/* bytes that count for two groups */
	uint64_t	 none;		/* ... and for none, as no side is */
	bool		 per_row;	/* has keys other than time */
	uint64_t	 longer;	/* blocks that exceed their period */
	struct groups	*groups;	/* struct group */
	struct groups	*periods;	/* struct period, by time keys */
	struct period	*period;	/* of the current block */
	struct period	**of_block;	/* for percentiles */
	uint64_t	 cut[2];	/* groups already left out, and ... */
	struct tally_count rest[2];	/* ... their sums: local, remote */
	struct group	*last[2];	/* of the previous row, by side */
	uint8_t		 key[2][TALLY_WIDTH_MAX];
};

/* The time of a block, for percentiles. */
struct tally_span {
	uint64_t	begin_ns;
	uint64_t	duration_ns;
};

/* Traffic that was not counted, and when. */
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
	struct nets		*recorded;	/* in the current block */
	char			 networks[BLOCK_TEXT_MAX];
	struct block_info	 first;		/* description of blocks */
	bool			 several;	/* blocks of several accounts */
	bool			 overlap;	/* blocks of the same time */
	bool			 owned;		/* a block had owners ... */
	bool			 any;		/* ... or at least packets */
	uint64_t		 begin_ns;
	uint64_t		 end_ns;
	uint64_t		 last_end_ns;
	uint64_t		 duration_ns;
	size_t			 nblocks;
	bool			 unknown;	/* what is local in a block */
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
 * Make room for element number n of an array that grows by doubling, from 16
 * on.  Returns the array; NULL with errno, then the old one is unchanged.
 */
void	*tally_grow(void *list, size_t n, size_t size);

/* Copy the octets of the time keys from a key of the table. */
void	 tally_time_octets(const struct tally_table *, const uint8_t *key,
	    uint8_t to[TALLY_WIDTH_MAX]);

/* Append the table to the result.  -1 with errno. */
int	 tally_make_table(const struct tally *, const struct tally_table *,
	    struct result *, struct names *);

/* bit/s, rounded; RESULT_UNKNOWN if the duration is 0. */
uint64_t	 tally_rate(uint64_t octets, uint64_t duration_ns);

/* ---- percentiles ---- */

struct percentile {
	uint64_t	rate;		/* bit/s, or RESULT_UNKNOWN */
	uint64_t	in;
	uint64_t	out;
};

/* Assigns each block to a sample, and knows the samples' durations. */
struct sampling;

/* of_block: the period of each block; NULL: a single one.  NULL with errno. */
struct sampling	*sampling_new(const struct tally *,
		    struct period *const *of_block);
void		 sampling_free(struct sampling *);

/* The percentile of the group's samples in that period.  -1 with errno. */
int		 sampling_percentile(const struct sampling *,
		    const struct group *, const struct period *,
		    unsigned int permille, struct percentile *);

#endif
