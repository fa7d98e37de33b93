/*
 * Counters that a decoder keeps of each IP packet.  The layout is made for
 * speed: two cache lines per packet and no branch.  protostat.h has the form
 * that clients receive.  The eBPF program in the kernel uses this struct too.
 */
#ifndef PROTOTALLY_H
#define PROTOTALLY_H

#include <stdint.h>

/* Indexes of marks[], by the sub-protocol's header. */
enum prototally_mark {
	TALLY_PLAIN,			/* neither TCP nor ICMP */
	TALLY_LATER_FRAGMENT,		/* has no such header */
	TALLY_ICMP,			/* by type */
	TALLY_ICMP6 = TALLY_ICMP + 256,
	TALLY_TCP = TALLY_ICMP6 + 256,	/* by octet 13, the flags */
	TALLY_TCP_DATA = TALLY_TCP + 256,	/* segments with data */
	TALLY_MARKS = TALLY_TCP_DATA + 256
};

struct prototally {
	struct {
		uint64_t	packets;
		uint64_t	bytes;
	}		sums[2][256];	/* IPv4 and IPv6, by protocol */
	uint64_t	marks[TALLY_MARKS];
	uint64_t	first_fragments;	/* also counted in marks */
};

#endif
