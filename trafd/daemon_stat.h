/*
 * How things stand: what `stat' of the control protocol answers, put
 * together from what never changes, what dumps and saves came to, and a
 * glance at the live generation.  Knows which part of the account is out of
 * the capturer's hands at the moment.
 */
#ifndef STANDING_H
#define STANDING_H

#include "capturer.h"
#include "control_server.h"
#include "runfiles.h"
#include "writer.h"

struct standing {
	struct control_stat	s;
	struct ledger		saved;	/* of all that were saved */
	struct ledger		lent;	/* of the frozen generation */
	uint64_t		lent_begin;
	uint64_t		lent_rows;
	bool			any;	/* saved yet */
	bool			out;	/* in the writer's hands */
	uint64_t		returns; /* merges asked for */
};

void	standing_init(struct standing *, const struct control_stat *facts);

/*
 * The generation is frozen and goes to the writer; it is saved and gone; it
 * goes back to the capturer.
 */
void	standing_lend(struct standing *, const struct generation *);
void	standing_keep(struct standing *);
void	standing_return(struct standing *);

/* A dump or save has ended. */
void	standing_job(struct standing *, enum writer_job,
	    const struct writer_result *, uint64_t took_ns);

/* All of it; valid until the next call. */
const struct control_stat *standing_now(struct standing *,
	    const struct glance *, const struct run_status *,
	    const struct control_counts *);

#endif
