/*
 * Rows of the history: what one is about, what it counts, their order.  No
 * state; any thread.
 */
#ifndef HISTORY_ROWS_H
#define HISTORY_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

/* What a row is about.  Numbers frozen by the format. */
enum history_kind {
	HISTORY_HOST = 1,
	HISTORY_SERVICE = 2,
	HISTORY_PAIR = 3
};
#define HISTORY_KINDS	3

/* What a host has: as destination, as source, and as both at once. */
enum {
	HISTORY_IN,
	HISTORY_OUT,
	HISTORY_SELF,		/* part of in and of out */
	HISTORY_COUNTS
};

/*
 * A subject is octets, whose order is that of the rows:
 *	host	family, address: 4 octets of IPv4, 16 of IPv6, none of `other'
 *	service	protocol, flags of FLOW_NO_PROTO and FLOW_NO_PORTS, port of
 *		the server, highest octet first
 *	pair	family, two addresses as in hosts, the smaller one first; the
 *		family has FLOW_NO_SRC and FLOW_NO_DST added, of the first
 *		and of the second one
 * history_flows() makes flows of them.
 */
#define HISTORY_SUBJECT_MAX	33

#define HISTORY_SERVICE_FLAGS	(FLOW_NO_PROTO | FLOW_NO_PORTS)
#define HISTORY_SIDES		(FLOW_NO_SRC | FLOW_NO_DST)

struct history_row {
	uint8_t			 subject[HISTORY_SUBJECT_MAX];
	uint8_t			 len;
	/* Of hosts as above; of pairs from the first to the second, back. */
	struct flow_count	 count[HISTORY_COUNTS];

	/*
	 * Octets of IP that came in and went out, as seen from the networks
	 * that the block recorded (private ones where it did not).  Not of
	 * pairs.
	 */
	uint64_t		 in;
	uint64_t		 out;
};

/* Counts that a kind of row has: 3 of hosts, 2 of pairs, 1 of services. */
unsigned history_counts(enum history_kind);

/* Order of subjects: as octets. */
int	history_subject_cmp(const struct history_row *,
	    const struct history_row *);

/* Sort, and make one row of those with the same subject: how many remain. */
size_t	history_rows_merge(struct history_row *, size_t n);

/* Add what a row of the same subject has. */
void	history_row_add(struct history_row *, const struct history_row *);

/* Are its octets those of a subject of that kind? */
bool	history_subject_is_sound(enum history_kind,
	    const struct history_row *);

#endif
