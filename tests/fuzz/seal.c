/*
 * Right checksums for blocks that a fuzzer has changed, so that what follows
 * the checks is reached, too.
 */
#include "config.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/endian.h"
#include "file/block_format.h"
#include "seal.h"

static void
seal(uint8_t *p, size_t len, size_t crc_at)
{
	put_le32(p + crc_at, 0);
	put_le32(p + crc_at, crc32c(0, p, len));
}

/* Put the checksums of the block at p right, as far as it can be followed. */
static void
seal_block(uint8_t *p, size_t n)
{
	size_t		head = get_le32(p + HDR_LENGTH), at = head, len;
	uint64_t	body = get_le64(p + HDR_BODY);

	if (head < HDR_FIXED || head > n)
		return;
	for (; at < n && n - at >= OWN_FIXED && at - head < body; at += len) {
		len = get_le32(p + at + SEG_LENGTH);
		/* The table of owners has these fields, too, and is shorter. */
		if (len < OWN_FIXED || len > n - at)
			break;
		seal(p + at, len, SEG_CRC);
	}
	seal(p, head, HDR_CRC);
	if (n - head < TRL_FIXED || body > n - head - TRL_FIXED)
		return;
	p += head + body;
	put_le64(p + TRL_LENGTH, head + body + TRL_FIXED);
	put_le32(p + TRL_HDR_CRC, get_le32(p - head - body + HDR_CRC));
	put_le32(p + TRL_CRC, crc32c(0, p, TRL_CRC));
}

void
seal_all(uint8_t *p, size_t n)
{
	size_t	at;

	for (at = 0; at < n && n - at >= HDR_FIXED; at++)
		if (memcmp(p + at, BLOCK_MAGIC, BLOCK_MAGIC_LEN) == 0)
			seal_block(p + at, n - at);
}
