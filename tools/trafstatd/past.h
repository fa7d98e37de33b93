/*
 * Today, this month, the last 24 hours and budgets: from the history
 * (trafdb(8)), blocks that it does not have yet and what is not saved.  A
 * process of its own adds them up, in a sandbox that allows nothing else: the
 * web server never waits for the database, and has no right to read it.  As
 * the process cannot query a daemon, it gets the daemon's table as an open
 * file with each question.
 *
 *	pasts_new → [past_look, past_run]* → pasts_free
 *
 * One thread at a time; no call blocks.
 */
#ifndef TRAFSTATD_PAST_H
#define TRAFSTATD_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names/host.h"
#include "traffic.h"

#define PAST_HOURS	24
#define PAST_BUDGETS	64
#define PAST_TEXT_LEN	256

struct live;
struct live_instance;
struct options;
struct unsaved;

enum past_state {
	PAST_WAITING,		/* no answer yet */
	PAST_THERE,
	PAST_MISSING		/* why says what to do */
};

/* IP bytes; of an interface as a whole, in and out are 0. */
struct past_sum {
	uint64_t	all, in, out;
	uint8_t		unsaved;	/* 1: with what is not saved */
};

struct past_budget {
	char		name[64];
	char		what[80];	/* "10.0.0.5, in, a month" */
	uint64_t	used, most;	/* bytes */
	uint64_t	since_ns;
	uint8_t		unsaved;
	uint8_t		guessed;	/* 1: in or out is by the private
					   networks, for want of others */
};

/* Times are ns since 1970 UTC. */
struct past {
	enum past_state		 state;
	char			 why[PAST_TEXT_LEN];
	uint64_t		 good_ms;	/* how long to keep it */
	uint64_t		 end_ns;	/* of the last save; 0: none */
	uint64_t		 today_ns;	/* local midnight */
	uint64_t		 month_ns;
	struct past_sum		 today, month;
	uint64_t		 hour_ns;	/* the first of the hours */
	uint64_t		 hours[PAST_HOURS];	/* bytes */
	uint8_t			 hours_unsaved;
	uint8_t			 more_budgets;	/* 1: than fit below */
	size_t			 nbudgets;
	struct past_budget	 budgets[PAST_BUDGETS];
};

/* What is asked: an account, and one host of it or (FAMILY_NONE) all. */
struct past_question {
	char			ext[TRAFD_EXT_MAX + 1];
	struct names_host	host;
};

struct pasts;

/* Start the process.  NULL with errno. */
struct pasts	*pasts_new(const struct options *);
void		 pasts_free(struct pasts *);		/* NULL is allowed */

/*
 * The last answer for the account of this daemon, which is up, and its host,
 * if given.  Queries the daemon's table if it is time for a new answer, as
 * seldom as live_look_into().  Valid until the next call.
 */
const struct past *past_look(struct pasts *, struct live *,
		    struct live_instance *, const struct names_host *);

/* Take an answer that is there and send the next question. */
void		 past_run(struct pasts *);

/* In the process: past_history.c, or past_none.c without Berkeley DB. */
void		 past_answer(const char *statedir,
		    const struct past_question *, const struct unsaved *,
		    struct past *);

#endif
