/*
 * The programs in the kernel: the memory of ebpf_layout.h as maps, and how a
 * packet is counted there.  A program that has something to do when a row is
 * made defines EBPF_ROW_IS_NEW before, and row_is_new().
 */
#ifndef EBPF_ROWS_H
#define EBPF_ROWS_H

#include "ebpf_book.h"
#include "ebpf_frame.h"

/* Row i is made for that packet. */
PARSE void row_is_new(struct __sk_buff *, const struct run *, uint32_t i,
    enum parse_link);

#ifndef EBPF_ROW_IS_NEW
PARSE void
row_is_new(struct __sk_buff *skb, const struct run *r, uint32_t i,
    enum parse_link link)
{
	(void)skb;
	(void)r;
	(void)i;
	(void)link;
}
#endif

const volatile struct ebpf_config config;
struct ebpf_state state;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct ebpf_cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct ebpf_bucket);
} buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct flow);
} rows SEC(".maps");

/*
 * Multilinear hashing: with a random secret, keys that an attacker chooses
 * collide no more often than random ones.  Only the upper 32 bits of the sum
 * have this property.
 */
PARSE uint64_t
hash_key(const struct flow_key *k)
{
	const uint32_t		*w = (const void *)k;
	const volatile uint64_t	*s = config.secret;
	uint64_t		 h;

	h = s[0] + (s[1] + w[8]) * (s[2] + w[9]) +
	    (s[3] + w[3]) * (s[4] + w[7]);
	if (k->family == FLOW_FAMILY_IP6)
		h += (s[5] + w[0]) * (s[6] + w[1]) +
		    (s[7] + w[2]) * (s[8] + w[4]) +
		    (s[9] + w[5]) * (s[10] + w[6]);
	return (h);
}

PARSE bool
same_key(const struct flow_key *a, const struct flow_key *b)
{
	const uint64_t	*x = (const void *)a, *y = (const void *)b;

	return (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
	    (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0);
}

PARSE struct flow *
row_at(const struct run *r, uint32_t i)
{
	uint32_t	at = r->table * config.rows + i;

	return (bpf_map_lookup_elem(&rows, &at));
}

/* Results of add_row(). */
enum added { ADDED, ADDED_NEARLY_FULL, NOT_ADDED };

PARSE enum added
new_row(struct __sk_buff *skb, const struct run *r, uint32_t *word,
    uint32_t tag, const struct flow *f, enum parse_link link)
{
	uint32_t	 i = (uint32_t)r->book->rows;
	struct flow	*row;

	if (i >= config.rows || (row = row_at(r, i)) == NULL)
		return (NOT_ADDED);
	*row = *f;
	*word = tag | (i + 1);
	r->book->rows = i + 1;
	row_is_new(skb, r, i, link);
	return (i + 1 == config.rows - config.rows / 4 ? ADDED_NEARLY_FULL :
	    ADDED);
}

/* Try the words of one bucket in turn, from one that the hash chooses. */
PARSE enum added
add_in_bucket(struct __sk_buff *skb, const struct run *r,
    struct ebpf_bucket *b, uint64_t hash, const struct flow *f,
    enum parse_link link)
{
	uint32_t	 at = (uint32_t)(hash >> 28), i, *word;
	uint32_t	 tag = (uint32_t)(hash >> 32) & ~EBPF_ROW_MASK;
	struct flow	*row;

	for (i = 0; i < EBPF_BUCKET; i++, at++) {
		word = &b->word[at % EBPF_BUCKET];
		if (*word == 0)
			return (new_row(skb, r, word, tag, f, link));
		if (((*word ^ tag) & ~EBPF_ROW_MASK) != 0)
			continue;
		row = row_at(r, (*word & EBPF_ROW_MASK) - 1);
		if (row != NULL && same_key(&row->key, &f->key)) {
			flow_count_add(&row->count, &f->count);
			return (ADDED);
		}
	}
	return (NOT_ADDED);
}

/* Try the flow's bucket and, if that is full, the one next to it. */
PARSE enum added
add_row(struct __sk_buff *skb, const struct run *r, const struct flow *f,
    enum parse_link link)
{
	uint64_t		 hash = hash_key(&f->key);
	uint32_t		 n = (uint32_t)(hash >> 32) &
	    (config.buckets - 1), at, i;
	struct ebpf_bucket	*b;
	enum added		 done = NOT_ADDED;

	for (i = 0; i < 2 && done == NOT_ADDED; i++) {
		at = r->table * config.buckets + (n ^ i);
		if ((b = bpf_map_lookup_elem(&buckets, &at)) == NULL)
			break;
		done = add_in_bucket(skb, r, b, hash, f, link);
	}
	return (done);
}

/*
 * Enter a frame with verdict v, -1 if not parsed, in the book.  True: it is a
 * packet that needs a row.
 */
PARSE bool
count_frame(const struct run *r, int v, struct ebpf_desk *desk, uint32_t wire)
{
	struct ebpf_parsed	*p = &desk->parsed;

	if (v < 0 || v >= DECODED_VERDICTS) {
		note_frame(r, &r->book->missed, wire);
		return (false);
	}
	note_frame(r, &r->book->verdicts[v], wire);
	if (v != DECODED_IP)
		return (false);
	if (desk->segments.count > 1)
		count_segments(r, p, &desk->segments, wire);
	tally(r, p);
	return (true);
}

/* Count it in its row.  Returns 1 if a table is nearly full. */
PARSE int
count_flow(struct __sk_buff *skb, const struct run *r, const struct flow *f,
    enum parse_link link)
{
	enum added	done = NOT_ADDED;

	if (r->rows)
		done = add_row(skb, r, f, link);
	if (done == NOT_ADDED)
		add_other(r, f);
	return (done == ADDED_NEARLY_FULL);
}

#endif
