/*
 * A bounded set of hosts, services or protocols whose counters only grow,
 * made of answers that hold the largest ones of an account at an instant.
 *
 * A member counts from the moment it came in, and only what passed while it
 * was among the largest; everything else is counted in `other'.  So no
 * counter ever goes back, and all of them together are the daemon's total,
 * whoever comes and goes.  A save, after which the account starts at 0, is no
 * step either: what passed between the last answer and the save is `other'.
 */
#ifndef TRAFSTATD_MEMBERS_H
#define TRAFSTATD_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

struct member {
	struct flow_key	 key;
	uint64_t	 created_ns;	/* since 1970 UTC */
	uint64_t	 out, in;	/* IP bytes counted since then */
	uint64_t	 account_out;	/* in the account, when last seen */
	uint64_t	 account_in;
	double		 rate_out;	/* bytes/s in the last interval */
	double		 rate_in;
	uint64_t	 absent_ms;	/* since when not among them; 0: is */
};

/* One answer. */
struct members_answer {
	const struct flow *rows;	/* in the order of flow_key_cmp();
					   ip: both ways, data: sent */
	size_t		 n;
	bool		 complete;	/* there are no others */
	uint64_t	 started_ns;	/* the daemon; differs: all is new */
	uint64_t	 begin_ns;	/* of the account; later: saved */
	uint64_t	 total;		/* IP bytes since the daemon started */
	uint64_t	 now_ns;	/* since 1970 UTC */
	uint64_t	 now_ms;	/* monotonic, not 0 */
};

struct members;

/*
 * The set takes in the `top' largest of an answer and holds at most four
 * times as many; answers should have members_wanted().  With `twice' each
 * byte belongs to two of them, of one as out and of one as in (hosts), else
 * to one of them, and the rest is all in `out'.  NULL with errno.
 */
struct members	*members_new(size_t top, bool twice);
void		 members_free(struct members *);
size_t		 members_wanted(const struct members *);

void		 members_update(struct members *,
		    const struct members_answer *);

/* Member i < members_count(), the largest of the account first. */
const struct member *members_get(const struct members *, size_t i);
size_t		 members_count(const struct members *);

/* What was not counted in a member; key is all 0. */
const struct member *members_other(const struct members *);

#endif
