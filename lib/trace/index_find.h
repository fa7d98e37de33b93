/*
 * Finds the parts of a trace that may have packets of certain flows, by the
 * trace's index: FILE.idx of FILE and of FILE.zst.
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
#include <stdint.h>

#include "packet/flow.h"

struct index_find;

/* May packets of this flow be wanted?  Called by several threads. */
typedef bool	 index_wanted_fn(void *arg, const struct flow *);

/* Packets of flows in a time: nanoseconds since 1970 UTC. */
struct index_want {
	index_wanted_fn	*wanted;	/* NULL: all packets of that time,
					 * also those of no flow */
	void		*arg;
	uint64_t	 since_ns;	/* from then on */
	uint64_t	 until_ns;	/* and before then; 0: for ever */
	bool		 data;		/* records of the data trace, which
					 * have no rows, may be wanted too */
};

/*
 * A part of a trace, and the offsets of the headers that it needs; as
 * capfile_part() takes them.
 */
struct index_part {
	off_t		 from, to;	/* to -1: to the end */
	const off_t	*heads;		/* valid until index_find_close() */
	size_t		 nheads;	/* 0: from is 0 */
	uint64_t	 skipped;	/* frames left out before it */
};

/*
 * Open the index of the trace at path.  It is never an error if there is none
 * that can be used: then the only part is all of the trace, see
 * index_find_why().  NULL with errno: there is no such trace, or no memory.
 */
struct index_find *index_find_open(const char *path,
		    const struct index_want *);

/* The next part, in the order of the trace: true; false at the end. */
bool		 index_find_next(struct index_find *, struct index_part *);

/*
 * Why all of the trace, or much of it, is read without an index, for a message
 * ("no index", "the index is of another file", "the index ends at byte N"); or
 * NULL.
 */
const char	*index_find_why(const struct index_find *);

void		 index_find_close(struct index_find *);	/* NULL is allowed */

/*
 * The name of the index of a trace, allocated; NULL with errno.
 */
char		*index_name(const char *path);

#endif
