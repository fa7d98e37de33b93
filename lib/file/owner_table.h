/*
 * The table of a block of version 6: the owners and interfaces that its rows
 * have as numbers.  Works in memory only.  Private to the modules that read and
 * write blocks.  No state; any thread.
 */
#ifndef OWNER_TABLE_H
#define OWNER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "packet/owner.h"
#include "block.h"

/* Longest table in octets: limits what a reader allocates for it. */
#define OWN_MAX		(9U << 20)

/*
 * Encode what the rows use of the owners.  Sets *table, the caller's, and
 * returns its length; 0 with *table NULL if they use nothing, so that no table
 * is needed; or -1 with errno.  Owners for which there is no room are left out:
 * their rows stay.
 */
int64_t		 owner_table_encode(const struct owners *,
		    const struct flow *const *rows, size_t n, uint8_t **table);

/*
 * Decode a table, which is untrusted.  *out is the caller's if BLOCK_OK is
 * returned, else NULL.
 */
enum block_error owner_table_decode(const uint8_t *table, size_t len,
		    struct owners **out);

#endif
