/*
 * What a decoder counts of each IP packet while it goes by, kept small: two
 * cache lines a packet, no branch.  protostat.h has the same as others are
 * told it.  The program in the kernel counts in one of these, too.
 */
#ifndef PROTOTALLY_H
#define PROTOTALLY_H

#include <stdint.h>

/* Where a packet is counted by what its sub-protocol's header says. */
enum prototally_mark {
	TALLY_PLAIN,			/* neither TCP nor ICMP */
	TALLY_LATER_FRAGMENT,		/* has no such header */
	TALLY_ICMP,			/* by type */
	TALLY_ICMP6 = TALLY_ICMP + 256,
	TALLY_TCP = TALLY_ICMP6 + 256,	/* by octet 13 */
	TALLY_TCP_DATA = TALLY_TCP + 256,	/* those that carry octets */
	TALLY_MARKS = TALLY_TCP_DATA + 256
};

struct prototally {
	struct {
		uint64_t	packets;
		uint64_t	bytes;
	}		sums[2][256];	/* IPv4 and IPv6, by protocol */
	uint64_t	marks[TALLY_MARKS];
	uint64_t	first_fragments;	/* counted in marks as well */
};

#endif
