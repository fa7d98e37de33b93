/*
 * Coverage: what share of the packets of a period was counted, as one line of
 * text for people.  No state; any thread.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <stdbool.h>

#include "ledger.h"

#define COVERAGE_LEN	384

/* `99.2% of 1,234,567 packets seen; ...'.  Returns buf. */
char	*coverage_format(const struct ledger *, char buf[COVERAGE_LEN]);

/*
 * The same, but shorter if nothing is missing.  If `counted' (rows exist) but
 * the ledger counts no frames, the blocks were written without a ledger, and
 * the text says that coverage is unknown.  Returns buf.
 */
char	*coverage_short(const struct ledger *, bool counted,
	    char buf[COVERAGE_LEN]);

/*
 * If segmentation offload had joined packets, so that headers are missing: what
 * is missing and what to do, as a sentence.  Returns buf, or NULL.
 */
char	*coverage_joined(const struct ledger *, char buf[COVERAGE_LEN]);

/*
 * If the wall clock was set: how often and by how much, and what that means for
 * the times of blocks, as a sentence.  Returns buf, or NULL.
 */
char	*coverage_clock(const struct ledger *, char buf[COVERAGE_LEN]);

/*
 * If there were records of the data trace: how many, as a sentence.  Returns
 * buf, or NULL.
 */
char	*coverage_data(const struct ledger *, char buf[COVERAGE_LEN]);

/* Were no packets dropped, and was there no gap? */
bool	 coverage_is_whole(const struct ledger *);

#endif
