/*
 * Adds up the packets of a capture file by flow before they reach the table,
 * in a small cache of recent flows: a packet that hits costs less than half of
 * decode_frames().  If too few hit, the cache is bypassed and costs nothing.
 *
 *	new -> [frames* -> rest*]* -> free
 *
 * One thread at a time.
 */
#ifndef RECENT_H
#define RECENT_H

#include "decode.h"

struct recent;

/* NULL with errno. */
struct recent	*recent_new(enum flow_ports);
void		 recent_free(struct recent *);

/* How many frames may be passed if there is room for so many flows. */
size_t		 recent_frames_for(const struct recent *, size_t room);

/*
 * Decode n Ethernet frames; otherwise as decode_frames().  Each flow is
 * returned at its first packet, so flows come in the order of their first
 * packets; what the cache adds up after that is returned later, with an empty
 * frame in from[].
 */
size_t		 recent_frames(struct recent *, const struct frame *, size_t n,
		    struct flow *, const struct frame **from,
		    uint64_t counts[DECODED_VERDICTS]);

/*
 * Store at most `most' > 0 of the flows left; 0: none are left, and the cache
 * is as new.  Call it until then.
 */
size_t		 recent_rest(struct recent *, struct flow *, size_t most);

#endif
