/*
 * Shared by the two files of the event loop: daemon.c turns events into
 * requests, daemon_jobs.c serves them one after the other.
 */
#ifndef DAEMON_IMPL_H
#define DAEMON_IMPL_H

#include <event2/event.h>

#include "daemon/bucket.h"
#include "daemon.h"
#include "daemon_stat.h"

enum state { IDLE, FREEZING, WRITING, MERGING, FINISHING, LAST_WRITE };

#define NSIGNALS	4

/*
 * Blocks for changes of the networks: so many at once, and one a minute.  More
 * would make the save file of a host with many short-lived interfaces grow.
 */
#define SPLITS_MOST	30
#define SPLIT_COST	60	/* tokens, of which one comes in a second */

enum { EV_CAPTURER, EV_WRITER, EV_DUMP_TIMER, EV_SAVE_TIMER, EV_PARENT,
    EV_PATIENCE, EV_NETWORKS, NEVENTS };

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
	bool			 want_split;	/* the networks changed */
	bool			 splitting;	/* the save is for that */
	bool			 too_often;	/* that was logged */
	bool			 hurried;	/* ... again while splitting */
	uint64_t		 changed_ns;	/* when; UTC since 1970 */
	struct bucket		 splits;	/* how many are allowed */
	char			 live[BLOCK_TEXT_MAX]; /* networks by which
					the live generation is judged */
	char			 fresh[BLOCK_TEXT_MAX]; /* ... the next */
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

/* ---- daemon_networks.c ---- */

/* Read the networks of the interface, if they may have changed. */
void	networks_look(struct daemon *);

/*
 * Must what was counted by other networks than the present ones be saved now,
 * as a block of its own?  If so, the caller begins to; `splitting' is set.
 */
bool	networks_must_split(struct daemon *);

/*
 * A generation was begun; the one before was frozen, or has come back and was
 * merged into it: by which networks is each judged?
 */
void	networks_begun(struct daemon *);
void	networks_frozen(struct daemon *, struct generation *);
void	networks_merged(struct daemon *, const struct generation *);

/* The capturer has merged that generation into the live one. */
void	job_merged(struct daemon *);

#endif
