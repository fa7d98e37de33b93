/*
 * Which blocks an account has.  The name of a block is the generations that it
 * contains; its identity is a hash of its header.  Two blocks with one name
 * can be different blocks: for example if a save file was restored from a
 * backup and the daemon used the same numbers again.
 *
 * Up to CHUNK_MOST blocks with consecutive generations share an item: the last
 * generation (u64), then for each block how many generations it contains
 * (LEB128) and its identity (u64).  In format 2 an item had no list after the
 * last generation, and included any number of blocks.  If the name of a block
 * was known when the block came, the block has an item of its own.
 */
#include <errno.h>
#include <string.h>
#include <xxhash.h>

#include "known.h"

/* ---- blocks ---- */

uint64_t
history_checksum(const struct block_info *b)
{
	uint8_t	text[9 * 8], *to = text;

	to = put_be(to, b->instance, 8);
	to = put_be(to, b->epoch, 8);
	to = put_be(to, b->begin_ns, 8);
	to = put_be(to, b->end_ns, 8);
	to = put_be(to, b->duration_ns, 8);
	to = put_be(to, b->rows, 8);
	to = put_be(to, b->total.packets, 8);
	to = put_be(to, b->total.data, 8);
	(void)put_be(to, b->total.ip, 8);
	return (XXH3_64bits(text, sizeof(text)));
}

/*
 * A hash of what the header says, but not of how the block is encoded: a copy
 * that another version has compressed is the same block.
 */
static uint64_t
identity_of(const struct block_info *b)
{
	uint8_t	text[(3 + LEDGER_ENTRIES) * 8], *to = text;
	size_t	i, n = ledger_used(&b->ledger);

	to = put_be(to, history_checksum(b), 8);
	to = put_be(to, b->epoch_first, 8);
	to = put_be(to, XXH3_64bits(b->host, strnlen(b->host,
	    sizeof(b->host))), 8);
	for (i = 0; i < n; i++)
		to = put_be(to, b->ledger.v[i], 8);
	return (XXH3_64bits(text, (size_t)(to - text)));
}

/* Blocks of BPFT have no generation: their checksum is used as one. */
static struct epochs
epochs_of(const struct block_info *b)
{
	struct epochs	e = { b->instance, b->epoch_first, b->epoch };

	if (b->instance == 0)
		e.first = e.last = history_checksum(b);
	else if (e.first > e.last || e.first == 0)
		e.first = e.last;
	return (e);
}

/* ---- items ---- */

static size_t
key_epochs(uint32_t account, const struct epochs *e, uint8_t key[KEY_MAX])
{
	uint8_t	*to = key;

	*to++ = KEY_EPOCH;
	to = put_be(to, account, 4);
	to = put_be(to, e->instance, 8);
	to = put_be(to, e->first, 8);
	return ((size_t)(to - key));
}

static size_t
key_again(uint32_t account, uint64_t identity, uint8_t key[KEY_MAX])
{
	uint8_t	*to = key;

	*to++ = KEY_AGAIN;
	to = put_be(to, account, 4);
	to = put_be(to, identity, 8);
	return ((size_t)(to - key));
}

bool
chunk_next(struct history_octets *r, struct entry *e)
{
	uint64_t	span = history_number_get(r);

	if (r->p == NULL || span == 0 || r->end - r->p < 8)
		return (false);
	e->epochs.first = e->epochs.last + 1;
	e->epochs.last += span;
	e->identity = get_be(r->p, 8);
	r->p += 8;
	return (e->epochs.last >= e->epochs.first);
}

struct history_octets
chunk_list(const struct chunk *c, struct entry *e)
{
	e->epochs = c->epochs;
	e->epochs.last = c->epochs.first - 1;
	return ((struct history_octets){ c->value + 8, c->value + c->len });
}

/*
 * Count the blocks of the list.  Do their generations end where the item says?
 */
static bool
is_sound(struct chunk *c)
{
	struct entry		e;
	struct history_octets	r = chunk_list(c, &e);

	for (c->n = 0; r.p < r.end; c->n++)
		if (!chunk_next(&r, &e))
			return (false);
	return (c->epochs.first <= c->epochs.last && (c->n == 0 ||
	    e.epochs.last == c->epochs.last));
}

int
chunk_get(struct history *h, const struct store_item *item, struct chunk *c)
{
	if (item->klen != 1 + 4 + 8 + 8 || item->len < 8 ||
	    item->len > sizeof(c->value))
		return (history_fail(h, EBADMSG, "damaged list of blocks"));
	memcpy(c->value, item->value, item->len);
	c->len = item->len;
	c->epochs.instance = get_be(item->key + 5, 8);
	c->epochs.first = get_be(item->key + 13, 8);
	c->epochs.last = get_be(c->value, 8);
	return (is_sound(c) ? 1 : history_fail(h, EBADMSG, "damaged list of "
	    "blocks"));
}

int
chunk_before(struct history *h, uint32_t account, uint64_t instance,
    uint64_t epoch, struct chunk *chunk)
{
	struct epochs		 wanted = { instance, epoch, epoch };
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX];
	size_t			 len = key_epochs(account, &wanted, key);
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	rc = store_cursor_upto(c, key, len, &item);
	if (rc == 1 && (item.klen != len ||
	    memcmp(item.key, key, len - 8) != 0))
		rc = 0;
	if (rc == 1)
		rc = chunk_get(h, &item, chunk);
	store_cursor_free(c);
	return (rc);
}

/* ---- which are known ---- */

static bool
is_same(const struct epochs *a, const struct epochs *b)
{
	return (a->instance == b->instance && a->first == b->first &&
	    a->last == b->last);
}

enum history_known
chunk_look_up(const struct chunk *c, const struct epochs *e, uint64_t identity)
{
	struct entry		entry;
	struct history_octets	r = chunk_list(c, &entry);

	while (chunk_next(&r, &entry)) {
		if (is_same(&entry.epochs, e) && entry.identity == identity)
			return (HISTORY_KNOWN);
		if (e->first >= entry.epochs.first &&
		    e->last <= entry.epochs.last)
			return (HISTORY_CONFLICT);
	}
	return (HISTORY_OVERLAP);
}

int
known_again(struct history *h, uint32_t account, uint64_t identity)
{
	uint8_t		 key[KEY_MAX];
	size_t		 klen = key_again(account, identity, key), len;
	const void	*value;

	return (store_get(h->store, key, klen, &value, &len));
}

/* Blocks of the account that lie within the time of `block'. */
struct within {
	const struct block_info	*block;
	uint64_t		 checksum;
	uint64_t		 n;
	struct flow_count	 total;
	bool			 same;
};

static int
look_within(void *arg, const struct history_totals *t)
{
	struct within	*w = arg;

	if (t->checksum == w->checksum)
		w->same = true;
	if (t->begin_ns < w->block->begin_ns || t->end_ns > w->block->end_ns)
		return (0);
	w->n++;
	flow_count_add(&w->total, &t->total);
	return (0);
}

/* Returns 1, 0 if single blocks of that time are no longer kept, or -1. */
static int
find_within(struct history *h, const struct history_account *a,
    const struct block_info *b, struct within *w)
{
	struct history_range	r;

	memset(w, 0, sizeof(*w));
	w->block = b;
	w->checksum = history_checksum(b);
	r.from = (uint32_t)(b->begin_ns / HISTORY_HOUR_NS);
	r.until = (uint32_t)(b->end_ns / HISTORY_HOUR_NS) + 1;
	if (r.from < a->kept[HISTORY_HOUR])
		return (0);
	return (history_blocks(h, a, r, look_within, w) == -1 ? -1 : 1);
}

/*
 * An item of format 2 has the name of the block, but no identity.  If single
 * blocks of that time are still kept, they decide.  `whole': the item includes
 * all generations of the block.
 */
static enum history_known
knew(struct history *h, const struct history_account *a,
    const struct block_info *b, bool whole)
{
	struct within	w;
	int		rc = find_within(h, a, b, &w);

	if (rc == -1)
		return (HISTORY_FAILED);
	if (rc == 0 || w.same)
		return (whole ? HISTORY_KNOWN : HISTORY_OVERLAP);
	return (whole ? HISTORY_CONFLICT : HISTORY_OVERLAP);
}

/*
 * Only some generations of the block are those of known blocks, or they are
 * those of several.  If no known block was at the same time, it is another
 * block.  If the known blocks of that time add up to the same, it is a summary
 * of them.  Otherwise it overlaps: a failed save may have left the block, and
 * the next save wrote its rows again.
 */
static enum history_known
judge_overlap(struct history *h, const struct history_account *a,
    const struct block_info *b)
{
	struct within	w;
	int		rc = find_within(h, a, b, &w);

	if (rc == -1)
		return (HISTORY_FAILED);
	if (rc == 0)
		return (HISTORY_OVERLAP);
	if (w.n == 0)
		return (HISTORY_CONFLICT);
	return (w.total.packets == b->total.packets &&
	    w.total.data == b->total.data && w.total.ip == b->total.ip ?
	    HISTORY_KNOWN : HISTORY_OVERLAP);
}

static enum history_known
judge(struct history *h, const struct history_account *a,
    const struct block_info *b, const struct epochs *e, const struct chunk *c)
{
	enum history_known	known;

	known = c->n > 0 ? chunk_look_up(c, e, identity_of(b)) : knew(h, a, b,
	    c->epochs.first <= e->first && e->last <= c->epochs.last);
	if (known == HISTORY_KNOWN || known == HISTORY_FAILED)
		return (known);
	switch (known_again(h, a->id, identity_of(b))) {
	case 0:
		return (known == HISTORY_OVERLAP ? judge_overlap(h, a, b) :
		    known);
	case 1:
		return (HISTORY_KNOWN);
	default:
		return (HISTORY_FAILED);
	}
}

enum history_known
history_knows(struct history *h, const struct history_account *a,
    const struct block_info *b)
{
	struct epochs	e = epochs_of(b);
	struct chunk	c;

	c.epochs = e;	/* clang cannot see what 1 below implies */
	switch (chunk_before(h, a->id, e.instance, e.last, &c)) {
	case 0:
		return (HISTORY_NEW);
	case 1:
		if (c.epochs.last < e.first)
			return (HISTORY_NEW);
		if (b->instance == 0)
			return (HISTORY_KNOWN);
		return (judge(h, a, b, &e, &c));
	default:
		return (HISTORY_FAILED);
	}
}

/* ---- adding ---- */

/* Begin a list with the block, or add it to the list that ends before it. */
static int
put_named(struct history *h, uint32_t account, const struct block_info *b)
{
	struct epochs	e = epochs_of(b);
	struct chunk	c = { .n = 0 };
	uint8_t		key[KEY_MAX], *to;
	int		rc = 0;

	if (b->instance != 0 && e.first > 0)
		rc = chunk_before(h, account, e.instance, e.first - 1, &c);
	if (rc == -1)
		return (-1);
	if (rc == 0 || c.epochs.last != e.first - 1 || c.n == 0 ||
	    c.n >= CHUNK_MOST) {
		c.epochs = e;
		c.len = 8;
	}
	(void)put_be(c.value, e.last, 8);
	if (b->instance != 0) {
		to = history_number_put(c.value + c.len, e.last - e.first +
		    1);
		c.len = (size_t)(put_be(to, identity_of(b), 8) - c.value);
	}
	return (store_put(h->store, key, key_epochs(account, &c.epochs, key),
	    c.value, c.len));
}

static int
put_again(struct history *h, uint32_t account, const struct block_info *b)
{
	struct epochs	e = epochs_of(b);
	uint8_t		key[KEY_MAX], value[AGAIN_OCTETS], *to = value;
	size_t		klen = key_again(account, identity_of(b), key);

	to = put_be(to, e.instance, 8);
	to = put_be(to, e.first, 8);
	(void)put_be(to, e.last, 8);
	return (store_put(h->store, key, klen, value, sizeof(value)));
}

int
known_add(struct history *h, const struct history_account *a,
    const struct block_info *b)
{
	switch (history_knows(h, a, b)) {
	case HISTORY_NEW:
		return (put_named(h, a->id, b));
	case HISTORY_FAILED:
		return (-1);
	default:
		return (put_again(h, a->id, b));
	}
}
