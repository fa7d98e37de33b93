/*
 * A record of the cache of names, as octets:
 *
 *	 0 when it ends, u64, seconds since 1970, little-endian
 *	 8 name, empty where the host has none
 *
 * Memory only.  Private to names.
 */
#ifndef NAMERECORD_H
#define NAMERECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

#define NAMERECORD_LEAST	8
#define NAMERECORD_MAX		(NAMERECORD_LEAST + NAMES_HOST_LEN - 1)

/* How many octets it takes.  The name is shorter than NAMES_HOST_LEN. */
size_t	namerecord_write(uint8_t to[NAMERECORD_MAX], uint64_t end,
	    const char *name);

/*
 * The name, if these octets are a record that holds now and for no longer
 * than `most' seconds: one from the future is none of ours.
 */
bool	namerecord_read(const uint8_t *, size_t len, uint64_t now,
	    uint64_t most, char name[NAMES_HOST_LEN]);

#endif
