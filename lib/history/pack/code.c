/*
 * Symbols and bits.  In counts of traffic the first bits of a number depend on
 * the kind of host and repeat; the others are noise.
 */
#include "code.h"

const struct code	code_of_sizes = { 3, 2 };
const struct code	code_of_heads = { 6, 1 };

static unsigned
length_of(uint64_t v)
{
	return (v == 0 ? 0 : 64 - (unsigned)__builtin_clzll(v));
}

/* ---- bits ---- */

static void
put_bits(struct bits_out *b, uint64_t v, unsigned n)
{
	if (n > 32) {
		put_bits(b, v & UINT32_MAX, 32);
		v >>= 32;
		n -= 32;
	}
	b->word |= v << b->held;
	for (b->held += n; b->held >= 8; b->held -= 8) {
		*b->p++ = (uint8_t)b->word;
		b->word >>= 8;
	}
}

static uint64_t
get_bits(struct bits_in *b, unsigned n)
{
	uint64_t	v;

	if (n > 32) {
		v = get_bits(b, 32);
		return (v | get_bits(b, n - 32) << 32);
	}
	for (; b->held < n; b->held += 8) {
		if (b->p == b->end) {
			b->past = true;
			return (0);
		}
		b->word |= (uint64_t)*b->p++ << b->held;
	}
	v = b->word & ((UINT64_C(1) << n) - 1);
	b->word >>= n;
	b->held -= n;
	return (v);
}

void
code_end(struct bits_out *b)
{
	if (b->held > 0)
		*b->p++ = (uint8_t)b->word;
	b->word = b->held = 0;
}

/* ---- numbers ---- */

uint8_t
code_put(struct bits_out *b, const struct code *c, uint64_t v)
{
	unsigned	length = length_of(v), bits, first;

	if (length <= c->direct)
		return ((uint8_t)v);
	bits = length - 1 - c->fine;
	first = (unsigned)(v >> bits) & ((1U << c->fine) - 1);
	put_bits(b, v & ((UINT64_C(1) << bits) - 1), bits);
	return ((uint8_t)((1U << c->direct) +
	    ((length - 1 - c->direct) << c->fine) + first));
}

uint64_t
code_get(struct bits_in *b, const struct code *c, uint8_t symbol)
{
	unsigned	bits, behind = symbol - (1U << c->direct);
	uint64_t	first;

	if (symbol < 1U << c->direct)
		return (symbol);
	bits = (behind >> c->fine) + c->direct - c->fine;
	if (bits + 1 + c->fine > 64) {
		b->past = true;
		return (0);
	}
	first = 1U << c->fine | (behind & ((1U << c->fine) - 1));
	return (first << bits | get_bits(b, bits));
}

/*
 * Truncated binary code: k is the length of limit in bits, less one.  The
 * first 2^(k+1) - limit numbers take k bits, the others one more.
 */
void
code_put_below(struct bits_out *b, uint64_t limit, uint64_t v)
{
	unsigned	k;
	uint64_t	few;

	if (limit < 2)
		return;
	k = length_of(limit) - 1;
	few = (UINT64_C(2) << k) - limit;
	if (v < few) {
		put_bits(b, v, k);
		return;
	}
	v += few;
	put_bits(b, v >> 1, k);
	put_bits(b, v & 1, 1);
}

uint64_t
code_get_below(struct bits_in *b, uint64_t limit)
{
	unsigned	k;
	uint64_t	few, v;

	if (limit < 2)
		return (0);
	k = length_of(limit) - 1;
	few = (UINT64_C(2) << k) - limit;
	v = get_bits(b, k);
	if (v < few)
		return (v);
	return ((v << 1 | get_bits(b, 1)) - few);
}
