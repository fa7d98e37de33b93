/*
 * Frames that stand for several packets: segmentation offload has joined them,
 * and the source tells the size of their payloads.  What a wire carries are the
 * packets, each with all headers up to those of TCP or UDP, in a tunnel up to
 * the inner ones.  The program in the kernel does the same in its own code,
 * meter/ebpf_segments.h.  No state; any thread.
 */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "decode.h"
#include "ledger.h"

/*
 * Decode a frame with a gso_size as decode_frames() does, and count the packets
 * that it stands for in the flow and the tally.  Adds to the ledger's
 * LEDGER_SEGMENTS and LEDGER_WIRE_BYTES what they have more than one frame.
 * Returns the number of flows: 0 or 1.
 */
size_t	segments_decode(decode_fn *decode, enum flow_ports ports,
	    const struct frame *f, struct flow *flow,
	    const struct frame **from, uint64_t counts[DECODED_VERDICTS],
	    struct prototally *tally, struct ledger *l);

/* How many packets a frame stands for; 0: it is not joined, or not of IP. */
uint32_t segments_count(decode_fn *decode, const struct frame *f);

#endif
