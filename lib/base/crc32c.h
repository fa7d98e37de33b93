/*
 * CRC32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720 section
 * B.4): the checksum of save and dump files.
 */
#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>

/*
 * The checksum of n octets that follow those of which `crc' is the checksum;
 * 0 to begin.
 */
uint32_t	crc32c(uint32_t crc, const void *octets, size_t n);

#endif
