/*
 * Rows of the history: their subjects, counts and order.  No state; any
 * thread.
 */
#ifndef HISTORY_ROWS_H
#define HISTORY_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

/* What a row counts.  The format fixes these numbers. */
enum history_kind {
	HISTORY_HOST = 1,
	HISTORY_SERVICE = 2,
	HISTORY_PAIR = 3,
	HISTORY_VLAN = 4
};
#define HISTORY_KINDS	4

/* The counts of a host: as destination, as source, and as both at once. */
enum {
	HISTORY_IN,
	HISTORY_OUT,
	HISTORY_SELF,		/* part of in and of out */
	HISTORY_COUNTS
};

/*
 * A subject is a string of octets.  Rows are in the order of these strings.
 *	host	family, address: 4 octets of IPv4, 16 of IPv6, none of `other'
 *	service	protocol, flags of FLOW_NO_PROTO and FLOW_NO_PORTS, port of
 *		the server, highest octet first
 *	pair	family, two addresses as in hosts, the smaller one first; the
 *		family has FLOW_NO_SRC added if the first address was dropped,
 *		FLOW_NO_DST if the second one was
 *	vlan	FLOW_VLAN_MIXED or the id, high octet first; what has no tag
 *		is what is left of the total
 * history_flows() makes flows of rows.
 */
#define HISTORY_SUBJECT_MAX	33

#define HISTORY_SERVICE_FLAGS	(FLOW_NO_PROTO | FLOW_NO_PORTS)
#define HISTORY_SIDES		(FLOW_NO_SRC | FLOW_NO_DST)

struct history_row {
	uint8_t			 subject[HISTORY_SUBJECT_MAX];
	uint8_t			 len;
	/* Hosts: as above.  Pairs: first to second, back.  Others: one. */
	struct flow_count	 count[HISTORY_COUNTS];

	/*
	 * IP bytes that came in and went out, as seen from the networks that
	 * the block recorded; if it recorded none, from the private networks.
	 * 0 in pairs.
	 */
	uint64_t		 in;
	uint64_t		 out;
};

/* The number of counts of a row: 3 of hosts, 2 of pairs, 1 of others. */
unsigned history_counts(enum history_kind);

/* Compare the subjects as strings of bytes: as memcmp(3). */
int	history_subject_cmp(const struct history_row *,
	    const struct history_row *);

/*
 * Sort rows, and add up those with the same subject.  Returns how many remain.
 */
size_t	history_rows_merge(struct history_row *, size_t n);

/* Add the counts of a row with the same subject. */
void	history_row_add(struct history_row *, const struct history_row *);

/* Is the subject of the row a valid one of that kind? */
bool	history_subject_is_valid(enum history_kind,
	    const struct history_row *);

#endif
