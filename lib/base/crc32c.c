/*
 * CRC32C eight octets at a time ("slicing by eight").  The checksum is
 * linear, so each table entry is the exclusive or of the entries of its bits:
 * the preprocessor builds each table from eight constants.
 */
#include "crc32c.h"
#include "endian.h"

#define BIT(n, i, x)	(((n) >> (i) & 1) * (x))
#define ENTRY(n, a, b, c, d, e, f, g, h)				\
	BIT(n, 0, a) ^ BIT(n, 1, b) ^ BIT(n, 2, c) ^ BIT(n, 3, d) ^	\
	BIT(n, 4, e) ^ BIT(n, 5, f) ^ BIT(n, 6, g) ^ BIT(n, 7, h)
#define FOUR(n, ...)							\
	ENTRY((n), __VA_ARGS__), ENTRY((n) + 1, __VA_ARGS__),		\
	ENTRY((n) + 2, __VA_ARGS__), ENTRY((n) + 3, __VA_ARGS__)
#define SIXTEEN(n, ...)							\
	FOUR(n, __VA_ARGS__), FOUR((n) + 4, __VA_ARGS__),		\
	FOUR((n) + 8, __VA_ARGS__), FOUR((n) + 12, __VA_ARGS__)
#define SIXTYFOUR(n, ...)						\
	SIXTEEN(n, __VA_ARGS__), SIXTEEN((n) + 16, __VA_ARGS__),	\
	SIXTEEN((n) + 32, __VA_ARGS__), SIXTEEN((n) + 48, __VA_ARGS__)
#define TABLE(...)							\
	{ SIXTYFOUR(0, __VA_ARGS__), SIXTYFOUR(64, __VA_ARGS__),	\
	  SIXTYFOUR(128, __VA_ARGS__), SIXTYFOUR(192, __VA_ARGS__) }

/* after[k][n]: the effect of octet n on the checksum k octets later. */
static const uint32_t after[8][256] = {
	TABLE(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf,
	    0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78),
	TABLE(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8,
	    0x3fc5f181, 0x7f8be302, 0xff17c604, 0xfbc3faf9),
	TABLE(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5,
	    0x70a27d8a, 0xe144fb14, 0xc76580d9, 0x8b277743),
	TABLE(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6,
	    0xe964b13d, 0xd725148b, 0xaba65fe7, 0x52a0c93f),
	TABLE(0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91,
	    0x8f2261d3, 0x1ba8b557, 0x37516aae, 0x6ea2d55c),
	TABLE(0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f,
	    0xc00c303e, 0x85f4168d, 0x0e045beb, 0x1c08b7d6),
	TABLE(0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53,
	    0x9c5bfaa6, 0x3d5b83bd, 0x7ab7077a, 0xf56e0ef4),
	TABLE(0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da,
	    0x847609b4, 0x0d006599, 0x1a00cb32, 0x34019664),
};

static uint32_t
eight(uint32_t crc, const uint8_t *p)
{
	uint32_t	lo = crc ^ get_le32(p), hi = get_le32(p + 4);

	return (after[7][lo & 255] ^ after[6][lo >> 8 & 255] ^
	    after[5][lo >> 16 & 255] ^ after[4][lo >> 24] ^
	    after[3][hi & 255] ^ after[2][hi >> 8 & 255] ^
	    after[1][hi >> 16 & 255] ^ after[0][hi >> 24]);
}

uint32_t
crc32c(uint32_t crc, const void *octets, size_t n)
{
	const uint8_t	*p = octets;

	crc = ~crc;
	for (; n >= 8; n -= 8, p += 8)
		crc = eight(crc, p);
	for (; n > 0; n--)
		crc = crc >> 8 ^ after[0][(crc ^ *p++) & 255];
	return (~crc);
}
