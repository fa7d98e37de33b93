/*
 * What the three files of the capturer share.  A mutex guards the slot by
 * which a generation comes in or goes out; atomic flags let the thread look
 * for requests without taking it.
 */
#ifndef CAPTURER_IMPL_H
#define CAPTURER_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/fault.h"
#include "capturer.h"

enum request { REQ_NONE, REQ_FREEZE, REQ_FREEZE_NOW, REQ_MERGE, REQ_FINISH };

struct capturer {
	pthread_t		 thread;
	bool			 started;
	pthread_mutex_t		 lock;
	_Atomic int		 request;	/* enum request */
	_Atomic bool		 sums_wanted;
	struct generation	*slot;		/* guarded by lock */
	struct live_sums	 shown;		/* likewise */
	int			 wake[2];	/* to the thread */
	int			 events[2];	/* from the thread */
	/* Below: the thread's own. */
	struct meter		*source;
	const char		*ifname;
	struct ifwatch		*stat;
	struct generation	*live;
	struct generation	*merging;	/* smaller one, or NULL */
	size_t			 merge_next;
	bool			 away;		/* the source has failed */
	bool			 down;		/* there, but down */
	uint64_t		 away_since;	/* monotonic ns, as all below */
	uint64_t		 look_at;	/* next look at the interface */
	uint64_t		 look_wait;	/* before that */
	bool			 active;	/* frames since the last look */
	bool			 told;		/* ifstat_fd() is readable */
	uint64_t		 freeze_at;	/* 0: no freeze is asked for */
	uint64_t		 reopen_at;
	uint64_t		 fresh_until;	/* good enough for a look */
	uint64_t		 reopen_wait;
	uint64_t		 retry_at;	/* 0: reading works */
	struct fault		 trouble;	/* why it does not */
	bool			 ended;		/* count reached, or lost */
	bool			 reopen;	/* what is lost */
	struct live_sums	 sums;		/* beyond generations */
	char			 last_error[METER_ERRLEN];
};

/* ---- capturer_thread.c ---- */

/* The thread. */
void	*capturer_run(void *);

/* ---- capturer_source.c: the thread's own ---- */

/* Tell the event loop, by the pipe. */
void	 capturer_post(struct capturer *, enum capturer_event);

/* Handle what is ready; false when the thread may sleep. */
bool	 capturer_drain(struct capturer *);

/* Before the source ends: all that the kernel has, or a second of work. */
void	 capturer_drain_rest(struct capturer *);

/* As meter_collect(), into the live table, and meter_take_ledger(). */
bool	 capturer_collect(struct capturer *);
void	 capturer_take_ledger(struct capturer *);

/* The interface is away: how long that has been, and is it back? */
void	 capturer_note_gap(struct capturer *);
void	 capturer_reopen_source(struct capturer *);

/* Look at the interface if it is time; sooner, if there is news of it. */
void	 capturer_look(struct capturer *);
void	 capturer_heed_news(struct capturer *);

/* Sooner than planned if traffic has begun again. */
void	 capturer_plan_look(struct capturer *);

#endif
