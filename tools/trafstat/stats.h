/*
 * What `stat' of the control protocol says of several daemons, and what
 * changed between two times.
 */
#ifndef TRAFSTAT_STATS_H
#define TRAFSTAT_STATS_H

#include <jansson.h>

#include "trafstat.h"

/* What the history has taken in of what a daemon has saved. */
struct fed {
	bool		known;
	uint64_t	packets;	/* saved since the daemon's start */
	uint64_t	blocks, rows;	/* likewise */
	uint64_t	unfed;		/* saved, and not there yet */
	bool		any;		/* it has blocks */
	uint64_t	end_ns;		/* of the last one */
};

/* One daemon. */
struct standing {
	char			ext[INSTANCE_LEN];
	struct control_stat	s;
	bool			based;	/* less than it is: since a baseline */
	struct fed		fed;	/* standing_ask_history() */
};

struct standings {
	struct standing	*list;
	size_t		 n;
	int		 shown;		/* times before */
};

/*
 * Ask the one that was named, or all that run.  0, or -1 after a message:
 * nobody answered, or the one that was named did not.
 */
int	standings_ask(const struct options *, struct standings *);

/* Read the history below its save file; s is as the daemon has said it. */
void	standing_ask_history(struct standing *);
void	standings_free(struct standings *);

/*
 * Take away what there was before: counters become what came since.  A
 * daemon that was not there, or is another one now, stays as it is.
 */
void	standings_since(struct standings *, const struct standings *before);

/*
 * The baseline of this user: kept as it was asked, taken away from what is,
 * or forgotten.  0, or -1 after a message.
 */
int	baseline_set(const struct standings *);
void	baseline_apply(struct standings *);
int	baseline_forget(const struct standings *);

/*
 * Call fn with what is, then count - 1 times (0: for ever) with what came in
 * each interval; with `history' after standing_ask_history() for each daemon.
 * The exit status.
 */
typedef int	standings_fn(const struct options *, const struct standings *,
		    struct out *);
int	standings_repeat(const struct options *, standings_fn *, bool history);

/* The beginning of an instance as JSON, and the list of them as a line. */
json_t	*standing_head_json(const struct standing *);
int	 standings_json(const struct standings *,
	    json_t *(*one)(const struct standing *), struct out *);

#endif
