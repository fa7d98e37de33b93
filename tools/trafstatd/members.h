/*
 * Counters for metrics: a bounded set of hosts, services or protocols whose
 * counters only grow, computed from answers that have the largest of the
 * account at one time.
 *
 *	members_new → members_update* → members_free
 *
 * A member counts from the moment it joins, and only traffic while it is among
 * the largest; everything else counts as `other'.  So no counter ever goes
 * back, and their sum is always the daemon's total, whichever members join or
 * leave.  After a save the account starts from 0; traffic between the last
 * answer and the save counts as `other'.
 */
#ifndef TRAFSTATD_MEMBERS_H
#define TRAFSTATD_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

struct member {
	struct flow_key	 key;
	uint64_t	 created_ns;	/* when it joined; since 1970 UTC */
	uint64_t	 out, in;	/* IP bytes counted since then */
	uint64_t	 account_out;	/* sums of the last answer with it */
	uint64_t	 account_in;
	double		 rate_out;	/* bytes/s in the last interval */
	double		 rate_in;
	uint64_t	 absent_ms;	/* missing since, monotonic; 0: not */
};

/* One answer. */
struct members_answer {
	const struct flow *rows;	/* in the order of flow_key_cmp();
					   ip: both directions, data: sent */
	size_t		 n;
	bool		 complete;	/* the account has no other rows */
	uint64_t	 started_ns;	/* daemon's start; new: all restarts */
	uint64_t	 epoch_first;	/* not saved; later: a save */
	uint64_t	 total;		/* IP bytes since the daemon started */
	uint64_t	 now_ns;	/* since 1970 UTC */
	uint64_t	 now_ms;	/* monotonic, not 0 */
};

struct members;

/*
 * The `top' largest of an answer become members; the set holds at most four
 * times as many.  Answers should have members_wanted() rows.  With `twice'
 * (hosts) each byte belongs to two members, as out of one and in of another;
 * else it belongs to one, and that of `other' is in its `out'.  NULL with
 * errno.
 */
struct members	*members_new(size_t top, bool twice);
void		 members_free(struct members *);
size_t		 members_wanted(const struct members *);

void		 members_update(struct members *,
		    const struct members_answer *);

/* Member i < members_count(), the largest of the account first. */
const struct member *members_get(const struct members *, size_t i);
size_t		 members_count(const struct members *);

/* All that no member has counted; its key is all 0. */
const struct member *members_other(const struct members *);

#endif
