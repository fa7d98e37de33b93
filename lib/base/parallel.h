/*
 * Work in parts that do not wait for each other's begin, a thread each.
 */
#ifndef PARALLEL_H
#define PARALLEL_H

/* Most parts of a work. */
#define PARALLEL_MOST	8

typedef void	 parallel_fn(void *arg, unsigned int part);

/*
 * Call fn for the parts 0 to n - 1, n <= PARALLEL_MOST, and return when all
 * are done: the last in this thread, each other in one of its own, or in this
 * one where the system has none.
 */
void		 parallel_run(parallel_fn *fn, void *arg, unsigned int n);

/* As many parts as there are processors, 1 to PARALLEL_MOST. */
unsigned int	 parallel_parts(void);

#endif
