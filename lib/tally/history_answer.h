/*
 * Answers questions from the history, if it can answer them exactly: it feeds
 * a tally with the blocks of the history, and with sums instead of rows.
 *
 *	can_answer -> answer -> [again, rows of split hours]* -> free
 *
 * One thread at a time.
 */
#ifndef HISTORY_ANSWER_H
#define HISTORY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/history.h"
#include "table/groups.h"
#include "question.h"
#include "tally.h"

#define HISTORY_WHY_LEN	1024

/*
 * Can the history answer the question about this account exactly?  If not,
 * `why' is the reason for a message.
 */
bool	history_can_answer(const struct history_account *,
	    const struct question *, char why[HISTORY_WHY_LEN]);

/*
 * A split ("torn") hour: its blocks belong to several periods, or only some of
 * them were asked for, and the history has only the sum of their rows.  The
 * tally has received these blocks without rows: supply the rows from the save
 * files by tally_again() and tally_rows().
 */
struct history_torn {
	uint32_t	hour;
	uint64_t	blocks;		/* that were asked for */
	uint64_t	checksum;	/* theirs, as in history_totals */
};

struct history_answered {
	/*
	 * Set by the caller: files add more, and to which hosts; NULL: to any.
	 * Knowing them, and the networks of that block, --top need not keep
	 * all hosts of a month.
	 */
	bool			 rest;
	const struct groups	*hosts;
	const char		*networks;

	/* Greater than the tally's number if periods were pruned. */
	uint64_t		 blocks;	/* 0 before, as all below */
	unsigned		 grains;	/* history_grains() */
	struct history_torn	*torn;
	size_t			 ntorn;
};

/*
 * Feed the tally of that question.  *answered must be zero except `rest',
 * `hosts' and `networks'.  Returns 1; 0 with why if the question cannot be
 * answered after all, then the tally must not be used; -1 with errno and
 * history_error(), or with ENOMEM if the tally has no memory.  Call
 * history_answered_free() in any case.
 */
int	history_answer(struct history *, const struct history_account *,
	    const struct question *, struct tally *, struct history_answered *,
	    char why[HISTORY_WHY_LEN]);
void	history_answered_free(struct history_answered *);

#endif
