/*
 * Shared by the three files of the capturer.  A generation is passed to the
 * thread, and back, in a slot that a mutex guards.  Requests are atomic flags,
 * so the thread can check for them without the mutex.
 */
#ifndef CAPTURER_IMPL_H
#define CAPTURER_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/fault.h"
#include "capturer.h"

enum request { REQ_NONE, REQ_FREEZE, REQ_FREEZE_NOW, REQ_FREEZE_AT,
    REQ_MERGE, REQ_FINISH };

struct capturer {
	pthread_t		 thread;
	bool			 started;
	pthread_mutex_t		 lock;
	_Atomic int		 request;	/* enum request */
	_Atomic bool		 sums_wanted;
	struct generation	*slot;		/* guarded by lock */
	uint64_t		 split_ns;	/* likewise: of FREEZE_AT */
	struct live_sums	 shown;		/* guarded by lock */
	int			 wake[2];	/* to the thread */
	int			 events[2];	/* from the thread */
	/* Below: only for the thread; times are now_mono() nanoseconds. */
	struct meter		*source;
	const char		*ifname;
	struct ifwatch		*stat;
	struct generation	*live;
	struct generation	*merging;	/* into live; NULL: none */
	size_t			 merge_next;	/* its next row */
	bool			 away;		/* the interface is missing */
	bool			 absent;	/* it never was there */
	bool			 down;		/* it exists, but is down */
	uint64_t		 away_since;	/* gap noted up to here */
	uint64_t		 look_at;	/* next check of interface */
	uint64_t		 look_wait;	/* pause before it */
	bool			 active;	/* traffic since last check */
	bool			 told;		/* ifstat_fd() is readable */
	uint64_t		 freeze_at;	/* 0: no freeze is requested */
	uint64_t		 reopen_at;
	uint64_t		 fresh_until;	/* sums: collect after this */
	uint64_t		 reopen_wait;
	uint64_t		 retry_at;	/* 0: reading works */
	struct fault		 trouble;	/* why reading fails */
	bool			 ended;		/* count reached, or lost */
	bool			 reopen;	/* a lost interface */
	struct live_sums	 sums;		/* of all generations */
	char			 last_error[METER_ERRLEN];
};

/* ---- capturer_thread.c ---- */

/* The thread. */
void	*capturer_run(void *);

/* ---- capturer_file.c ---- */

/* Only for the thread: let the live generation cover the packets' times. */
void	 capturer_cover(struct capturer *);

/* ---- capturer_source.c: only for the thread ---- */

/* Report an event to the event loop. */
void	 capturer_post(struct capturer *, enum capturer_event);

/* Count the packets that are ready; false if the thread may sleep. */
bool	 capturer_drain(struct capturer *);

/*
 * Before the source ends: count all packets that the kernel has, for at most
 * a second of CPU time.
 */
void	 capturer_drain_rest(struct capturer *);

/*
 * meter_collect() into the live table; meter_take_ledger() and
 * meter_take_senders() likewise.
 */
bool	 capturer_collect(struct capturer *);
void	 capturer_take_ledger(struct capturer *);

/* The source was opened without its interface: begin with a gap. */
void	 capturer_begin_absent(struct capturer *);

/*
 * While the interface is missing: add the time since the last call to the
 * ledger; if it is time to, try to open the interface again.
 */
void	 capturer_note_gap(struct capturer *);
void	 capturer_reopen_source(struct capturer *);

/*
 * Check the interface if it is time to; after an event of ifstat_fd(), let
 * the next check or attempt to reopen come sooner.
 */
void	 capturer_look(struct capturer *);
void	 capturer_heed_news(struct capturer *);

/* Let the next check come sooner if there is traffic again. */
void	 capturer_plan_look(struct capturer *);

#endif
