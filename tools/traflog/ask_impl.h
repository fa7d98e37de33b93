/*
 * Private to ask.c, which reads, and ask_answer.c, which prints.
 */
#ifndef TRAFLOG_ASK_IMPL_H
#define TRAFLOG_ASK_IMPL_H

#include "tally/result.h"
#include "traflog.h"

/* What else is done with rows; each may be NULL.  -1 with errno ENOMEM. */
struct ask_hooks {
	int	(*rows)(void *arg, const struct block_info *,
		    const struct flow *, size_t n);
	int	(*end)(void *arg, struct tally *);	/* all were read */
	int	(*notes)(void *arg, struct result *);
	void	*arg;
};

/* An answer in the making. */
struct asking {
	const struct options	*opt;
	const char		*path;
	const struct ask_hooks	*hooks;		/* or NULL */
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

/*
 * Read the account into the tally, and print the answer if told so.  The exit
 * status, or -1 after a message.
 */
int	ask_with(const struct options *, const char *path, struct tally *,
	    struct unsaved *, const struct ask_hooks *, bool print);

/* Make the result of the tally and print it.  0, or -1 after a message. */
int	ask_answer(struct asking *, const struct answered_by *);

#endif
