/*
 * The accounting table.  Rows lie densely in chunks that never move; an
 * index of 32-bit words, open addressing with linear probing at a load of at
 * most one half, finds them.  A word holds the number of the row plus one and
 * six bits of the hash, so that a miss rarely touches a row.  The hash is
 * seeded per table: nobody outside can choose keys that collide.
 *
 * A new flow costs one index word and one row: 72 to 80 bytes.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "nets.h"
#include "table.h"

#define CHUNK_BITS	16		/* 65536 rows, 4 MiB, a chunk */
#define CHUNK_ROWS	((size_t)1 << CHUNK_BITS)
#define CHUNK_MASK	(CHUNK_ROWS - 1)

#define ROW_BITS	26		/* of an index word: row number + 1 */
#define ROW_MASK	(((uint32_t)1 << ROW_BITS) - 1)
#define INDEX_LEAST	2048		/* words of an empty table */

#define PROTOCOLS	256

_Static_assert(TABLE_ROWS_MOST < ROW_MASK, "row numbers do not fit a word");

struct table {
	struct flow	**chunks;
	uint32_t	 *index;
	size_t		  mask;		/* words of the index - 1 */
	size_t		  rows;		/* rows in use */
	size_t		  room;		/* rows for which there is memory */
	size_t		  max_rows;
	uint64_t	  seed;
	const struct nets *local;	/* borrowed, may be NULL */
	struct flow_count folded;
	size_t		  nothers;
	uint8_t		  others_order[PROTOCOLS];
	struct flow	  others[PROTOCOLS];
};

static inline struct flow *
row_at(const struct table *t, size_t i)
{
	return (&t->chunks[i >> CHUNK_BITS][i & CHUNK_MASK]);
}

static inline uint64_t
hash_key(const struct table *t, const struct flow_key *k)
{
	return (XXH3_64bits_withSeed(k, sizeof(*k), t->seed));
}

static inline uint32_t
hash_tag(uint64_t hash)
{
	return ((uint32_t)(hash >> (64 - (32 - ROW_BITS))) << ROW_BITS);
}

static inline bool
same_key(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t	x[5], y[5];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
	    (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0);
}

struct table *
table_new(size_t max_rows, const struct nets *local)
{
	struct table	*t;
	size_t		 chunks;

	if (max_rows < TABLE_ROWS_LEAST)
		max_rows = TABLE_ROWS_LEAST;
	if (max_rows > TABLE_ROWS_MOST)
		max_rows = TABLE_ROWS_MOST;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		return (NULL);
	chunks = (max_rows + CHUNK_ROWS - 1) >> CHUNK_BITS;
	t->chunks = calloc(chunks, sizeof(*t->chunks));
	t->index = calloc(INDEX_LEAST, sizeof(*t->index));
	if (t->chunks == NULL || t->index == NULL) {
		table_free(t);
		errno = ENOMEM;
		return (NULL);
	}
	t->mask = INDEX_LEAST - 1;
	t->max_rows = max_rows;
	t->local = local;
	arc4random_buf(&t->seed, sizeof(t->seed));
	return (t);
}

void
table_free(struct table *t)
{
	size_t	i;

	if (t == NULL)
		return;
	for (i = 0; i < t->room; i += CHUNK_ROWS)
		free(t->chunks[i >> CHUNK_BITS]);
	free(t->chunks);
	free(t->index);
	free(t);
}

/* Put row i into an index that has a free word. */
static void
index_insert(uint32_t *index, size_t mask, uint64_t hash, size_t i)
{
	size_t	at = hash & mask;

	while (index[at] != 0)
		at = (at + 1) & mask;
	index[at] = hash_tag(hash) | (uint32_t)(i + 1);
}

/* Twice as many words; where memory is refused the old index stays. */
static void
index_grow(struct table *t)
{
	size_t		 mask = t->mask * 2 + 1, i;
	uint32_t	*index;

	if ((index = calloc(mask + 1, sizeof(*index))) == NULL)
		return;
	for (i = 0; i < t->rows; i++)
		index_insert(index, mask, hash_key(t, &row_at(t, i)->key), i);
	free(t->index);
	t->index = index;
	t->mask = mask;
}

/*
 * See to it that n more rows find room, or as many as memory and the cap
 * allow.
 */
static void
reserve(struct table *t, size_t n)
{
	struct flow	*chunk;

	if ((t->rows + n) * 2 > t->mask)
		index_grow(t);
	if (t->rows + n > t->room && t->room < t->max_rows) {
		chunk = malloc(CHUNK_ROWS * sizeof(*chunk));
		if (chunk == NULL)
			return;
		t->chunks[t->room >> CHUNK_BITS] = chunk;
		t->room += CHUNK_ROWS;
	}
}

/* The row of that key, or NULL. */
static struct flow *
find(const struct table *t, const struct flow_key *k, uint64_t hash)
{
	uint32_t	 word, tag = hash_tag(hash);
	size_t		 at;
	struct flow	*f;

	for (at = hash & t->mask; (word = t->index[at]) != 0;
	    at = (at + 1) & t->mask) {
		if ((word & ~ROW_MASK) != tag)
			continue;
		f = row_at(t, (word & ROW_MASK) - 1);
		if (same_key(&f->key, k))
			return (f);
	}
	return (NULL);
}

/* May a new row be added while at least 1/share of max_rows stays free? */
static bool
has_room(const struct table *t, size_t share)
{
	size_t	keep = share == 0 ? 0 : t->max_rows / share;

	return (t->rows < t->max_rows - keep && t->rows < t->room &&
	    t->rows * 2 < t->mask);
}

static void
insert(struct table *t, const struct flow *f, uint64_t hash)
{
	*row_at(t, t->rows) = *f;
	index_insert(t->index, t->mask, hash, t->rows);
	t->rows++;
}

/*
 * Add f under its key if that has a row, or may get one that leaves 1/share
 * of the table free.
 */
static bool
add_exact(struct table *t, const struct flow *f, size_t share)
{
	uint64_t	 hash = hash_key(t, &f->key);
	struct flow	*row;

	if ((row = find(t, &f->key, hash)) != NULL)
		flow_count_add(&row->count, &f->count);
	else if (has_room(t, share))
		insert(t, f, hash);
	else
		return (false);
	return (true);
}

static void
add_other(struct table *t, const struct flow *f)
{
	uint8_t		 proto = f->key.proto;
	struct flow	*row = &t->others[proto];

	if (row->key.flags == 0) {
		flow_key_other(&row->key, proto);
		t->others_order[t->nothers++] = proto;
	}
	flow_count_add(&row->count, &f->count);
}

/* The remote side goes: the destination unless only that one is local. */
static void
fold_remote(const struct table *t, struct flow_key *k)
{
	bool	src_remote = t->local != NULL &&
	    !nets_contains(t->local, k->family, k->src) &&
	    nets_contains(t->local, k->family, k->dst);

	memset(src_remote ? k->src : k->dst, 0, sizeof(k->src));
	k->flags |= src_remote ? FLOW_NO_SRC : FLOW_NO_DST;
}

/* A flow for which the table has no room in full: give detail up. */
static void
add_folded(struct table *t, const struct flow *f)
{
	struct flow	c = *f;

	flow_count_add(&t->folded, &f->count);
	if ((c.key.flags & (FLOW_NO_SRC | FLOW_NO_DST)) == 0) {
		c.key.sport = c.key.dport = 0;
		c.key.flags &= (uint16_t)~(FLOW_SPORT_CLIENT |
		    FLOW_DPORT_CLIENT);
		c.key.flags |= FLOW_NO_PORTS;
		if (add_exact(t, &c, 16))
			return;
		fold_remote(t, &c.key);
	}
	if (!add_exact(t, &c, 0))
		add_other(t, f);
}

static void
add_one(struct table *t, const struct flow *f, uint64_t hash)
{
	struct flow	*row;

	if (flow_is_other(&f->key))
		add_other(t, f);
	else if ((row = find(t, &f->key, hash)) != NULL)
		flow_count_add(&row->count, &f->count);
	else if (has_room(t, 4))
		insert(t, f, hash);
	else
		add_folded(t, f);
}

/*
 * Three passes, so that the memory of a whole batch is on its way before the
 * first of it is needed: hash, look at the index, update the rows.
 */
void
table_add(struct table *t, const struct flow *flows, size_t n)
{
	uint64_t	hash[TABLE_BATCH];
	uint32_t	word;
	size_t		i;

	if (t->rows + n > t->room || (t->rows + n) * 2 > t->mask)
		reserve(t, n);
	for (i = 0; i < n; i++) {
		hash[i] = hash_key(t, &flows[i].key);
		__builtin_prefetch(&t->index[hash[i] & t->mask]);
	}
	for (i = 0; i < n; i++) {
		word = t->index[hash[i] & t->mask];
		if (word != 0)
			__builtin_prefetch(row_at(t, (word & ROW_MASK) - 1),
			    1);
	}
	for (i = 0; i < n; i++)
		add_one(t, &flows[i], hash[i]);
}

void
table_merge(struct table *into, const struct table *from, size_t *next,
    size_t most)
{
	struct flow	batch[TABLE_BATCH];
	size_t		n, rows = table_rows(from);

	while (*next < rows && most > 0) {
		for (n = 0; n < TABLE_BATCH && n < most && *next < rows; n++)
			batch[n] = *table_row(from, (*next)++);
		table_add(into, batch, n);
		most -= n;
	}
	if (*next == rows)
		flow_count_add(&into->folded, &from->folded);
}

size_t
table_rows(const struct table *t)
{
	return (t->rows + t->nothers);
}

const struct flow *
table_row(const struct table *t, size_t i)
{
	if (i < t->rows)
		return (row_at(t, i));
	return (&t->others[t->others_order[i - t->rows]]);
}

struct flow_count
table_total(const struct table *t)
{
	struct flow_count	sum = { 0, 0, 0 };
	size_t			i;

	for (i = 0; i < table_rows(t); i++)
		flow_count_add(&sum, &table_row(t, i)->count);
	return (sum);
}

struct flow_count
table_folded(const struct table *t)
{
	return (t->folded);
}

size_t
table_memory(const struct table *t)
{
	return (sizeof(*t) + (t->mask + 1) * sizeof(*t->index) +
	    t->room * sizeof(struct flow));
}

static int
compare_rows(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

const struct flow **
table_sorted(const struct table *t)
{
	const struct flow	**list;
	size_t			  i, n = table_rows(t);

	if ((list = calloc(n + 1, sizeof(*list))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		list[i] = table_row(t, i);
	qsort(list, n, sizeof(*list), compare_rows);
	return (list);
}
