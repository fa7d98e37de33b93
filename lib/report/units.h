/*
 * Numbers for people: octets, packets and rates in short, `1.23 GB'.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>

#include "answer.h"
#include "base/amount.h"
#include "tally/result.h"

/*
 * Three digits that count and a unit; numbers below 1000 as they are.
 * ANSWER_PLAIN gives octets as ANSWER_SI does.  Returns buf.
 */
char	*units_short(enum result_type, enum answer_units, uint64_t,
	    char buf[AMOUNT_LEN]);

/*
 * The step of an axis that goes up to `most': a round number in the unit that
 * units_short() would take, at most four of which fit below.  At least 1.
 */
uint64_t units_step(enum result_type, enum answer_units, uint64_t most);

#endif
