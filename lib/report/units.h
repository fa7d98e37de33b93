/*
 * Bytes, packets and rates for people, shortened to `1.23 GB'.  No state; any
 * thread.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>

#include "base/amount.h"
#include "tally/result.h"
#include "answer.h"

/*
 * Three significant digits and a unit; numbers below 1000 unchanged.
 * ANSWER_PLAIN formats bytes as ANSWER_SI does.  Returns buf.
 */
char	*units_short(enum result_type, enum answer_units, uint64_t,
	    char buf[AMOUNT_LEN]);

/*
 * The distance between the marks of an axis up to `most': a round number in
 * the unit of units_short(), so that at most four marks are below `most'.  At
 * least 1.
 */
uint64_t units_step(enum result_type, enum answer_units, uint64_t most);

#endif
