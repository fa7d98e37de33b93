/*
 * Private to ask.c, which reads, and ask_answer.c, which prints.
 */
#ifndef TRAFLOG_ASK_IMPL_H
#define TRAFLOG_ASK_IMPL_H

#include "traflog.h"

/* An answer in the making. */
struct asking {
	const struct options	*opt;
	const char		*path;
	struct tally		*tally;		/* NULL: read headers only */
	struct blocks		*blocks;
	struct progress		*progress;
	const struct rest	*rest;		/* NULL: all of the file */
	const struct known	*known;		/* by the history */
	struct unsaved		*unsaved;	/* NULL: there is none */
	bool			 saved_since;	/* some of it is in the file */
	bool			 as_of;		/* it was counted */
	uint64_t		 number;	/* of the block at hand */
	uint64_t		 counted;	/* blocks */
	bool			 any;		/* blocks were found */
	uint64_t		 first_ns;	/* begin of the earliest one */
	bool			 damaged;
	bool			 interrupted;
	off_t			 at;		/* where the block begins */
	off_t			 size;
	off_t			 unread;	/* when it was interrupted */
	/* What a look at the headers has found. */
	bool			 looked;	/* at one */
	uint64_t		 begin_ns;
	uint64_t		 end_ns;
	uint64_t		 longest_ns;
};

/* Report that memory is short, from errno.  Returns -1. */
int	ask_no_memory(const struct asking *);

/* Make the result of the tally and print it.  0, or -1 after a message. */
int	ask_answer(struct asking *, const struct answered_by *);

#endif
