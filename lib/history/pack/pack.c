/*
 * Packed rows:
 *
 *	number of rows, octets of the columns as they are packed (LEB128)
 *	columns, packed by zstd, one after the other:
 *		for each row	octets shared with the subject before, u8
 *		for each row	length of the subject, u8
 *		for each place in a subject	octets of the rests there, u8
 *		for each count	symbols of packets of all rows
 *		for each count	symbols of data / packets
 *		for each count	symbols of head / packets
 *		for each count	symbols of head % packets
 *		except in pairs: for each row u8, how in and out are coded;
 *		then, for each row of SIDES_OTHER, symbols of in and out
 *	bits that belong to the symbols, in the same order; those of
 *	data % packets, which has no symbol, after those of data / packets
 *
 * LEB128: seven bits an octet, the lowest first.  Symbols and bits are in
 * code.h.  head is ip - data, modulo 2^64.  If packets is 0, numbers are
 * divided by 1.  The head of a packet is nearly always the same, and
 * compresses to nothing.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "code.h"
#include "pack.h"

/* The most bytes of columns, and of bits, per row. */
#define COLUMNS_ROW	(2 + HISTORY_SUBJECT_MAX + 4 * HISTORY_COUNTS + 3)
#define BITS_ROW	(8 * (5 * HISTORY_COUNTS + 2))
#define COLUMNS_MAX	((size_t)HISTORY_PACK_ROWS * COLUMNS_ROW)
#define BITS_MAX	(HISTORY_PACK_ROWS * BITS_ROW + 1)
#define NUMBERS_MAX	((size_t)2 * HISTORY_NUMBER_MAX)

/*
 * A column of this many bytes gets a block of its own, coded by the statistics
 * of its bytes alone, which costs 3 bytes and a table.  zstd makes one from
 * LEVEL on.
 */
#define OWN_BLOCK	128
#define BLOCKS_MAX	((size_t)64)
#define LEVEL		6

struct history_packer {
	ZSTD_CCtx	*c;
	ZSTD_DCtx	*d;
	ZSTD_outBuffer	 columns;	/* being packed */
	bool		 failed;
	struct bits_out	 bits;
	size_t		 room;		/* for columns */
	uint8_t		*packed;	/* numbers, columns, bits */
	uint8_t		 loose[BITS_MAX];
	uint8_t		 plain[COLUMNS_MAX];
};

/* ---- packing ---- */

struct history_packer *
history_packer_new(void)
{
	struct history_packer	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	p->room = ZSTD_compressBound(COLUMNS_MAX) + BLOCKS_MAX * 16;
	p->packed = malloc(NUMBERS_MAX + p->room + BITS_MAX);
	p->c = ZSTD_createCCtx();
	p->d = ZSTD_createDCtx();
	if (p->packed != NULL && p->c != NULL && p->d != NULL &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(p->c,
	    ZSTD_c_compressionLevel, LEVEL)))
		return (p);
	history_packer_free(p);
	errno = ENOMEM;
	return (NULL);
}

void
history_packer_free(struct history_packer *p)
{
	if (p == NULL)
		return;
	(void)ZSTD_freeCCtx(p->c);
	(void)ZSTD_freeDCtx(p->d);
	free(p->packed);
	free(p);
}

uint8_t *
history_number_put(uint8_t *to, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*to++ = (uint8_t)(v | 0x80);
	*to++ = (uint8_t)v;
	return (to);
}

static void
stream(struct history_packer *p, const uint8_t *octets, size_t n,
    ZSTD_EndDirective how)
{
	ZSTD_inBuffer	in = { octets, n, 0 };
	size_t		rc;

	rc = ZSTD_compressStream2(p->c, &p->columns, &in, how);
	if (ZSTD_isError(rc) || (how != ZSTD_e_continue && rc != 0))
		p->failed = true;
}

/* Add the next column. */
static void
put_column(struct history_packer *p, const uint8_t *octets, size_t n)
{
	stream(p, octets, n, n >= OWN_BLOCK ? ZSTD_e_flush :
	    ZSTD_e_continue);
}

static size_t
shared(const struct history_row *a, const struct history_row *b)
{
	size_t	n = 0;

	while (n < a->len && n < b->len && a->subject[n] == b->subject[n])
		n++;
	return (n);
}

static void
put_subjects(struct history_packer *p, const struct history_row *row, size_t n)
{
	static const struct history_row	 none;
	uint8_t				*same = p->plain, *length = same + n;
	uint8_t				*column = length + n, *to;
	size_t				 i, at;

	for (i = 0; i < n; i++) {
		same[i] = (uint8_t)shared(i == 0 ? &none : &row[i - 1],
		    &row[i]);
		length[i] = row[i].len;
	}
	put_column(p, same, n);
	put_column(p, length, n);
	for (at = 0; at < HISTORY_SUBJECT_MAX; at++) {
		for (to = column, i = 0; i < n; i++)
			if (same[i] <= at && at < row[i].len)
				*to++ = row[i].subject[at];
		if (to > column)
			put_column(p, column, (size_t)(to - column));
	}
}

/* What the numbers of a count are divided by. */
static uint64_t
divisor(const struct flow_count *c)
{
	return (c->packets == 0 ? 1 : c->packets);
}

/* The columns of a count.  Each returns the symbol and writes the bits. */
typedef uint8_t	put_fn(struct bits_out *, const struct flow_count *);

static uint8_t
put_packets(struct bits_out *b, const struct flow_count *c)
{
	return (code_put(b, &code_of_sizes, c->packets));
}

static uint8_t
put_data(struct bits_out *b, const struct flow_count *c)
{
	uint64_t	per = divisor(c);
	uint8_t		symbol;

	symbol = code_put(b, &code_of_sizes, c->data / per);
	code_put_below(b, per, c->data % per);
	return (symbol);
}

static uint8_t
put_head(struct bits_out *b, const struct flow_count *c)
{
	return (code_put(b, &code_of_heads, (c->ip - c->data) / divisor(c)));
}

static uint8_t
put_head_rest(struct bits_out *b, const struct flow_count *c)
{
	return (code_put(b, &code_of_sizes, (c->ip - c->data) % divisor(c)));
}

static void
put_counts(struct history_packer *p, const struct history_row *row, size_t n,
    unsigned counts)
{
	static put_fn	*const columns[] = {
		put_packets, put_data, put_head, put_head_rest
	};
	unsigned	 column, k;
	size_t		 i;

	for (column = 0; column < 4; column++)
		for (k = 0; k < counts; k++) {
			for (i = 0; i < n; i++)
				p->plain[i] = columns[column](&p->bits,
				    &row[i].count[k]);
			put_column(p, p->plain, n);
		}
}

/* Bytes in and out are often what the host received and sent, or reverse. */
enum sides {
	SIDES_NONE,
	SIDES_SAME,
	SIDES_REVERSE,
	SIDES_OTHER
};

static enum sides
sides_of(const struct history_row *row)
{
	uint64_t	in = row->count[HISTORY_IN].ip;
	uint64_t	out = row->count[HISTORY_OUT].ip;

	if (row->in == 0 && row->out == 0)
		return (SIDES_NONE);
	if (row->in == in && row->out == out)
		return (SIDES_SAME);
	return (row->in == out && row->out == in ? SIDES_REVERSE :
	    SIDES_OTHER);
}

static void
put_sides(struct history_packer *p, const struct history_row *row, size_t n)
{
	uint8_t	*to = p->plain;
	size_t	 i;

	for (i = 0; i < n; i++)
		*to++ = (uint8_t)sides_of(&row[i]);
	for (i = 0; i < n; i++) {
		if (p->plain[i] != SIDES_OTHER)
			continue;
		*to++ = code_put(&p->bits, &code_of_sizes, row[i].in);
		*to++ = code_put(&p->bits, &code_of_sizes, row[i].out);
	}
	put_column(p, p->plain, (size_t)(to - p->plain));
}

/* Join numbers, columns and bits.  Returns the length in bytes. */
static size_t
join(struct history_packer *p, size_t n)
{
	size_t	bits = (size_t)(p->bits.p - p->loose);
	uint8_t	*to = p->packed;

	to = history_number_put(to, n);
	to = history_number_put(to, p->columns.pos);
	memmove(to, p->columns.dst, p->columns.pos);
	to += p->columns.pos;
	memcpy(to, p->loose, bits);
	return ((size_t)(to - p->packed) + bits);
}

const uint8_t *
history_pack(struct history_packer *p, enum history_kind kind,
    const struct history_row *row, size_t n, size_t *len)
{
	if (n == 0 || n > HISTORY_PACK_ROWS) {
		errno = EINVAL;
		return (NULL);
	}
	(void)ZSTD_CCtx_reset(p->c, ZSTD_reset_session_only);
	p->columns = (ZSTD_outBuffer){ p->packed + NUMBERS_MAX, p->room, 0 };
	p->bits = (struct bits_out){ p->loose, 0, 0 };
	p->failed = false;
	put_subjects(p, row, n);
	put_counts(p, row, n, history_counts(kind));
	if (kind != HISTORY_PAIR)
		put_sides(p, row, n);
	stream(p, p->plain, 0, ZSTD_e_end);
	code_end(&p->bits);
	if (p->failed) {
		errno = ENOMEM;
		return (NULL);
	}
	*len = join(p, n);
	return (p->packed);
}

/* ---- unpacking ---- */

uint64_t
history_number_get(struct history_octets *r)
{
	uint64_t	v = 0;
	unsigned	shift;

	for (shift = 0; shift < 64 && r->p != NULL && r->p < r->end;
	    shift += 7) {
		v |= (uint64_t)(*r->p & 0x7f) << shift;
		if (*r->p++ < 0x80)
			return (v);
	}
	r->p = NULL;
	return (0);
}

static const uint8_t *
take(struct history_octets *r, size_t n)
{
	const uint8_t	*at = r->p;

	if (at == NULL || (size_t)(r->end - at) < n)
		return (r->p = NULL);
	r->p += n;
	return (at);
}

static bool
get_lengths(struct history_octets *r, struct history_row *row, size_t n,
    const uint8_t **same)
{
	const uint8_t	*length;
	size_t		 i, before = 0;

	*same = take(r, n);
	if ((length = take(r, n)) == NULL)
		return (false);
	for (i = 0; i < n; before = row[i++].len) {
		if ((*same)[i] > before || (*same)[i] > length[i] ||
		    length[i] > HISTORY_SUBJECT_MAX)
			return (false);
		row[i].len = length[i];
	}
	return (true);
}

static bool
get_subjects(struct history_octets *r, enum history_kind kind,
    struct history_row *row, size_t n)
{
	const uint8_t	*same;
	size_t		 i, at;

	memset(row, 0, n * sizeof(*row));
	if (!get_lengths(r, row, n, &same))
		return (false);
	for (at = 0; at < HISTORY_SUBJECT_MAX; at++)
		for (i = 0; i < n; i++) {
			if (at >= row[i].len)
				continue;
			if (at < same[i])
				row[i].subject[at] = row[i - 1].subject[at];
			else if (r->p < r->end)
				row[i].subject[at] = *r->p++;
			else
				return (false);
		}
	for (i = 0; i < n; i++)
		if (!history_subject_is_valid(kind, &row[i]))
			return (false);
	return (true);
}

typedef void	get_fn(struct bits_in *, struct flow_count *, uint8_t symbol);

static void
get_packets(struct bits_in *b, struct flow_count *c, uint8_t symbol)
{
	c->packets = code_get(b, &code_of_sizes, symbol);
}

static void
get_data(struct bits_in *b, struct flow_count *c, uint8_t symbol)
{
	uint64_t	per = divisor(c);

	c->data = code_get(b, &code_of_sizes, symbol) * per;
	c->data += code_get_below(b, per);
	c->ip = c->data;
}

static void
get_head(struct bits_in *b, struct flow_count *c, uint8_t symbol)
{
	c->ip += code_get(b, &code_of_heads, symbol) * divisor(c);
}

static void
get_head_rest(struct bits_in *b, struct flow_count *c, uint8_t symbol)
{
	c->ip += code_get(b, &code_of_sizes, symbol);
}

static bool
get_counts(struct history_octets *r, struct bits_in *b,
    struct history_row *row, size_t n, unsigned counts)
{
	static get_fn	*const columns[] = {
		get_packets, get_data, get_head, get_head_rest
	};
	const uint8_t	*symbols;
	unsigned	 column, k;
	size_t		 i;

	for (column = 0; column < 4; column++)
		for (k = 0; k < counts; k++) {
			if ((symbols = take(r, n)) == NULL)
				return (false);
			for (i = 0; i < n; i++)
				columns[column](b, &row[i].count[k],
				    symbols[i]);
		}
	return (!b->past);
}

static bool
set_sides(struct history_octets *r, struct bits_in *b, enum sides sides,
    struct history_row *row)
{
	uint64_t	 in = row->count[HISTORY_IN].ip;
	uint64_t	 out = row->count[HISTORY_OUT].ip;
	const uint8_t	*symbols;

	switch (sides) {
	case SIDES_NONE:
		return (true);
	case SIDES_SAME:
	case SIDES_REVERSE:
		row->in = sides == SIDES_SAME ? in : out;
		row->out = sides == SIDES_SAME ? out : in;
		return (true);
	case SIDES_OTHER:
		if ((symbols = take(r, 2)) == NULL)
			return (false);
		row->in = code_get(b, &code_of_sizes, symbols[0]);
		row->out = code_get(b, &code_of_sizes, symbols[1]);
		return (!b->past);
	default:
		return (false);
	}
}

static bool
get_sides(struct history_octets *r, struct bits_in *b,
    struct history_row *row, size_t n)
{
	const uint8_t	*sides = take(r, n);
	size_t		 i;

	if (sides == NULL)
		return (false);
	for (i = 0; i < n; i++)
		if (!set_sides(r, b, (enum sides)sides[i], &row[i]))
			return (false);
	return (true);
}

/* Unpack the columns; r moves on to the bits.  If that fails, p is NULL. */
static struct history_octets
expand(struct history_packer *p, struct history_octets *r)
{
	uint64_t	 len = history_number_get(r);
	const uint8_t	*columns = NULL;
	size_t		 n;

	if (len <= COLUMNS_MAX + p->room)
		columns = take(r, (size_t)len);
	if (columns == NULL)
		return ((struct history_octets){ NULL, NULL });
	n = ZSTD_decompressDCtx(p->d, p->plain, sizeof(p->plain), columns,
	    (size_t)len);
	if (ZSTD_isError(n))
		return ((struct history_octets){ NULL, NULL });
	return ((struct history_octets){ p->plain, p->plain + n });
}

size_t
history_unpack(struct history_packer *p, enum history_kind kind,
    const uint8_t *octets, size_t len, struct history_row *row)
{
	struct history_octets	whole = { octets, octets + len };
	uint64_t		n = history_number_get(&whole);
	struct history_octets	r = expand(p, &whole);
	struct bits_in		b = { whole.p, whole.end, 0, 0, false };

	if (r.p == NULL || n == 0 || n > HISTORY_PACK_ROWS ||
	    !get_subjects(&r, kind, row, (size_t)n) ||
	    !get_counts(&r, &b, row, (size_t)n, history_counts(kind)) ||
	    (kind != HISTORY_PAIR && !get_sides(&r, &b, row, (size_t)n)))
		return (0);
	return (r.p == r.end && b.p == b.end ? (size_t)n : 0);
}
