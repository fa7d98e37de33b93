/*
 * Divides the time of a question for the history: segments of whole hours
 * whose blocks are in the same period of each table.  An hour that is asked
 * for only in part, or that lies in two periods, is split ("torn") and makes a
 * segment of its own.  Private to history_answer.c.  No state; any thread.
 */
#ifndef HISTORY_SEGMENT_H
#define HISTORY_SEGMENT_H

#include "history/history.h"
#include "question.h"

#define SEGMENT_OCTETS_MAX						\
	(QUESTION_TABLES_MAX * QUESTION_KEYS_MAX * KEY_WIDTH_MAX)

/* The hours of the account that are asked for, including split ones. */
struct history_range	segments_of(const struct history_account *,
			    const struct question *);

/* Skip months without a block at the start of the range.  0, or -1. */
int	segments_skip(struct history *, const struct history_account *,
	    struct history_range *);

/* The next segment from r->from, which is advanced; false at the end. */
bool	segment_next(const struct question *, struct history_range *r,
	    struct history_range *segment);
bool	segment_is_torn(const struct question *, uint32_t hour);

/* The octets of all time keys for a moment.  Returns how many. */
size_t	segment_octets(const struct question *, uint64_t ns,
	    uint8_t to[SEGMENT_OCTETS_MAX]);

/* Is the history's detail sufficient for all segments?  If not, why. */
bool	segments_are_kept(const struct history_account *,
	    const struct question *, char *why, size_t len);

#endif
