/*
 * Threads for one piece of work; they end with it.
 */
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "parallel.h"

struct part {
	parallel_fn	*fn;
	void		*arg;
	pthread_t	 thread;
	unsigned int	 number;
	bool		 started;
};

static void *
run(void *arg)
{
	struct part	*p = arg;

	p->fn(p->arg, p->number);
	return (NULL);
}

void
parallel_run(parallel_fn *fn, void *arg, unsigned int n)
{
	struct part	part[PARALLEL_MOST];
	unsigned int	i;

	for (i = 0; i < n; i++) {
		part[i].fn = fn;
		part[i].arg = arg;
		part[i].number = i;
		part[i].started = i + 1 < n && pthread_create(
		    &part[i].thread, NULL, run, &part[i]) == 0;
		if (!part[i].started)
			run(&part[i]);
	}
	for (i = 0; i < n; i++)
		if (part[i].started)
			(void)pthread_join(part[i].thread, NULL);
}

unsigned int
parallel_parts(void)
{
	long	n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return (1);
	return (n < PARALLEL_MOST ? (unsigned int)n : PARALLEL_MOST);
}
