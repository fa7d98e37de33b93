/*
 * Integers as octets in a fixed byte order, at any alignment.  be is
 * big-endian, as in packets and in database keys, whose octets then sort as
 * the numbers do; le is little-endian, as in files and control messages.  No
 * state; any thread.
 */
#ifndef BASE_ENDIAN_H
#define BASE_ENDIAN_H

#include <stdint.h>

static inline uint16_t
get_be16(const uint8_t *p)
{
	return ((uint16_t)(p[0] << 8 | p[1]));
}

static inline uint32_t
get_be32(const uint8_t *p)
{
	return ((uint32_t)get_be16(p) << 16 | get_be16(p + 2));
}

static inline uint64_t
get_be64(const uint8_t *p)
{
	return ((uint64_t)get_be32(p) << 32 | get_be32(p + 4));
}

static inline uint16_t
get_le16(const uint8_t *p)
{
	return ((uint16_t)(p[1] << 8 | p[0]));
}

static inline uint32_t
get_le32(const uint8_t *p)
{
	return ((uint32_t)get_le16(p + 2) << 16 | get_le16(p));
}

static inline uint64_t
get_le64(const uint8_t *p)
{
	return ((uint64_t)get_le32(p + 4) << 32 | get_le32(p));
}

static inline void
put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}

static inline void
put_be64(uint8_t *p, uint64_t v)
{
	put_be32(p, (uint32_t)(v >> 32));
	put_be32(p + 4, (uint32_t)v);
}

static inline void
put_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
put_le32(uint8_t *p, uint32_t v)
{
	put_le16(p, (uint16_t)v);
	put_le16(p + 2, (uint16_t)(v >> 16));
}

static inline void
put_le64(uint8_t *p, uint64_t v)
{
	put_le32(p, (uint32_t)v);
	put_le32(p + 4, (uint32_t)(v >> 32));
}

/* A big-endian number of 1 to 8 octets. */
static inline uint64_t
get_be(const uint8_t *from, unsigned octets)
{
	uint64_t	v = 0;

	while (octets-- > 0)
		v = v << 8 | *from++;
	return (v);
}

/* Store the low 1 to 8 octets of v.  Returns the first octet after them. */
static inline uint8_t *
put_be(uint8_t *to, uint64_t v, unsigned octets)
{
	unsigned	i;

	for (i = octets; i-- > 0; v >>= 8)
		to[i] = (uint8_t)v;
	return (to + octets);
}

#endif
