/*
 * What the decoders of application protocols share: names of numbers, and
 * fields of a packet that several protocols have.  One thread at a time.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/endian.h"
#include "ipreport/fields.h"
#include "packet/cursor.h"

/* Names of numbers; the entry without a name ends the table. */
struct item_name {
	uint32_t	 value;
	const char	*name;
};
const char	*item_name(const struct item_name *, uint32_t);
void		 item_named(struct fields *, const char *name, uint32_t,
		    const struct item_name *);

/* Addresses in network order: 4, 16 and n octets. */
void	item_ip4(struct fields *, const char *name, const uint8_t *);
void	item_ip6(struct fields *, const char *name, const uint8_t *);
void	item_mac(struct fields *, const char *name, const uint8_t *, size_t n);

/* A Unix time as 2026-11-30T22:38:27Z. */
void	item_time(struct fields *, const char *name, uint64_t seconds);

/*
 * The message ends inside what comes next: the capture was too short, or the
 * message contradicts itself.
 */
void	item_short(struct fields *, const struct cursor *);

/*
 * A part of the next `wire' octets, which are skipped: what was captured of
 * them.  Its `uncaptured' tells the rest, if the capture ends there.
 */
struct cursor	item_part(struct cursor *, uint32_t wire);

#endif
