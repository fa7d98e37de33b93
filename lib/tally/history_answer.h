/*
 * Questions answered from the history, where it can answer them exactly: it
 * feeds a tally with what blocks say and with sums instead of rows.
 */
#ifndef HISTORY_ANSWER_H
#define HISTORY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/history.h"
#include "question.h"
#include "tally.h"

#define HISTORY_WHY_LEN	1024

/*
 * Can the history answer the question about this account, exactly?  If not,
 * `why' says what it lacks.
 */
bool	history_can_answer(const struct history_account *,
	    const struct question *, char why[HISTORY_WHY_LEN]);

/*
 * An hour of which the blocks are in several periods, or only some were asked
 * for: their rows are kept together.  The tally has these blocks, but not
 * their rows: tally_again() and tally_rows() give it those.
 */
struct history_torn {
	uint32_t	hour;
	uint64_t	blocks;		/* that were asked for */
	uint64_t	checksum;	/* of which, as in history_totals */
};

struct history_answered {
	bool			 rest;	/* set: more comes from elsewhere */

	/* Where single blocks are no longer known the tally saw fewer. */
	uint64_t		 blocks;	/* 0 before, as all below */
	unsigned		 grains;	/* history_grains() */
	struct history_torn	*torn;
	size_t			 ntorn;
};

/*
 * Feed the tally of that question.  1; 0 if it cannot be answered after all,
 * with why, and the tally is of no use; -1 with errno and history_error(),
 * ENOMEM where the tally has no memory.  Free what was answered in any case.
 */
int	history_answer(struct history *, const struct history_account *,
	    const struct question *, struct tally *, struct history_answered *,
	    char why[HISTORY_WHY_LEN]);
void	history_answered_free(struct history_answered *);

#endif
