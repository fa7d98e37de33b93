/*
 * Checks the limits of the process, setrlimit(2): a daemon finds at its start
 * that a limit is too small, not when it must write its counts.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* What a daemon needs at least; 0: any limit is enough. */
struct limits_need {
	uint64_t	descriptors;	/* in all, also those open now */
	uint64_t	file_size;	/* bytes of a file that it writes */
	size_t		memory;		/* bytes, more than it has now */
	uint64_t	processes;	/* and threads, of the user it runs
					   as; 0 for root, who has no limit */
};

/*
 * Returns 0, or -1 after a message for each limit that is too small.  Without
 * a limit, memory is not checked, even if the machine has too little of it.
 */
int	limits_check(const struct limits_need *);

#endif
