/*
 * How new an answer is, for people.  No state; any thread.
 */
#ifndef AS_OF_H
#define AS_OF_H

#include <stdbool.h>

#include "tally/result.h"

#define AS_OF_LEN	(2 * CALENDAR_LEN + 64)

/* Returns false if the answer has nothing that is not saved. */
bool	as_of(const struct result *, char text[AS_OF_LEN]);

#endif
