/*
 * Entries are stored densely in chunks that never move.  An index of 64-bit
 * words finds them, with open addressing, linear probing and a load of at most
 * two thirds.  A word contains the number of the entry plus one and half of
 * the hash, so that a miss rarely reads an entry.  The hash is seeded, because
 * the addresses in keys are untrusted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "groups.h"

#define CHUNK		4096		/* entries */
#define INDEX_LEAST	1024		/* words of an empty table */
#define ENTRIES_MOST	((size_t)UINT32_MAX - 1)

struct groups {
	uint8_t		**chunks;
	size_t		  nchunks;
	size_t		  n;
	size_t		  width;
	size_t		  payload;	/* octets; the key follows it */
	size_t		  stride;
	uint64_t	 *index;
	size_t		  mask;
	uint64_t	  seed;
};

static size_t
round_up(size_t n)
{
	return ((n + 7) & ~(size_t)7);
}

struct groups *
groups_new(size_t width, size_t payload)
{
	struct groups	*g;

	if ((g = calloc(1, sizeof(*g))) == NULL)
		return (NULL);
	g->width = width;
	g->payload = round_up(payload);
	g->stride = g->payload + round_up(width);
	g->mask = INDEX_LEAST - 1;
	arc4random_buf(&g->seed, sizeof(g->seed));
	if ((g->index = calloc(INDEX_LEAST, sizeof(*g->index))) == NULL) {
		free(g);
		return (NULL);
	}
	return (g);
}

void
groups_free(struct groups *g)
{
	size_t	i;

	if (g == NULL)
		return;
	for (i = 0; i < g->nchunks; i++)
		free(g->chunks[i]);
	free(g->chunks);
	free(g->index);
	free(g);
}

size_t
groups_count(const struct groups *g)
{
	return (g->n);
}

void *
groups_at(const struct groups *g, size_t i)
{
	return (g->chunks[i / CHUNK] + i % CHUNK * g->stride);
}

const uint8_t *
groups_key(const struct groups *g, const void *payload)
{
	return ((const uint8_t *)payload + g->payload);
}

static uint64_t
hash_of(const struct groups *g, const uint8_t *key)
{
	return (XXH3_64bits_withSeed(key, g->width, g->seed));
}

/* The word of the key, or the empty word where it must be inserted. */
static uint64_t *
find(const struct groups *g, const uint8_t *key, uint64_t hash)
{
	uint32_t	 tag = (uint32_t)(hash >> 32);
	size_t		 i = (size_t)hash & g->mask;
	uint64_t	*word;

	for (;; i = (i + 1) & g->mask) {
		word = &g->index[i];
		if (*word == 0)
			return (word);
		if ((uint32_t)(*word >> 32) == tag && memcmp(groups_key(g,
		    groups_at(g, (uint32_t)*word - 1)), key, g->width) == 0)
			return (word);
	}
}

bool
groups_has(const struct groups *g, const uint8_t *key)
{
	return (*find(g, key, hash_of(g, key)) != 0);
}

/* Double the index; all hashes are computed again. */
static int
grow_index(struct groups *g)
{
	uint64_t	*old = g->index, *word;
	size_t		 words = (g->mask + 1) * 2, i;
	uint64_t	 hash;

	if ((g->index = calloc(words, sizeof(*g->index))) == NULL) {
		g->index = old;
		return (-1);
	}
	g->mask = words - 1;
	for (i = 0; i < g->n; i++) {
		hash = hash_of(g, groups_key(g, groups_at(g, i)));
		for (word = &g->index[(size_t)hash & g->mask]; *word != 0;)
			if (++word > &g->index[g->mask])
				word = g->index;
		*word = hash >> 32 << 32 | (i + 1);
	}
	free(old);
	return (0);
}

static int
add_chunk(struct groups *g)
{
	uint8_t	**chunks;

	chunks = reallocarray(g->chunks, g->nchunks + 1, sizeof(*chunks));
	if (chunks == NULL)
		return (-1);
	g->chunks = chunks;
	if ((chunks[g->nchunks] = malloc(CHUNK * g->stride)) == NULL)
		return (-1);
	g->nchunks++;
	return (0);
}

void *
groups_get(struct groups *g, const uint8_t *key)
{
	uint64_t	 hash = hash_of(g, key), *word = find(g, key, hash);
	uint8_t		*entry;

	if (*word != 0)
		return (groups_at(g, (uint32_t)*word - 1));
	if (g->n == ENTRIES_MOST) {
		errno = ENOMEM;
		return (NULL);
	}
	if (g->n == g->nchunks * CHUNK && add_chunk(g) == -1)
		return (NULL);
	if ((g->n + 1) * 3 > (g->mask + 1) * 2) {
		if (grow_index(g) == -1)
			return (NULL);
		word = find(g, key, hash);
	}
	entry = groups_at(g, g->n);
	memset(entry, 0, g->payload);
	memcpy(entry + g->payload, key, g->width);
	*word = hash >> 32 << 32 | ++g->n;
	return (entry);
}
