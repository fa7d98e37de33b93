/*
 * Built without Berkeley DB: nothing is known of a history.
 */
#include "config.h"

#include "stats.h"

void
standing_ask_history(struct standing *st)
{
	st->fed = (struct fed){ .known = false };
}
