/*
 * A frame as it was captured: the value that capture hands to whoever
 * decodes, records or counts it.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

enum frame_direction {
	FRAME_UNKNOWN,		/* the system does not tell */
	FRAME_IN,
	FRAME_OUT
};

struct frame {
	const uint8_t	*octets;	/* borrowed */
	uint32_t	 caplen;	/* octets that were captured */
	uint32_t	 wirelen;	/* octets that it had on the wire */
	uint64_t	 time_ns;	/* since 1970 UTC; 0: not asked for */
	enum frame_direction direction;
};

#endif
