/*
 * Built without Berkeley DB: there is no history.
 */
#include "config.h"

#include <string.h>

#include "past.h"

void
past_answer(const char *statedir, const struct past_question *q,
    const struct unsaved *u, struct past *p)
{
	(void)statedir;
	(void)q;
	(void)u;
	p->state = PAST_MISSING;
	(void)strlcpy(p->why, "No history: this trafstatd was built without "
	    "Berkeley DB; today, this month and budgets need it.",
	    sizeof(p->why));
}
