/*
 * What the decoder met, by protocol: plain counters since a daemon's start,
 * beside the account and no part of it.  New entries go at the end; their
 * numbers are frozen by the control protocol.
 */
#ifndef PROTOSTAT_H
#define PROTOSTAT_H

#include <stdint.h>

#include "prototally.h"

enum protostat_entry {
	PROTOSTAT_UNMARKED,		/* neither TCP nor ICMP, and whole */
	PROTOSTAT_IP4_PACKETS,
	PROTOSTAT_IP4_BYTES,
	PROTOSTAT_IP6_PACKETS,
	PROTOSTAT_IP6_BYTES,
	PROTOSTAT_FIRST_FRAGMENTS,	/* with the sub-protocol's header */
	PROTOSTAT_LATER_FRAGMENTS,
	PROTOSTAT_TCP_DATA,		/* segments that carry octets */
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

/* Add to *sum what a decoder has counted. */
void	protostat_add(struct protostat *sum, const struct prototally *);

/* Add b to a. */
void	prototally_add(struct prototally *a, const struct prototally *b);

#endif
