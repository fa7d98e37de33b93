/*
 * Big-endian numbers of 1 to 8 octets, at any address: they sort as octets
 * do.
 */
#ifndef BIGENDIAN_H
#define BIGENDIAN_H

#include <stdint.h>

static inline uint64_t
get_be(const uint8_t *from, unsigned octets)
{
	uint64_t	v = 0;

	while (octets-- > 0)
		v = v << 8 | *from++;
	return (v);
}

/* Returns where the number ends. */
static inline uint8_t *
put_be(uint8_t *to, uint64_t v, unsigned octets)
{
	unsigned	i;

	for (i = octets; i-- > 0; v >>= 8)
		to[i] = (uint8_t)v;
	return (to + octets);
}

#endif
