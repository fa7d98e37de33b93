/*
 * Rows of the history, and how up to HISTORY_PACK_ROWS of them, ascending,
 * become one value of the store and rows again.  Memory only.  Private to
 * the history.
 */
#ifndef HISTORY_PACK_H
#define HISTORY_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "rows.h"

/* A look-up of one host unpacks so many. */
#define HISTORY_PACK_ROWS	1280

/* The store keeps longer ones apart, each in a page of its own. */
#define HISTORY_PACK_OCTETS	16000

/* ---- numbers: seven bits an octet, the lowest first ---- */

#define HISTORY_NUMBER_MAX	10	/* octets */

uint8_t	*history_number_put(uint8_t *to, uint64_t);

/* What is read; p is NULL after the first fault, and numbers are 0. */
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
 * Pack 1 <= n <= HISTORY_PACK_ROWS rows.  The octets are the packer's, valid
 * until the next call; NULL with errno.
 */
const uint8_t	*history_pack(struct history_packer *, enum history_kind,
		    const struct history_row *, size_t n, size_t *len);

/*
 * Unpack into row[HISTORY_PACK_ROWS]: how many; 0 if the octets are not what
 * history_pack() makes.
 */
size_t		 history_unpack(struct history_packer *, enum history_kind,
		    const uint8_t *octets, size_t len,
		    struct history_row *row);

#endif
