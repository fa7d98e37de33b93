/*
 * What was counted in periods: by the history, by blocks of the save file that
 * it does not have yet, and by what is not saved yet.  The only place that
 * adds these up for budgets: trafdb(8) and the page of trafstatd(8) use it.
 */
#ifndef TRAFDB_COUNTED_H
#define TRAFDB_COUNTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/unsaved.h"
#include "history/history.h"
#include "limit.h"

/* IP bytes.  What stays within networks is in `all' only. */
struct counted_sum {
	uint64_t	all, in, out;
};

/* One sum.  nets, one_host and owner of `what' say whose traffic counts. */
struct counted {
	const struct limit	*what;
	struct history_range	 range;

	/* The answer, which begins as 0. */
	struct counted_sum	 sum;
	uint64_t		 accounted_ns;
	uint64_t		 saved_ns;	/* end of the last save */
	bool			 rounded;	/* to the periods kept */
	bool			 unsaved;	/* with what is not saved */
	bool			 undivided;	/* part of that is in range */
	bool			 guessed;	/* in and out, of all traffic:
						   see block_is_guess() */

	struct nets		*nets;		/* of counted_add() */
};

/* Where the account is, and what it has not saved (UNSAVED_NOTHING: none). */
struct counted_account {
	const char		*statedir;
	const char		*name;
	const struct unsaved	*unsaved;
};

/*
 * Add up n sums of one account, whose save file is read once for all of them.
 * Returns 0, -1 after a message, or COUNTED_NO_ACCOUNT if neither the history
 * nor a file nor a daemon has it.
 */
#define COUNTED_NO_ACCOUNT	1

int	counted_add(const struct counted_account *, struct history *,
	    struct counted *, size_t n);

/* The sum of that direction. */
uint64_t counted_direction(const struct counted_sum *, enum limit_direction);

#endif
