/*
 * Packets by protocol since the daemon's start, as clients receive them.  They
 * are no part of the account.  New entries go at the end: the control protocol
 * freezes their numbers.  No state; any thread.
 */
#ifndef PROTOSTAT_H
#define PROTOSTAT_H

#include <stdint.h>

#include "prototally.h"

enum protostat_entry {
	PROTOSTAT_UNMARKED,		/* whole, neither TCP nor ICMP */
	PROTOSTAT_IP4_PACKETS,
	PROTOSTAT_IP4_BYTES,
	PROTOSTAT_IP6_PACKETS,
	PROTOSTAT_IP6_BYTES,
	PROTOSTAT_FIRST_FRAGMENTS,	/* contain the sub-protocol's header */
	PROTOSTAT_LATER_FRAGMENTS,
	PROTOSTAT_TCP_DATA,		/* segments that carry data */
	PROTOSTAT_PACKETS,		/* by IP protocol: 256 */
	PROTOSTAT_BYTES = PROTOSTAT_PACKETS + 256,
	PROTOSTAT_TCP_FLAGS = PROTOSTAT_BYTES + 256,	/* by octet 13 */
	PROTOSTAT_ICMP = PROTOSTAT_TCP_FLAGS + 256,	/* by type */
	PROTOSTAT_ICMP6 = PROTOSTAT_ICMP + 256,
	PROTOSTAT_ENTRIES = PROTOSTAT_ICMP6 + 256
};

struct protostat {
	uint64_t	v[PROTOSTAT_ENTRIES];
};

/* Add the counters of a decoder to *sum. */
void	protostat_add(struct protostat *sum, const struct prototally *);

/* Add b to a. */
void	prototally_add(struct prototally *a, const struct prototally *b);

#endif
