/*
 * Frames that are longer than the wire allows: segmentation offload has joined
 * them, and a capture does not tell from how many packets.  Each was counted as
 * one packet; what is missing at least can be told.  No state; any thread.
 */
#ifndef JOINED_H
#define JOINED_H

#include "decode.h"
#include "ledger.h"

/*
 * The MTU for captures, which do not tell it: that of the longest packets that
 * cards commonly send ("jumbo frames").
 */
#define JOINED_MTU_FILE	9216

/*
 * Note those of n frames whose IP packet is longer than the MTU, in bytes, and
 * whose packets nobody has told (gso_size): how many there are, and how many
 * bytes the headers have that are missing, if all packets were as long as
 * possible.
 */
void	joined_note(struct ledger *l, decode_fn *decode,
	    const struct frame *frames, size_t n, uint32_t mtu);

#endif
