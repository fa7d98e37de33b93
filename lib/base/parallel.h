/*
 * Runs a function in several threads, one part of the work in each.  No part
 * may wait for another to start: they may run one after the other.
 */
#ifndef PARALLEL_H
#define PARALLEL_H

/* The greatest number of parts. */
#define PARALLEL_MOST	8

typedef void	 parallel_fn(void *arg, unsigned int part);

/*
 * Call fn(arg, part) for the parts 0 to n - 1, n <= PARALLEL_MOST, and return
 * when all are done.  The last part runs in the calling thread, each other in
 * a thread of its own, or in the calling one if no thread can be created.
 */
void		 parallel_run(parallel_fn *fn, void *arg, unsigned int n);

/* The number of processors online, 1 to PARALLEL_MOST. */
unsigned int	 parallel_parts(void);

#endif
