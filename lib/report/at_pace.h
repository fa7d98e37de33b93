/*
 * The estimate of a running period as a sentence for people.
 */
#ifndef AT_PACE_H
#define AT_PACE_H

#include <stdbool.h>

#include "base/amount.h"
#include "tally/result.h"
#include "answer.h"

/* Longest sentence, with the terminating NUL. */
#define AT_PACE_LEN	(2 * AMOUNT_LEN + 2 * PACE_LEN + 64)

/* Returns false if there is no estimate. */
bool	at_pace(const struct result *, const struct answer_view *,
	    char text[AT_PACE_LEN]);

#endif
