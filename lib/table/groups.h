/*
 * A hash table of keys of one width, each with what is known of it.  Holds
 * what fits into memory: answers are exact, so nothing is ever dropped.  An
 * entry costs its key and payload, rounded up to 8 octets, and 8 to 16 octets
 * of index.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include <stddef.h>
#include <stdint.h>

struct groups;

/* Octets of keys and of payloads.  NULL with errno. */
struct groups	*groups_new(size_t width, size_t payload);
void		 groups_free(struct groups *);

/*
 * The payload of that key, aligned for any integer or pointer, all zero at
 * first.  It never moves.  NULL with errno when out of memory.
 */
void		*groups_get(struct groups *, const uint8_t *key);

/* Entries are numbered from 0 in the order in which they came. */
size_t		 groups_count(const struct groups *);
void		*groups_at(const struct groups *, size_t i);

/* The key of a payload. */
const uint8_t	*groups_key(const struct groups *, const void *payload);

#endif
