/*
 * Packs up to HISTORY_PACK_ROWS rows, in ascending order, into one value of
 * the store, and unpacks them.  Does no I/O.  Private to the history.
 */
#ifndef HISTORY_PACK_H
#define HISTORY_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "rows.h"

/* The most rows of a pack.  Looking up one host unpacks a whole pack. */
#define HISTORY_PACK_ROWS	1280

/*
 * The most bytes of a pack of several rows.  The store keeps longer values in
 * pages of their own.
 */
#define HISTORY_PACK_OCTETS	16000

/* ---- numbers: LEB128, seven bits per byte, the lowest first ---- */

#define HISTORY_NUMBER_MAX	10	/* bytes */

/* Write a number.  Returns the place after it. */
uint8_t	*history_number_put(uint8_t *to, uint64_t);

/*
 * Bytes being read, from p to end.  After the first error p is NULL, and all
 * further numbers are 0.
 */
struct history_octets {
	const uint8_t	*p;
	const uint8_t	*end;
};

uint64_t history_number_get(struct history_octets *);

/* ---- packs ---- */

struct history_packer;

struct history_packer	*history_packer_new(void);	/* NULL with errno */
void			 history_packer_free(struct history_packer *);

/*
 * Pack 1 <= n <= HISTORY_PACK_ROWS rows into *len bytes.  The bytes belong to
 * the packer and are valid until the next call.  Returns NULL with errno.
 */
const uint8_t	*history_pack(struct history_packer *, enum history_kind,
		    const struct history_row *, size_t n, size_t *len);

/*
 * Unpack into row[HISTORY_PACK_ROWS].  Returns the number of rows, or 0 if the
 * bytes are not a valid pack.
 */
size_t		 history_unpack(struct history_packer *, enum history_kind,
		    const uint8_t *octets, size_t len,
		    struct history_row *row);

#endif
