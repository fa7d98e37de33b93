/*
 * What holds for every decoded frame, whatever its octets: for the unit
 * tests and the fuzzer.
 */
#ifndef PACKET_CHECK_H
#define PACKET_CHECK_H

#include <stdint.h>

#include "packet/decode.h"

/*
 * Decode the frame twice and check the outcome.  Returns NULL, or what does
 * not hold.  *v and *pkt are the outcome.
 */
const char	*packet_check(decode_fn *, const uint8_t *frame,
		    uint32_t caplen, uint32_t wirelen, enum decode_verdict *v,
		    struct packet *pkt);

#endif
