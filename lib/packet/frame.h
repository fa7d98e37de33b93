/*
 * A captured frame, as lib/capture delivers it to its users.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* The enumerations take one octet: a frame has 32, half a line of the cache. */
enum frame_direction {
	FRAME_UNKNOWN,		/* the system does not say */
	FRAME_IN,
	FRAME_OUT
} __attribute__((packed));

/* What the kernel says of the checksums of TCP, UDP and SCTP in a frame. */
enum frame_sums {
	FRAME_SUMS_UNKNOWN,
	FRAME_SUMS_NOT_READY,	/* they are computed when it is sent */
	FRAME_SUMS_VALID	/* somebody has verified them */
} __attribute__((packed));

struct frame {
	const uint8_t	*octets;	/* borrowed */
	uint32_t	 caplen;	/* octets that were captured */
	uint32_t	 wirelen;	/* octets on the wire */
	uint64_t	 time_ns;	/* since 1970 UTC; 0: not requested */
	/*
	 * Which interface: live its index in the system, in a capture its
	 * number there; 0 also if it is not told.
	 */
	uint32_t	 interface;
	/*
	 * Segmentation offload has joined packets in it, each with so many
	 * octets of payload (the last may have fewer); 0: one packet, or not
	 * told.
	 */
	uint16_t	 gso_size;
	enum frame_direction direction;
	bool		 gso_udp : 1;	/* of UDP, else of TCP */
	enum frame_sums	 sums : 2;
};

#endif
