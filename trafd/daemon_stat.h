/*
 * The answer to `stat' of the control protocol, composed of values fixed at
 * the start, the results of dumps and saves, and the sums of the live
 * generation.  While a generation is frozen, its counters are kept here, so
 * that they are not missing from the answer.  For the thread of the event
 * loop only.
 */
#ifndef DAEMON_STAT_H
#define DAEMON_STAT_H

#include "capturer.h"
#include "control_server.h"
#include "runfiles.h"
#include "writer.h"

struct daemon_stat {
	struct control_stat	s;
	struct ledger		saved;	/* of all saved generations */
	struct ledger		lent;	/* of the one last frozen */
	uint64_t		lent_begin;
	uint64_t		lent_rows;
	bool			any;	/* at least one save was done */
	bool			out;	/* frozen, not yet saved or returned */
	uint64_t		returns; /* merges requested */
	int64_t			shifted; /* clock set since the start, of which
					    the times here know */
};

void	stat_init(struct daemon_stat *, const struct control_stat *facts);

/*
 * A generation was frozen and goes to the writer.  After that, either it was
 * saved and is freed, or it goes back to the capturer to be merged.
 */
void	stat_frozen(struct daemon_stat *, const struct generation *);
void	stat_saved(struct daemon_stat *);
void	stat_merged(struct daemon_stat *);

/* A dump or save has ended after took_ns nanoseconds. */
void	stat_job(struct daemon_stat *, enum writer_job,
	    const struct writer_result *, uint64_t took_ns);

/* Compose the answer; it is valid until the next call. */
const struct control_stat *stat_now(struct daemon_stat *,
	    const struct live_sums *, const struct run_status *,
	    const struct control_counts *);

#endif
