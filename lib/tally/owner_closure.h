/*
 * Closes the account of an interface with that of owners: what of the packets
 * on the wire is of programs, what was forwarded, and what neither account
 * explains.
 *
 *	new -> [owned, seen]* -> sum -> free
 *
 * Rows may come in any order.  One thread at a time.
 */
#ifndef OWNER_CLOSURE_H
#define OWNER_CLOSURE_H

#include "packet/flow.h"
#include "packet/nets.h"
#include "tally.h"

struct owner_closure;

/* NULL with errno. */
struct owner_closure *owner_closure_new(void);
void	owner_closure_free(struct owner_closure *);	/* NULL is allowed */

/*
 * A row of the account of owners on that interface; a row of the interface,
 * with its direction as its account tells it.  -1 with errno ENOMEM.
 */
int	owner_closure_owned(struct owner_closure *, const struct flow *);
int	owner_closure_seen(struct owner_closure *, const struct flow *,
	    enum flow_direction);

/*
 * seen = owned - excess + forwarded + unowned, in octets.
 *
 * An address is one of this host if it has, with some peer in one protocol and
 * direction, exactly as many octets as programs have there, and no other
 * address has; and not more peers of programs with another number.  Rows
 * without such an address are forwarded, except to a multicast or broadcast
 * address.  What an address of this host has beyond its programs is unowned:
 * dropped before a socket, sent below IP, or forwarded with its address
 * translated.  excess is what programs had and the interface has not.  Without
 * any address of this host nothing counts as forwarded.
 */
struct owner_closure_sums {
	uint64_t		seen;
	uint64_t		owned;
	uint64_t		excess;
	struct tally_count	forwarded;
	struct tally_count	unowned;
	size_t			addresses;	/* of this host */
};

int	owner_closure_sum(struct owner_closure *,
	    struct owner_closure_sums *);

#endif
