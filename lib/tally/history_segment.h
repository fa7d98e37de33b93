/*
 * The time of a question as the history sees it: segments of whole hours
 * whose blocks are in the same period of each table.  An hour of which only a
 * part was asked for, or which is in two periods, is torn, and a segment by
 * itself.  Private to the history.
 */
#ifndef HISTORY_SEGMENT_H
#define HISTORY_SEGMENT_H

#include "history/history.h"
#include "question.h"

#define SEGMENT_OCTETS_MAX						\
	(QUESTION_TABLES_MAX * QUESTION_KEYS_MAX * KEY_WIDTH_MAX)

/* The hours of the account that were asked for, torn ones too. */
struct history_range	segments_of(const struct history_account *,
			    const struct question *);

/* Months without a block are left out at its begin.  0, or -1. */
int	segments_skip(struct history *, const struct history_account *,
	    struct history_range *);

/* The next segment at r->from, which moves on; false at the end. */
bool	segment_next(const struct question *, struct history_range *r,
	    struct history_range *segment);
bool	segment_is_torn(const struct question *, uint32_t hour);

/* The octets of all keys of time at an instant: how many. */
size_t	segment_octets(const struct question *, uint64_t ns,
	    uint8_t to[SEGMENT_OCTETS_MAX]);

/* Is what is kept of them fine enough?  If not, why. */
bool	segments_are_kept(const struct history_account *,
	    const struct question *, char *why, size_t len);

#endif
