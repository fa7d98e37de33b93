/*
 * A record of the cache of names, as octets:
 *
 *	 0 expiry, u64, seconds since 1970, little-endian
 *	 8 name, empty if the host has none
 *
 * Does no I/O.  Private to names.
 */
#ifndef NAMERECORD_H
#define NAMERECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

#define NAMERECORD_LEAST	8
#define NAMERECORD_MAX		(NAMERECORD_LEAST + NAMES_HOST_LEN - 1)

/* Returns the octets written.  The name is shorter than NAMES_HOST_LEN. */
size_t	namerecord_write(uint8_t to[NAMERECORD_MAX], uint64_t end,
	    const char *name);

/*
 * Read the name, if the octets are a valid record that is not expired.  One
 * that expires more than `most' seconds from now is not valid: no record is
 * written so.
 */
bool	namerecord_read(const uint8_t *, size_t len, uint64_t now,
	    uint64_t most, char name[NAMES_HOST_LEN]);

#endif
