/*
 * The largest groups of a table, or of each of its parts, if each group is
 * added only once, with its final counts.  The others, which --top leaves out,
 * are only summed up and need no memory.  Private to history_answer.c.  One
 * thread at a time.
 */
#ifndef HISTORY_TOP_H
#define HISTORY_TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "table/groups.h"
#include "tally.h"

struct tops;

/*
 * Can the rows of the table be chosen by one of their own numbers?  Not if the
 * networks of a block that comes after, or NULL, change which are local.
 */
bool		 tops_fit(const struct tally *, const struct question *,
		    size_t table, const char *networks);

/*
 * For that table of the tally, which is borrowed; so are hosts that grow later
 * and are always kept, or NULL.  NULL with errno.
 */
struct tops	*tops_new(struct tally *, const struct question *,
		    size_t table, const struct groups *hosts);
void		 tops_free(struct tops *);

/* Add a group: the octets of its key, and its counts.  0, or -1 with errno. */
int		 tops_add(struct tops *, const uint8_t *key,
		    const struct tally_count *);

/* Pass the result to the tally's table.  Returns 0, or -1 with errno. */
int		 tops_tell(const struct tops *);

#endif
