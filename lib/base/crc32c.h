/*
 * CRC32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720 section
 * B.4): the checksum of save and dump files.
 */
#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>

/*
 * Continue the checksum `crc' with n more octets; crc is 0 at the start.
 * Returns the checksum of all octets so far.
 */
uint32_t	crc32c(uint32_t crc, const void *octets, size_t n);

#endif
