/*
 * A model of the wire: frames in which packets are joined, at random, and the
 * packets that a wire carries for them, each decoded as a capture of the wire
 * would be.  For the tests of those who count segments.
 */
#ifndef WIRE_MODEL_H
#define WIRE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/decode.h"
#include "packet/prototally.h"

#define FRAME_MOST	2800	/* what the kernel takes for a test */

enum tunnel {
	NO_TUNNEL, IP_IN_IP, GRE, GRE_ETHERNET, VXLAN, VXLAN_LINUX, VXLAN_GPE,
	GENEVE, TUNNELS
};

/* How all frames of one test are made; only payload and flags differ. */
struct shape {
	bool		tag;		/* VLAN */
	bool		v6, inner6;
	enum tunnel	tunnel;
	unsigned	words4;		/* of options of IPv4 */
	unsigned	extensions;	/* of IPv6 */
	unsigned	gre;		/* flags */
	unsigned	geneve;		/* words of options */
	uint8_t		proto;		/* TCP, UDP or SCTP */
	unsigned	offset;		/* of TCP, in words */
	uint16_t	port;
};

struct out {
	uint8_t		at[FRAME_MOST + 600];
	size_t		n;
};

/* What a wire carries, or what was counted. */
struct counted {
	struct flow	 flow;		/* of all, which have one key */
	size_t		 flows;
	uint64_t	 wire_bytes;
	uint64_t	 segments;
	struct prototally tally;
};

extern struct counted	wire_want, wire_got;

/* A random number below n. */
unsigned	wire_below(unsigned n);

/* A random shape; some have SCTP, which only the kernel joins. */
struct shape	wire_choose(void);

/*
 * A frame with so much payload.  Its headers speak of `said' bytes of payload:
 * others with GSO_PARTIAL.
 */
void		wire_make(struct out *, const struct shape *, size_t payload,
		    size_t said, uint8_t flags);

/*
 * Cut the payload as the kernel does and count the packets in wire_want.
 * Returns how many there are.
 */
unsigned	wire_cut(const struct shape *, size_t payload, size_t size,
		    uint8_t flags);

/*
 * A random frame of this shape, and in wire_want what the wire carries for it.
 * *size is the payload of each packet.  Returns how many packets there are.
 */
unsigned	wire_frame(struct out *, const struct shape *, size_t *size);

/* Add to the one flow that is counted. */
void		wire_add(struct counted *, const struct flow *);

/* Fails unless wire_got is wire_want. */
void		wire_same(void);

#endif
