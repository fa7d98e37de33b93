/*
 * What the two files that find parts of a trace share: index_find.c answers,
 * index_load.c reads what the headers of the index's blocks say.
 */
#ifndef INDEX_FIND_IMPL_H
#define INDEX_FIND_IMPL_H

#include <stdatomic.h>

#include "file/block.h"
#include "index_find.h"

/* A part of the trace that has a block in the index. */
struct found_part {
	off_t		from, to;
	uint64_t	frames;
	uint64_t	begin_ns, end_ns;	/* of its packets; 0: unknown */
	off_t		block;			/* in the index */
	size_t		heads, nheads;		/* in the list of all */
	bool		wanted;
};

struct index_find {
	int			 fd;		/* the index; -1: none */
	int			 trace_fd;
	bool			 regular;	/* so is the trace */
	off_t			 size;		/* -1: it is compressed */
	const char		*path;		/* until it is loaded */
	const struct index_want	*want;
	struct found_part	*parts;		/* ascending */
	size_t			 n, room;
	off_t			*heads;		/* of all parts */
	size_t			 nheads, heads_room;
	atomic_size_t		 looked;	/* parts */
	atomic_bool		 damaged;
	char			 why[128];
	/* Where index_find_next() is. */
	size_t			 next;		/* part */
	off_t			 at;
	bool			 ended;
};

/*
 * Read the headers of all blocks and check them against the trace.  NULL, or
 * why the index must not be used.  An index that is cut or damaged somewhere
 * has the parts before that.
 */
const char	*index_load(struct index_find *);

#endif
