/*
 * Packets of a capture file added up by flow before they reach the table: as
 * decode_frames(), but packets of flows that were there a moment ago cost
 * less than half.  Where that does not happen often enough it rests, and
 * costs nothing.
 */
#ifndef RECENT_H
#define RECENT_H

#include "decode.h"

struct recent;

/* NULL with errno when out of memory. */
struct recent	*recent_new(enum flow_ports);
void		 recent_free(struct recent *);

/* How many frames may be handed over where so many flows find room. */
size_t		 recent_frames_for(const struct recent *, size_t room);

/*
 * Decode n frames of Ethernet; as decode_frames().  Every flow is given out
 * when it is met first, so flows come in the order of their first packets;
 * what has been added up since is given out later.
 */
size_t		 recent_frames(struct recent *, const struct frame *, size_t n,
		    struct flow *, uint64_t counts[DECODED_VERDICTS]);

/* At the end: give out at most `most' flows of what is left; 0: nothing. */
size_t		 recent_rest(struct recent *, struct flow *, size_t most);

#endif
