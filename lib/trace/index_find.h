/*
 * Finds the parts of a trace that may have packets of certain flows, by the
 * trace's index.
 *
 *	open -> [next]* -> [why] -> close
 *
 * One thread at a time.
 */
#ifndef INDEX_FIND_H
#define INDEX_FIND_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "packet/flow.h"

struct index_find;

/* May packets of this flow be wanted? */
typedef bool	 index_wanted_fn(void *arg, const struct flow *);

/* A part of a trace, and the offsets of the headers that it needs. */
struct index_part {
	off_t		 from, to;
	const off_t	*heads;		/* valid until the next call */
	size_t		 nheads;
};

/*
 * Open the index of the trace at path.  It is never an error if there is none
 * that can be used: then the only part is all of the trace, see
 * index_find_why().  NULL with errno: there is no such trace, or no memory.
 */
struct index_find *index_find_open(const char *path, index_wanted_fn *,
		    void *arg);

/* The next part, in the order of the trace: true; false at the end. */
bool		 index_find_next(struct index_find *, struct index_part *);

/*
 * Why all of the trace, or its end, was read without an index, for a message
 * ("no index", "the index is of another file", "it ends at byte N"); or NULL.
 */
const char	*index_find_why(const struct index_find *);

void		 index_find_close(struct index_find *);

#endif
