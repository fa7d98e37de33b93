/*
 * What the two files of --threads share: meter_threads_linux.c opens the
 * sources and collects, meter_threads_worker.c is what each thread does.
 */
#ifndef METER_THREADS_IMPL_H
#define METER_THREADS_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "table/senders.h"
#include "table/table.h"
#include "meter_impl.h"

/* What a thread reports to the collecting thread; each is one byte. */
enum fanout_news { FANOUT_SOMETHING = 's', FANOUT_NOW = 'n' };

/* A thread and its data; the lock protects what is above it but the thread. */
struct worker {
	struct fanout	*owner;
	struct meter	*source;
	struct table	*table;
	struct table	*spare;		/* for what comes after a split */
	struct table	*before;	/* what came before it, or NULL */
	struct ledger	 ledger;	/* of `before' */
	bool		 beyond;	/* a split is reached, but not ended */
	struct protostat stat;		/* up to the last collection */
	bool		 told;		/* news sent since that collection */
	enum meter_state state;		/* of its source */
	bool		 started;
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	_Atomic bool	 asked;		/* the collector waits for the lock */
};

struct fanout {
	struct meter	 base;
	struct meter_opts opts;
	const struct meter_ops *source;	/* of each thread */
	size_t		 share;		/* most rows of a thread's table */
	int		 events[2];	/* pipe: fanout_news of the threads */
	int		 quit[2];	/* pipe: readable if threads must end */
	uint64_t	 collect_at;	/* monotonic, ns; UINT64_MAX: never */
	enum meter_state state;		/* the worst of the threads */
	struct ledger	 ledger;	/* collected, not yet taken */
	struct senders	*senders;	/* likewise */
	char		 error[METER_ERRLEN];
	unsigned int	 n;
	struct worker	 workers[];
};

/* Start the threads that do not run.  0, or -1 with a reason in f->error. */
int	fanout_start(struct fanout *);

/* End all threads and wait for them.  What they counted stays in tables. */
void	fanout_stop(struct fanout *);

/* A meter_sink_fn: add flows to a worker's table (arg).  Its lock is held. */
uint64_t fanout_add_flows(void *arg, const struct flow *, size_t n);

/* An empty table for a thread; NULL: out of memory. */
struct table *fanout_table(const struct fanout *);

/* Add what the source of a worker has counted; the caller holds the lock. */
void	fanout_take_ledger(struct fanout *, struct worker *, struct ledger *);

/* The lock, which the worker leaves to the collecting thread. */
void	fanout_lock(struct worker *);

/*
 * meter_split(): a split has no function to be called.  Each worker puts what
 * comes after it into another table, which is collected after it has ended.
 */
bool	fanout_split(struct meter *, uint64_t at_ns, meter_split_fn *,
	    void *arg);

#endif
