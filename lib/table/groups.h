/*
 * A hash table of keys of one width, each with a payload.  It grows until
 * memory is exhausted and never drops an entry, because answers must be exact.
 * An entry costs its key and payload, rounded up to 8 octets, and 8 to 16
 * octets of index.
 *
 *	new -> [get]* -> [count, at, key]* -> free
 *
 * One thread at a time.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct groups;

/* The widths of keys and of payloads in octets.  NULL with errno. */
struct groups	*groups_new(size_t width, size_t payload);
void		 groups_free(struct groups *);

/*
 * The payload of that key, which is added if it is new: all zero, aligned for
 * any integer or pointer.  It never moves.  NULL with errno.
 */
void		*groups_get(struct groups *, const uint8_t *key);

/* Is there an entry with that key? */
bool		 groups_has(const struct groups *, const uint8_t *key);

/* Entries are numbered from 0 in the order in which they were added. */
size_t		 groups_count(const struct groups *);
void		*groups_at(const struct groups *, size_t i);

/* The key of a payload. */
const uint8_t	*groups_key(const struct groups *, const void *payload);

#endif
