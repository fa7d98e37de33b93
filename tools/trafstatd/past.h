/*
 * What was before the live table: today, this month, the last 24 hours and
 * budgets, from the history (trafdb(8)).  A process of its own reads it, in a
 * sandbox that allows nothing else: the web server never waits for the
 * database, and has no right to read it.
 *
 *	past_new → [past_look, past_run]* → past_free
 *
 * One thread at a time; no call blocks.
 */
#ifndef TRAFSTATD_PAST_H
#define TRAFSTATD_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"
#include "names/host.h"
#include "traffic.h"

#define PAST_HOURS	24
#define PAST_BUDGETS	16
#define PAST_TEXT_LEN	256

struct options;

enum past_state {
	PAST_WAITING,		/* no answer yet */
	PAST_THERE,
	PAST_MISSING		/* why says what to do */
};

/* IP bytes; of an interface as a whole, in and out are 0. */
struct past_sum {
	uint64_t	all, in, out;
};

struct past_budget {
	char		name[64];
	char		what[80];	/* "10.0.0.5, in, a month" */
	uint64_t	used, most;	/* bytes */
	uint64_t	since_ns;
};

/* Times are ns since 1970 UTC. */
struct past {
	enum past_state		 state;
	char			 why[PAST_TEXT_LEN];
	uint64_t		 end_ns;	/* of the last block; 0: none */
	uint64_t		 today_ns;	/* local midnight */
	uint64_t		 month_ns;
	struct past_sum		 today, month;
	uint64_t		 hour_ns;	/* the first of the hours */
	uint64_t		 hours[PAST_HOURS];	/* bytes */
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
 * The last answer for the account of the daemon with this state, and its
 * host, if given.  Valid until the next call.
 */
const struct past *past_look(struct pasts *, const char *ext,
		    const struct control_stat *, const struct names_host *);

/* Take an answer that is there and send the next question. */
void		 past_run(struct pasts *);

/*
 * Does what the daemon has not saved yet, from `begin_ns' to now, belong to
 * the period that began at `period_ns'?  Not if the history has it already.
 */
bool		 past_includes(const struct past *, uint64_t period_ns,
		    uint64_t begin_ns, uint64_t now_ns);

/* In the process: past_history.c, or past_none.c without Berkeley DB. */
void		 past_answer(const char *statedir,
		    const struct past_question *, struct past *);

#endif
