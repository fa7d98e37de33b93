/*
 * Questions answered from the history, where it can answer them exactly: it
 * feeds a tally with what blocks say and with sums instead of rows.
 */
#ifndef HISTORY_ANSWER_H
#define HISTORY_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "history.h"
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
 * Feed the tally of that question.  1; 0 if it cannot be answered after all,
 * with why, and the tally is of no use; -1 with errno and history_error(),
 * ENOMEM where the tally has no memory.  *blocks is how many there were:
 * where single blocks are no longer known the tally has seen fewer.
 */
int	history_answer(struct history *, const struct history_account *,
	    const struct question *, struct tally *, uint64_t *blocks,
	    char why[HISTORY_WHY_LEN]);

#endif
