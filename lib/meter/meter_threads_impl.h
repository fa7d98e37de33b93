/*
 * What the two files of --threads share: meter_threads_linux.c opens the
 * sources and collects, meter_threads_worker.c is what each thread does.
 */
#ifndef METER_THREADS_IMPL_H
#define METER_THREADS_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "table/table.h"
#include "meter_impl.h"

/* What a thread tells who collects; each is one octet. */
enum fanout_news { FANOUT_SOMETHING = 's', FANOUT_NOW = 'n' };

/* A thread and what it fills; the lock is for source, table, told and state. */
struct worker {
	struct fanout	*owner;
	struct meter	*source;
	struct table	*table;
	struct protostat stat;		/* of the rows handed over */
	bool		 told;		/* that there is something */
	enum meter_state state;		/* of its source */
	bool		 started;
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	_Atomic bool	 asked;		/* who collects waits for the lock */
};

struct fanout {
	struct meter	 base;
	struct meter_opts opts;
	size_t		 share;		/* rows of a thread's table at most */
	int		 events[2];	/* from the threads: look at us */
	int		 quit[2];	/* to them: readable at the end */
	uint64_t	 collect_at;	/* monotonic, ns; UINT64_MAX: never */
	enum meter_state state;		/* the worst of the threads */
	struct ledger	 ledger;	/* of the rows handed over */
	char		 error[METER_ERRLEN];
	unsigned int	 n;
	struct worker	 workers[];
};

/* Start those threads that do not run: 0, or -1 with f->error. */
int	fanout_start(struct fanout *);

/* Wait until all have ended; what they have counted stays in their tables. */
void	fanout_stop(struct fanout *);

/* Of a worker, whose lock is held: a meter_sink_fn. */
void	fanout_add_flows(void *arg, const struct flow *, size_t n);

#endif
