/*
 * Fuzz the dissector.  An input is as that of fuzz_decode: a link type (16
 * bits) and the length of the frame on the wire (32 bits), little-endian, then
 * the captured octets.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../dissect_check.h"
#include "base/endian.h"
#include "fuzz.h"

#define PREFIX	6

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct dissection	 d;
	const char		*why;

	if (size < PREFIX || size - PREFIX > UINT32_MAX)
		return (0);
	why = dissect_check(get_le16(in), in + PREFIX,
	    (uint32_t)(size - PREFIX), get_le32(in + 2), &d);
	if (why != NULL) {
		fprintf(stderr, "link type %d: %s\n", get_le16(in), why);
		abort();
	}
	return (0);
}
