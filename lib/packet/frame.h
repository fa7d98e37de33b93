/*
 * A captured frame, as lib/capture delivers it to its users.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

enum frame_direction {
	FRAME_UNKNOWN,		/* the system does not say */
	FRAME_IN,
	FRAME_OUT
};

struct frame {
	const uint8_t	*octets;	/* borrowed */
	uint32_t	 caplen;	/* octets that were captured */
	uint32_t	 wirelen;	/* octets on the wire */
	uint64_t	 time_ns;	/* since 1970 UTC; 0: not requested */
	enum frame_direction direction;
};

#endif
