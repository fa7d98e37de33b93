/*
 * Limits of the process, setrlimit(2), that are too small to work with: a
 * daemon finds out at its start, not when it must write what it has.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* What a daemon needs at least; 0: any limit will do. */
struct limits_need {
	uint64_t	descriptors;	/* all, with those that are open */
	uint64_t	file_size;	/* bytes of a file that it writes */
	size_t		memory;		/* bytes beyond what it has now */
};

/*
 * 0, or -1 after a message for each limit that is too small.  A machine that
 * is short of memory itself is no limit.
 */
int	limits_check(const struct limits_need *);

#endif
