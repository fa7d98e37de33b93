/*
 * How complete an account is, in one line for people.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <stdbool.h>

#include "ledger.h"

#define COVERAGE_LEN	256

/* `99.2% of 1,234,567 packets seen; ...'.  Returns buf. */
char	*coverage_format(const struct ledger *, char buf[COVERAGE_LEN]);

/*
 * The same, but short where nothing is missing.  `counted': there was
 * traffic, so that a ledger of zeros says that nobody kept one.  Returns buf.
 */
char	*coverage_short(const struct ledger *, bool counted,
	    char buf[COVERAGE_LEN]);

/* Is nothing missing that should have been seen? */
bool	 coverage_is_whole(const struct ledger *);

#endif
