/*
 * Conditions that every decoded frame must meet, whatever its octets: for the
 * unit tests and the fuzz harness.
 */
#ifndef PACKET_CHECK_H
#define PACKET_CHECK_H

#include <stdint.h>

#include "packet/decode.h"

/*
 * Decode the frame twice and check the result, which is returned in *v and
 * *pkt.  Returns NULL, or a text that says which condition is not met.
 */
const char	*packet_check(decode_fn *, const uint8_t *frame,
		    uint32_t caplen, uint32_t wirelen, enum decode_verdict *v,
		    struct packet *pkt);

#endif
