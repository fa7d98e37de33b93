/*
 * One generation of the account: a table with its ledger and its place in
 * time.  Exactly one part of the daemon owns it at any instant: the capturer
 * while it is live, the keeper while it is frozen.
 */
#ifndef GENERATION_H
#define GENERATION_H

#include <stddef.h>
#include <stdint.h>

#include "packet/ledger.h"
#include "table/table.h"

struct generation {
	struct table	*table;		/* owned */
	struct ledger	 ledger;	/* without what the table has folded */
	uint64_t	 epoch;		/* its number */
	uint64_t	 epoch_first;	/* oldest generation merged into it */
	uint64_t	 begin_ns;	/* wall clock, UTC since 1970 */
	uint64_t	 end_ns;
	uint64_t	 begin_mono_ns;	/* monotonic clock; 0: not running */
	uint64_t	 duration_ns;	/* by the monotonic clock */
};

/* An empty one, not yet begun; NULL with errno when out of memory. */
struct generation *generation_new(uint64_t epoch, size_t max_flows,
		    const struct nets *local);
void		 generation_free(struct generation *);

/*
 * It was read from a dump: the time since then, in which nobody counted, is
 * a gap.
 */
void		generation_resume(struct generation *);

/* Start and stop its clocks. */
void		 generation_begin(struct generation *);
void		 generation_end(struct generation *);

/*
 * Put `later' behind `earlier' in everything but the rows of the table.
 */
void		 generation_join(struct generation *earlier,
		    const struct generation *later);

#endif
