/*
 * The largest groups of a table, if each group is added only once, with its
 * final counts.  The others, which --top leaves out, are only summed up and
 * need no memory.  Private to history_answer.c.  One thread at a time.
 */
#ifndef HISTORY_TOP_H
#define HISTORY_TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"

struct top;

/* Can the rows of the table be chosen by one of their own numbers? */
bool		 top_fits(const struct question *,
		    const struct question_table *);

/* NULL with errno. */
struct top	*top_new(const struct question_table *);
void		 top_free(struct top *);

/* Add a group: the octets of its key, and its counts. */
void		 top_add(struct top *, const uint8_t *key,
		    const struct tally_count *);

/* Pass the result to the tally's table.  Returns 0, or -1 with errno. */
int		 top_tell(const struct top *, struct tally *, size_t table,
		    bool remote);

#endif
