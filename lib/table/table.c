/*
 * The accounting table.  Rows are stored densely in chunks that never move.
 * An index of 32-bit words finds them, with open addressing, linear probing
 * and a load of at most one half.  A word contains the number of the row plus
 * one and six bits of the hash, so that a miss rarely reads a row.
 *
 * The hash is seeded per table, so that nobody outside can choose keys that
 * collide.  In any case a look-up reads at most PROBE_MOST words; a flow that
 * finds no free word among them loses detail as if the table were full.
 *
 * A flow costs one row and 8 to 16 octets of index, both mapped (pages.h).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "fold.h"
#include "pages.h"
#include "same_key.h"
#include "table.h"

#define CHUNK_BITS	16		/* 65536 rows, 4 MiB, per chunk */
#define CHUNK_ROWS	((size_t)1 << CHUNK_BITS)
#define CHUNK_MASK	(CHUNK_ROWS - 1)
#define CHUNK_SIZE	(CHUNK_ROWS * sizeof(struct flow))

#define ROW_BITS	26		/* in an index word: row number + 1 */
#define ROW_MASK	(((uint32_t)1 << ROW_BITS) - 1)
#define INDEX_LEAST	2048		/* words of an empty table */

/*
 * The most words that a look-up reads.  With 32 million rows and random hashes
 * the worst case needs about half as many.
 */
#define PROBE_MOST	256

/*
 * Set in the key of a flow that lost detail because the table was full; so is
 * FLOW_CLIENT, unless all flows come without the port of the client.
 */
#define FOLDED_FLAGS	(FLOW_NO_PORTS | FLOW_NO_SRC | FLOW_NO_DST)

/* 1/fold_share of the table must be free for a row that took the step. */
static const size_t	fold_share[] = {
	[FOLD_CLIENT] = 16, [FOLD_REMOTE] = 64, [FOLD_SERVICE] = 0,
};

#define PROTOCOLS	256

_Static_assert(TABLE_ROWS_MOST < ROW_MASK, "row numbers do not fit a word");
_Static_assert(TABLE_BATCH <= 64, "table_add() has a bit for each flow");

struct table {
	struct flow	**chunks;
	uint32_t	 *index;
	size_t		  mask;		/* words of the index - 1 */
	size_t		  rows;		/* rows in use */
	size_t		  room;		/* rows that fit into the chunks */
	size_t		  max_rows;
	uint64_t	  seed;
	const struct nets *local;	/* borrowed, may be NULL */
	uint8_t		  folded_flags;	/* of keys that lost detail */
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

static size_t
index_size(size_t mask)
{
	return ((mask + 1) * sizeof(uint32_t));
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
	t->mask = INDEX_LEAST - 1;
	t->index = pages_new(index_size(t->mask), false);
	if (t->chunks == NULL || t->index == NULL) {
		table_free(t);
		errno = ENOMEM;
		return (NULL);
	}
	t->max_rows = max_rows;
	t->local = local;
	t->folded_flags = FOLDED_FLAGS | FLOW_CLIENT;
	arc4random_buf(&t->seed, sizeof(t->seed));
	return (t);
}

void
table_without_clients(struct table *t)
{
	t->folded_flags = FOLDED_FLAGS;
}

void
table_free(struct table *t)
{
	size_t	i;

	if (t == NULL)
		return;
	for (i = 0; i < t->room; i += CHUNK_ROWS)
		pages_free(t->chunks[i >> CHUNK_BITS], CHUNK_SIZE);
	free(t->chunks);
	pages_free(t->index, index_size(t->mask));
	free(t);
}

void
table_clear(struct table *t)
{
	memset(t->index, 0, index_size(t->mask));
	t->rows = 0;
	memset(&t->folded, 0, sizeof(t->folded));
	t->nothers = 0;
	memset(t->others, 0, sizeof(t->others));
}

/* Insert row i into an index; false if no word within PROBE_MOST is free. */
static bool
index_insert(uint32_t *index, size_t mask, uint64_t hash, size_t i)
{
	size_t		at = (size_t)hash & mask;
	unsigned int	n;

	for (n = 0; n < PROBE_MOST; n++, at = (at + 1) & mask) {
		if (index[at] != 0)
			continue;
		index[at] = hash_tag(hash) | (uint32_t)(i + 1);
		return (true);
	}
	return (false);
}

/* Insert all rows into an empty index, in batches that overlap cache misses. */
static bool
index_fill(const struct table *t, uint32_t *index, size_t mask)
{
	uint64_t	hash[TABLE_BATCH];
	size_t		i, k, n;

	for (i = 0; i < t->rows; i += n) {
		n = t->rows - i < TABLE_BATCH ? t->rows - i : TABLE_BATCH;
		for (k = 0; k < n; k++) {
			hash[k] = hash_key(t, &row_at(t, i + k)->key);
			__builtin_prefetch(&index[hash[k] & mask], 1);
		}
		for (k = 0; k < n; k++)
			if (!index_insert(index, mask, hash[k], i + k))
				return (false);
	}
	return (true);
}

/* Double the index; if that fails the old one stays in use. */
static void
index_grow(struct table *t)
{
	size_t		 mask = t->mask * 2 + 1, size = index_size(mask);
	uint32_t	*index = pages_new(size, size >= CHUNK_SIZE);

	if (index == NULL)
		return;
	if (!index_fill(t, index, mask)) {
		pages_free(index, size);
		return;
	}
	pages_free(t->index, index_size(t->mask));
	t->index = index;
	t->mask = mask;
}

/* Would n more rows overload the index, and may it still grow? */
static inline bool
index_short(const struct table *t, size_t n)
{
	return ((t->rows + n) * 2 > t->mask + 1 &&
	    t->mask + 1 < t->max_rows * 2);
}

/* Make room for n more rows, or for fewer if memory or max_rows is short. */
static void
reserve(struct table *t, size_t n)
{
	struct flow	*chunk;

	if (index_short(t, n))
		index_grow(t);
	if (t->rows + n > t->room && t->room < t->max_rows) {
		if ((chunk = pages_new(CHUNK_SIZE, t->room > 0)) == NULL)
			return;
		t->chunks[t->room >> CHUNK_BITS] = chunk;
		t->room += CHUNK_ROWS;
	}
}

void
table_expect(struct table *t, size_t rows)
{
	size_t	mask;

	if (rows > t->max_rows)
		rows = t->max_rows;
	do {
		mask = t->mask;
		if (rows > t->rows && index_short(t, rows - t->rows))
			index_grow(t);
	} while (t->mask != mask);
}

/* The row of that key, or NULL. */
static struct flow *
find(const struct table *t, const struct flow_key *k, uint64_t hash)
{
	uint32_t	 word, tag = hash_tag(hash);
	size_t		 at = (size_t)hash & t->mask;
	unsigned int	 n;
	struct flow	*f;

	for (n = 0; n < PROBE_MOST && (word = t->index[at]) != 0;
	    n++, at = (at + 1) & t->mask) {
		if ((word & ~ROW_MASK) != tag)
			continue;
		f = row_at(t, (word & ROW_MASK) - 1);
		if (same_key(&f->key, k))
			return (f);
	}
	return (NULL);
}

/* May a row be added if 1/share of max_rows must stay free? */
static bool
has_room(const struct table *t, size_t share)
{
	size_t	keep = share == 0 ? 0 : t->max_rows / share;

	return (t->rows < t->max_rows - keep && t->rows < t->room &&
	    t->rows * 2 <= t->mask);
}

static bool
insert(struct table *t, const struct flow *f, uint64_t hash)
{
	if (!index_insert(t->index, t->mask, hash, t->rows))
		return (false);
	*row_at(t, t->rows++) = *f;
	return (true);
}

/*
 * Add f without loss of detail: to the row of its key, or as a new row if
 * 1/share of the table stays free.
 */
static bool
add_exact(struct table *t, const struct flow *f, size_t share)
{
	uint64_t	 hash = hash_key(t, &f->key);
	struct flow	*row;

	if ((row = find(t, &f->key, hash)) == NULL)
		return (has_room(t, share) && insert(t, f, hash));
	flow_count_add(&row->count, &f->count);
	return (true);
}

/*
 * Add to the `other' row of the protocol.  The first one is in a place of its
 * own; if there is room, those of other VLANs are ordinary rows.
 */
static void
add_other(struct table *t, const struct flow *f)
{
	struct flow	 c = { .count = f->count };
	struct flow	*row = &t->others[f->key.proto];

	flow_key_other(&c.key, f->key.proto);
	c.key.vlan = f->key.vlan;
	if (row->key.flags == 0) {
		row->key = c.key;
		t->others_order[t->nothers++] = c.key.proto;
	} else if (row->key.vlan != c.key.vlan) {
		if (c.key.vlan != FLOW_VLAN_MIXED &&
		    add_exact(t, &c, fold_share[FOLD_REMOTE]))
			return;
		if (row->key.vlan != FLOW_VLAN_MIXED &&
		    add_exact(t, row, fold_share[FOLD_REMOTE]))
			memset(&row->count, 0, sizeof(row->count));
		row->key.vlan = FLOW_VLAN_MIXED;
	}
	flow_count_add(&row->count, &c.count);
}

/* Add a flow for which there is no room in full: it loses detail. */
static void
add_folded(struct table *t, const struct flow *f)
{
	struct fold_sides	sides = fold_sides(&f->key, t->local);
	struct flow		c = *f;
	enum fold_step		step;
	bool			added = false;

	for (step = FOLD_CLIENT; step <= FOLD_SERVICE && !added; step++) {
		fold_key(&c.key, sides, step);
		added = add_exact(t, &c, fold_share[step]);
	}
	if (!added)
		add_other(t, f);
	/* A flow from a merged table may have been counted as folded there. */
	if (!(added && same_key(&c.key, &f->key)) &&
	    (f->key.flags & t->folded_flags) == 0)
		flow_count_add(&t->folded, &f->count);
}

/* True if it made a row.  Inlined, it would slow down those that have one. */
static __attribute__((noinline)) bool
add_one(struct table *t, const struct flow *f, uint64_t hash)
{
	size_t		 before = t->rows;
	struct flow	*row;

	if (flow_is_other(&f->key))
		add_other(t, f);
	else if ((row = find(t, &f->key, hash)) != NULL)
		flow_count_add(&row->count, &f->count);
	else if (!has_room(t, 4) || !insert(t, f, hash))
		add_folded(t, f);
	return (t->rows > before);
}

/*
 * Probably the row of that hash: the first whose index word has its tag; NULL
 * if there is none.
 */
static inline struct flow *
candidate(const struct table *t, uint64_t hash)
{
	uint32_t	 word, tag = hash_tag(hash);
	size_t		 at = (size_t)hash & t->mask;
	unsigned int	 n;

	for (n = 0; n < PROBE_MOST && (word = t->index[at]) != 0;
	    n++, at = (at + 1) & t->mask)
		if ((word & ~ROW_MASK) == tag)
			return (row_at(t, (word & ROW_MASK) - 1));
	return (NULL);
}

/*
 * Three passes, so that the whole batch is prefetched before it is needed:
 * hash the keys, look them up in the index, update the rows.
 */
uint64_t
table_add(struct table *t, const struct flow *flows, size_t n)
{
	uint64_t	 added = 0;
	uint64_t	 hash[TABLE_BATCH];
	struct flow	*row[TABLE_BATCH];
	size_t		 i;

	if (t->rows + n > t->room || index_short(t, n))
		reserve(t, n);
	for (i = 0; i < n; i++) {
		hash[i] = hash_key(t, &flows[i].key);
		__builtin_prefetch(&t->index[hash[i] & t->mask]);
	}
	for (i = 0; i < n; i++)
		if ((row[i] = candidate(t, hash[i])) != NULL)
			__builtin_prefetch(row[i], 1);
	for (i = 0; i < n; i++)
		if (row[i] != NULL && same_key(&row[i]->key, &flows[i].key))
			flow_count_add(&row[i]->count, &flows[i].count);
		else
			added |= (uint64_t)add_one(t, &flows[i], hash[i]) << i;
	return (added);
}

void
table_restore(struct table *t, const struct flow *rows, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++) {
		reserve(t, 1);
		if (flow_is_other(&rows[i].key))
			add_other(t, &rows[i]);
		else if (!add_exact(t, &rows[i], 0))
			add_folded(t, &rows[i]);
	}
}

void
table_take_local(struct table *t, const struct table *other)
{
	t->local = other->local;
}

bool
table_takes_earlier(const struct table *later, const struct table *earlier)
{
	return (later->rows > earlier->rows && later->rows + earlier->rows <=
	    later->max_rows - later->max_rows / 4);
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
		(void)table_add(into, batch, n);
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
table_folded(const struct table *t)
{
	return (t->folded);
}

size_t
table_memory(const struct table *t)
{
	return (sizeof(*t) + index_size(t->mask) +
	    t->room * sizeof(struct flow));
}

size_t
table_worst_probe(const struct table *t)
{
	size_t	at, home, length, worst = 0;

	for (at = 0; at <= t->mask; at++) {
		if (t->index[at] == 0)
			continue;
		home = (size_t)hash_key(t, &row_at(t,
		    (t->index[at] & ROW_MASK) - 1)->key) & t->mask;
		length = ((at - home) & t->mask) + 1;
		worst = length > worst ? length : worst;
	}
	return (worst);
}
