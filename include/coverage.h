/*
 * How complete an account is, in one line for people.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "ledger.h"

#define COVERAGE_LEN	256

/* `99.2% of 1,234,567 packets seen; ...'.  Returns buf. */
char	*coverage_format(const struct ledger *, char buf[COVERAGE_LEN]);

#endif
