/*
 * Shared by the two files of the event loop: daemon.c turns events into
 * requests, daemon_jobs.c serves them one after the other.
 */
#ifndef DAEMON_IMPL_H
#define DAEMON_IMPL_H

#include <event2/event.h>

#include "daemon.h"
#include "daemon_stat.h"

enum state { IDLE, FREEZING, WRITING, MERGING, FINISHING, LAST_WRITE };

#define NSIGNALS	4

enum { EV_CAPTURER, EV_WRITER, EV_DUMP_TIMER, EV_SAVE_TIMER, EV_PARENT,
    EV_PATIENCE, NEVENTS };

struct daemon {
	struct daemon_parts	 p;
	struct event_base	*base;
	struct event		*on_signal[NSIGNALS];
	struct event		*events[NEVENTS];
	enum state		 state;
	uint64_t		 want_dump, want_save;	/* requests pending */
	bool			 want_exit;
	bool			 lost;		/* the interface */
	bool			 read_out;	/* a stream has ended */
	bool			 damaged;	/* ... before its end */
	bool			 unsaved;	/* the last save has failed */
	bool			 deaf;		/* lacks one of its events */
	bool			 want_query;
	enum writer_job		 job;
	uint64_t		 job_began;	/* monotonic ns */
	uint64_t		 query_at;	/* earliest next query, ditto */
	struct generation	*frozen;
	struct run_status	 status;
	struct control_query	 question;	/* the current query */
	struct daemon_stat	 stat;
	bool			 asked_sums;	/* CAPTURER_SUMS is pending */
	int			 result;
};

/*
 * If no request is being served, begin the next one: save before dump before
 * exit before query.
 */
void	next_request(struct daemon *);

/* The capturer has frozen a generation: pass it to the writer. */
void	job_frozen(struct daemon *);

/* The writer has finished its job on that generation. */
void	job_written(struct daemon *);

/* The capturer has merged that generation into the live one. */
void	job_merged(struct daemon *);

#endif
