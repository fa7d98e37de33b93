/*
 * One generation of the account: a table, its ledger, its number and the time
 * it covers.
 *
 *	new → begin → end → free
 *
 * One thread uses it at a time: the capturer while it is live, the writer
 * while it is frozen, the event loop in between.
 */
#ifndef GENERATION_H
#define GENERATION_H

#include <stddef.h>
#include <stdint.h>

#include "packet/ledger.h"
#include "table/senders.h"
#include "table/table.h"

struct generation {
	struct table	*table;		/* owned */
	struct senders	*senders;	/* owned: MAC addresses of hosts */
	struct ledger	 ledger;	/* without the table's fold counters */
	uint64_t	 epoch;		/* its number */
	uint64_t	 epoch_first;	/* oldest generation merged into it */
	uint64_t	 begin_ns;	/* wall clock, UTC since 1970 */
	uint64_t	 end_ns;
	uint64_t	 first_ns, last_ns; /* of a capture's packets; or 0 */
	uint64_t	 begin_mono_ns;	/* monotonic clock; 0: not running */
	uint64_t	 begin_boot_ns;	/* at the same time, by now_boot() */
	uint64_t	 duration_ns;	/* by the monotonic clock */
};

/*
 * An empty generation, not yet begun, whose table holds at most max_flows
 * rows; `local' is copied.  NULL with errno if out of memory.
 */
struct generation *generation_new(uint64_t epoch, size_t max_flows,
		    const struct nets *local, enum flow_ports);
void		 generation_free(struct generation *);

/*
 * The generation was read from a dump: enter the time since the dump's end, in
 * which nothing was counted, as a gap in the ledger.
 */
void		generation_resume(struct generation *);

/* Start and stop its clocks; begin_ns stays if a dump has set it. */
void		 generation_begin(struct generation *);
void		 generation_end(struct generation *);

/*
 * It has frames of a capture, of these times: once it has ended, it covers the
 * time of its packets and not that of reading them.
 */
void		 generation_cover(struct generation *, uint64_t first_ns,
		    uint64_t last_ns);

/*
 * Append the ledger, senders, times and networks of `later' to `earlier'; the
 * rows are merged by the caller.
 */
void		 generation_join(struct generation *earlier,
		    const struct generation *later);

#endif
