/*
 * The answers of several daemons to `stat' of the control protocol, called
 * their standings, and the difference between two of them.
 *
 *	ask → [ask_history] → [since or baseline_apply] → free
 */
#ifndef TRAFSTAT_STATS_H
#define TRAFSTAT_STATS_H

#include <jansson.h>

#include "trafstat.h"

/* What the history has of the blocks that a daemon has saved. */
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
	bool			based;	/* s is since a baseline */
	struct fed		fed;	/* standing_ask_history() */
};

struct standings {
	struct standing	*list;
	size_t		 n;
	int		 shown;		/* reports printed before */
};

/*
 * Query the daemon named by -i, or all that run.  0, or -1 after a message:
 * none answered, or not the named one.  Free the standings in any case.
 */
int	standings_ask(const struct options *, struct standings *);

/* Fill st->fed from the history; st->s must be as the daemon sent it. */
void	standing_ask_history(struct standing *);
void	standings_free(struct standings *);

/*
 * Subtract the counters of `before'.  Daemons that are not in it, or were
 * restarted since, are left as they are.
 */
void	standings_since(struct standings *, const struct standings *before);

/*
 * The baseline of this user: store these standings as such, subtract it from
 * them, or delete it.  0, or -1 after a message.
 */
int	baseline_set(const struct standings *);
void	baseline_apply(struct standings *);
int	baseline_forget(const struct standings *);

/*
 * Call fn with the standings, then count - 1 times (count is 0: without end)
 * with the difference in each interval; with `history' after
 * standing_ask_history() for each daemon.  Returns the exit status.
 */
typedef int	standings_fn(const struct options *, const struct standings *,
		    struct out *);
int	standings_repeat(const struct options *, standings_fn *, bool history);

/*
 * A new JSON object with the members that all reports have in common; and one
 * line with the objects that `one' returns.  The exit status.
 */
json_t	*standing_head_json(const struct standing *);
int	 standings_json(const struct standings *,
	    json_t *(*one)(const struct standing *), struct out *);

#endif
