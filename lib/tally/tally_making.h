/*
 * A table in the making.  Private to tally_table.c and tally_order.c.
 */
#ifndef TALLY_MAKING_H
#define TALLY_MAKING_H

#include "tally_impl.h"

/* The numbers after the keys of a row, in the order of their columns. */
enum measure {
	IN, OUT, BYTES, DATA, PACKETS, RATE, SHARE, P_IN, P_OUT, P_BOTH,
	MEASURES
};

/* The state while a table is made. */
struct making {
	const struct tally	*tally;
	const struct tally_table *from;
	struct sampling		*sampling;	/* NULL: no percentiles */
	struct result		*result;
	struct names		*names;
	struct result_table	*to;
	bool			 divided;	/* else all is of part 0 */
	struct tally_count	 sum[2];	/* of all groups, by part */
	struct tally_count	 cut[2];	/* of those left out */
	size_t			 nkeys;		/* number of key columns */
	size_t			 estimate;	/* column; 0: not shown */
	bool			 scarce;	/* too little was accounted */
	enum measure		 nmeasures;
	/* Rows are sorted by octets of a key, or by a measure. */
	bool			 by_period;
	size_t			 sort_offset;
	size_t			 sort_width;
	enum measure		 sort;
};

struct entry {
	const struct making	*m;
	const struct group	*group;
	const struct period	*period;
	uint64_t		 value;		/* of the measure to sort by */
	bool			 remote;	/* of a divided table */
};

/* Does the table have estimates? */
bool	tally_estimates(const struct making *);

/*
 * Note why there is no estimate, if there is none; set that of all rows.
 * Returns 0, or -1 with errno.
 */
int	tally_note_estimate(struct making *);

/*
 * The estimate of a row, whose keys are set; or of a sum, if `period' is that
 * of all blocks.
 */
void	tally_set_estimate(struct making *, uint64_t octets,
	    const struct period *, union result_value *row);

/*
 * Sort n entries.  Those that --top leaves out are behind the others of their
 * part, unsorted: twenty hosts of a month must not cost sorting all of them.
 * Returns 0, or -1 with errno.
 */
int	tally_order(const struct making *, struct entry *, size_t n);

#endif
