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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "file/block.h"
#include "packet/ledger.h"
#include "table/senders.h"
#include "table/table.h"

/* The dump that was resumed, if nothing relates its clock to that of now. */
struct dump_times {
	bool		 known;
	bool		 is_bound;	/* no dump: only not before its end */
	uint64_t	 begin_ns;
	uint64_t	 end_ns;
	int64_t		 jump_ns;	/* what of it is in the ledger */
};

struct generation {
	struct table	*table;		/* owned */
	struct senders	*senders;	/* owned: MAC addresses of hosts */
	struct owners	*owners;	/* owned: of an account of owners, the
					   names of its rows; or NULL */
	struct ledger	 ledger;	/* without the table's fold counters */
	uint64_t	 epoch;		/* its number */
	uint64_t	 epoch_first;	/* oldest generation merged into it */
	uint64_t	 begin_ns;	/* UTC since 1970, by the clock as it
					   was set last */
	uint64_t	 end_ns;
	uint64_t	 first_ns, last_ns; /* of a capture's packets, also in
					       a dump; or 0 */
	uint64_t	 end_boot_ns;	/* at the same time, by now_boot(); 0:
					   end_ns was not read from a clock */
	uint64_t	 begin_mono_ns;	/* monotonic clock; 0: not running */
	uint64_t	 begin_boot_ns;	/* at the same time, by now_boot() */
	uint64_t	 duration_ns;	/* by the monotonic clock */
	struct clock_watch watch;
	int64_t		 shifted_ns;	/* clock set since the process began */
	/* For generation.c: */
	int64_t		 own_ns;	/* begin of what the watched clock
					   covers; before 1970 if negative */
	int64_t		 late_ns;	/* clock behind by at least this */
	uint64_t	 gap_ns;	/* before it was resumed */
	struct dump_times dump;
	char		 networks[BLOCK_TEXT_MAX]; /* by which it is judged;
						      the event loop's */
};

/*
 * An empty generation, not yet begun, whose table holds at most max_flows
 * rows; `local' is copied.  NULL with errno if out of memory.
 */
struct generation *generation_new(uint64_t epoch, size_t max_flows,
		    const struct nets *local, enum flow_ports);
void		 generation_free(struct generation *);

/*
 * The generation was read from a dump, which ended when now_boot() was boot_ns;
 * 0 if that was another boot.  Enter the time since then, in which nothing was
 * counted, as a gap in the ledger.  Its times follow the clock, if that was set
 * since, or must have been: a dump of 1970 is not 56 years old, and one that
 * ends in a year was made by a clock that was ahead.  The second function is
 * for a dump that is not continued.
 */
void		generation_resume(struct generation *, uint64_t boot_ns);
void		generation_leave(struct generation *, uint64_t boot_ns);

/*
 * Start its clocks; or have it follow one that has just ended, without a gap;
 * and stop them.  The begin follows from the end and the time that has passed,
 * by a clock that nobody sets.
 */
void		 generation_begin(struct generation *);
void		 generation_follow(struct generation *,
		    const struct generation *before);
void		 generation_end(struct generation *);

/*
 * Has the wall clock been set?  Then begin_ns follows, and the ledger counts
 * it.  Returns by how much; less than CLOCK_JUMP_NS is not counted.
 */
int64_t		 generation_watch(struct generation *);

/*
 * It has frames of a capture, of these times: once it has ended, it covers the
 * time of its packets and not that of reading them.
 */
void		 generation_cover(struct generation *, uint64_t first_ns,
		    uint64_t last_ns);

/*
 * Add what another set has of owners and interfaces; NULL: nothing.  Interfaces
 * must have the same numbers in both.  Returns 0, or -1 with errno: then some
 * have no name.
 */
int		 generation_add_owners(struct generation *,
		    const struct owners *);

/*
 * Append the ledger, senders, owners and times of `later' to `earlier', and
 * what its table takes for local; the rows are merged by the caller.
 */
void		 generation_join(struct generation *earlier,
		    const struct generation *later);

#endif
