/*
 * The kinds of rows of the history that the tables of a question need.
 * Private to history_answer.c.  No state; any thread.
 */
#ifndef HISTORY_SOURCE_H
#define HISTORY_SOURCE_H

#include "question.h"

enum source {
	FROM_TOTALS,		/* no key but time */
	FROM_HOSTS, FROM_SERVICES, FROM_VLANS, FROM_PAIRS,
	FROM_FILES		/* the history has no such rows */
};

/* The rows that contain the keys of a table. */
enum source	source_of_table(const struct question_table *);

/* Can all tables be made from rows of pairs, or (FROM_TOTALS) have no key? */
bool		sources_within(const struct question *, enum source most);

bool		sources_have(const struct question *, enum source);

#endif
