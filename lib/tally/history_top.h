/*
 * The largest groups of a table, of groups that come one after the other and
 * each only once: what --top leaves out is summed up and needs no memory.
 * Private to the history.
 */
#ifndef HISTORY_TOP_H
#define HISTORY_TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"

struct top;

/* Is the table one whose rows are chosen by a number of their own? */
bool		 top_fits(const struct question *,
		    const struct question_table *);

/* NULL with errno. */
struct top	*top_new(const struct question_table *);
void		 top_free(struct top *);

/* A group: the octets of its key and its counts. */
void		 top_add(struct top *, const uint8_t *key,
		    const struct tally_count *);

/* Give the tally's table what was found.  0, or -1 with errno. */
int		 top_tell(const struct top *, struct tally *, size_t table);

#endif
