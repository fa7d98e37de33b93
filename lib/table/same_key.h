/*
 * Are two keys the same?  For the table, which asks it for each packet.
 */
#ifndef SAME_KEY_H
#define SAME_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "packet/flow.h"

/* Word by word, in registers: a copy of the whole key would be in memory. */
static inline uint64_t
key_word(const struct flow_key *k, size_t i)
{
	uint64_t	w;

	memcpy(&w, (const uint8_t *)k + i * sizeof(w), sizeof(w));
	return (w);
}

static inline bool
same_key(const struct flow_key *a, const struct flow_key *b)
{
	return (((key_word(a, 0) ^ key_word(b, 0)) |
	    (key_word(a, 1) ^ key_word(b, 1)) |
	    (key_word(a, 2) ^ key_word(b, 2)) |
	    (key_word(a, 3) ^ key_word(b, 3)) |
	    (key_word(a, 4) ^ key_word(b, 4))) == 0);
}

#endif
