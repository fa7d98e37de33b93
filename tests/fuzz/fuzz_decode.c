/*
 * Fuzz the decoder.  An input is a link type (16 bits) and the length of the
 * frame on the wire (32 bits), little-endian, then the captured octets.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../packet_check.h"
#include "packet/decode.h"
#include "fuzz.h"

#define PREFIX	6

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	enum decode_verdict	 v;
	struct packet		 pkt;
	decode_fn		*decode;
	uint32_t		 wirelen;
	const char		*why;

	if (size < PREFIX || size - PREFIX > UINT32_MAX)
		return (0);
	decode = decode_for_link(in[0] | in[1] << 8);
	if (decode == NULL)
		return (0);
	wirelen = in[2] | (uint32_t)in[3] << 8 | (uint32_t)in[4] << 16 |
	    (uint32_t)in[5] << 24;
	why = packet_check(decode, in + PREFIX, (uint32_t)(size - PREFIX),
	    wirelen, &v, &pkt);
	if (why != NULL) {
		fprintf(stderr, "link type %d: %s\n", in[0] | in[1] << 8, why);
		abort();
	}
	return (0);
}
