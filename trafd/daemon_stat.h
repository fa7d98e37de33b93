/*
 * The daemon's figures: what `stat' of the control protocol answers.  They
 * are put together from facts that never change, the results of dumps and
 * saves, and the sums of the live generation.  Also knows which part of the
 * account the writer has at the moment.  For the thread of the event loop.
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
	struct ledger		lent;	/* of the frozen generation */
	uint64_t		lent_begin;
	uint64_t		lent_rows;
	bool			any;	/* saved yet */
	bool			out;	/* in the writer's hands */
	uint64_t		returns; /* merges asked for */
};

void	stat_init(struct daemon_stat *, const struct control_stat *facts);

/*
 * A generation is frozen and goes to the writer; then it is saved and gone,
 * or goes back to the capturer.
 */
void	stat_frozen(struct daemon_stat *, const struct generation *);
void	stat_saved(struct daemon_stat *);
void	stat_merged(struct daemon_stat *);

/* A dump or save has ended. */
void	stat_job(struct daemon_stat *, enum writer_job,
	    const struct writer_result *, uint64_t took_ns);

/* All of it; valid until the next call. */
const struct control_stat *stat_now(struct daemon_stat *,
	    const struct live_sums *, const struct run_status *,
	    const struct control_counts *);

#endif
