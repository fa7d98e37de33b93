/*
 * Packed rows, format 1:
 *
 *	u8 codec	0: as it is, 1: zstd
 *	then, packed by the codec:
 *	number of rows
 *	for each row	octets shared with the subject before, u8
 *	for each row	length of the rest, u8; the rest of all rows
 *	for each count of a row: packets, data, head, rest of head, each of
 *	all rows
 *	but of pairs: for each row u8, what octets in and out are; then those
 *	that SIDES_OTHER says, in and out
 *
 * Numbers are LEB128 (seven bits an octet, the lowest first).  head and its
 * rest are (ip - data) / packets and the remainder, in arithmetic modulo
 * 2^64, with packets 0 taken as 1: the head of a packet is nearly always the
 * same, and compresses to nothing.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "history_pack.h"

/* The largest: subject and lengths, 14 numbers, one octet of sides. */
#define PLAIN_MAX	(16 + HISTORY_PACK_ROWS * (HISTORY_SUBJECT_MAX + 3 + \
			    14 * HISTORY_NUMBER_MAX))
#define LEVEL		3

struct history_packer {
	ZSTD_CCtx	*c;
	ZSTD_DCtx	*d;
	size_t		 room;
	uint8_t		*packed;	/* room octets */
	uint8_t		 plain[PLAIN_MAX];
};

int
history_subject_cmp(const struct history_row *a, const struct history_row *b)
{
	size_t	n = a->len < b->len ? a->len : b->len;
	int	d;

	if ((d = memcmp(a->subject, b->subject, n)) != 0)
		return (d);
	return (a->len - b->len);
}

unsigned
history_counts(enum history_kind kind)
{
	return (kind == HISTORY_HOST ? 3 : kind == HISTORY_PAIR ? 2 : 1);
}

void
history_row_add(struct history_row *to, const struct history_row *row)
{
	unsigned	k;

	for (k = 0; k < HISTORY_COUNTS; k++)
		flow_count_add(&to->count[k], &row->count[k]);
	to->in += row->in;
	to->out += row->out;
}

static int
compare_rows(const void *a, const void *b)
{
	return (history_subject_cmp(a, b));
}

size_t
history_rows_merge(struct history_row *row, size_t n)
{
	size_t	i, last = 0;

	if (n == 0)
		return (0);
	qsort(row, n, sizeof(*row), compare_rows);
	for (i = 1; i < n; i++) {
		if (history_subject_cmp(&row[last], &row[i]) != 0) {
			row[++last] = row[i];
			continue;
		}
		history_row_add(&row[last], &row[i]);
	}
	return (last + 1);
}

/* ---- packing ---- */

struct history_packer *
history_packer_new(void)
{
	struct history_packer	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	p->room = 1 + ZSTD_compressBound(PLAIN_MAX);
	p->packed = malloc(p->room);
	p->c = ZSTD_createCCtx();
	p->d = ZSTD_createDCtx();
	if (p->packed != NULL && p->c != NULL && p->d != NULL)
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

static size_t
shared(const struct history_row *a, const struct history_row *b)
{
	size_t	n = 0;

	while (n < a->len && n < b->len && a->subject[n] == b->subject[n])
		n++;
	return (n);
}

static uint8_t *
put_subjects(uint8_t *to, const struct history_row *row, size_t n)
{
	static const struct history_row	 none;
	const struct history_row	*before = &none;
	uint8_t				*rest = to + 2 * n;
	size_t				 i, k;

	for (i = 0; i < n; before = &row[i++]) {
		k = shared(before, &row[i]);
		to[i] = (uint8_t)k;
		to[n + i] = (uint8_t)(row[i].len - k);
		memcpy(rest, row[i].subject + k, row[i].len - k);
		rest += row[i].len - k;
	}
	return (rest);
}

/* One of the four numbers that stand for a count. */
static uint64_t
number_of(const struct flow_count *c, unsigned column)
{
	uint64_t	per = c->packets == 0 ? 1 : c->packets;

	switch (column) {
	case 0:
		return (c->packets);
	case 1:
		return (c->data);
	case 2:
		return ((c->ip - c->data) / per);
	default:
		return ((c->ip - c->data) % per);
	}
}

static uint8_t *
put_counts(uint8_t *to, const struct history_row *row, size_t n, unsigned k)
{
	unsigned	column;
	size_t		i;

	for (column = 0; column < 4; column++)
		for (i = 0; i < n; i++)
			to = history_number_put(to,
			    number_of(&row[i].count[k], column));
	return (to);
}

/* Octets in and out are often what the host received and sent, or reverse. */
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

static uint8_t *
put_sides(uint8_t *to, const struct history_row *row, size_t n)
{
	uint8_t	*rest = to + n;
	size_t	 i;

	for (i = 0; i < n; i++) {
		to[i] = (uint8_t)sides_of(&row[i]);
		if (to[i] != SIDES_OTHER)
			continue;
		rest = history_number_put(rest, row[i].in);
		rest = history_number_put(rest, row[i].out);
	}
	return (rest);
}

/* Compressed where that is shorter. */
static const uint8_t *
squeeze(struct history_packer *p, size_t plain, size_t *len)
{
	size_t	n;

	n = ZSTD_compressCCtx(p->c, p->packed + 1, p->room - 1, p->plain,
	    plain, LEVEL);
	p->packed[0] = 1;
	if (ZSTD_isError(n) || n >= plain) {
		p->packed[0] = 0;
		memcpy(p->packed + 1, p->plain, plain);
		n = plain;
	}
	*len = n + 1;
	return (p->packed);
}

const uint8_t *
history_pack(struct history_packer *p, enum history_kind kind,
    const struct history_row *row, size_t n, size_t *len)
{
	uint8_t		*to = history_number_put(p->plain, n);
	unsigned	 k;

	if (n == 0 || n > HISTORY_PACK_ROWS) {
		errno = EINVAL;
		return (NULL);
	}
	to = put_subjects(to, row, n);
	for (k = 0; k < history_counts(kind); k++)
		to = put_counts(to, row, n, k);
	if (kind != HISTORY_PAIR)
		to = put_sides(to, row, n);
	return (squeeze(p, (size_t)(to - p->plain), len));
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
get_subject(struct history_octets *r, const struct history_row *before,
    size_t k, size_t n, struct history_row *row)
{
	const uint8_t	*rest;

	if (k > before->len || k + n > HISTORY_SUBJECT_MAX ||
	    (rest = take(r, n)) == NULL)
		return (false);
	memset(row, 0, sizeof(*row));
	memcpy(row->subject, before->subject, k);
	memcpy(row->subject + k, rest, n);
	row->len = (uint8_t)(k + n);
	return (true);
}

static bool
get_subjects(struct history_octets *r, enum history_kind kind,
    struct history_row *row, size_t n)
{
	static const struct history_row	 none;
	const struct history_row	*before = &none;
	const uint8_t			*k = take(r, n), *rest = take(r, n);
	size_t				 i;

	if (rest == NULL)
		return (false);
	for (i = 0; i < n; before = &row[i++])
		if (!get_subject(r, before, k[i], rest[i], &row[i]) ||
		    !history_subject_is_sound(kind, &row[i]))
			return (false);
	return (true);
}

static void
set_number(struct flow_count *c, unsigned column, uint64_t v)
{
	uint64_t	per = c->packets == 0 ? 1 : c->packets;

	switch (column) {
	case 0:
		c->packets = v;
		break;
	case 1:
		c->data = c->ip = v;
		break;
	case 2:
		c->ip += v * per;
		break;
	default:
		c->ip += v;
		break;
	}
}

static bool
get_counts(struct history_octets *r, struct history_row *row, size_t n,
    unsigned k)
{
	unsigned	column;
	size_t		i;

	for (column = 0; column < 4; column++)
		for (i = 0; i < n; i++)
			set_number(&row[i].count[k], column,
			    history_number_get(r));
	return (r->p != NULL);
}

static bool
set_sides(struct history_octets *r, enum sides sides, struct history_row *row)
{
	uint64_t	in = row->count[HISTORY_IN].ip;
	uint64_t	out = row->count[HISTORY_OUT].ip;

	switch (sides) {
	case SIDES_NONE:
		return (true);
	case SIDES_SAME:
	case SIDES_REVERSE:
		row->in = sides == SIDES_SAME ? in : out;
		row->out = sides == SIDES_SAME ? out : in;
		return (true);
	case SIDES_OTHER:
		row->in = history_number_get(r);
		row->out = history_number_get(r);
		return (r->p != NULL);
	default:
		return (false);
	}
}

static bool
get_sides(struct history_octets *r, struct history_row *row, size_t n)
{
	const uint8_t	*sides = take(r, n);
	size_t		 i;

	if (sides == NULL)
		return (false);
	for (i = 0; i < n; i++)
		if (!set_sides(r, (enum sides)sides[i], &row[i]))
			return (false);
	return (true);
}

/* The plain octets: in p->plain, or where they are. */
static struct history_octets
expand(struct history_packer *p, const uint8_t *octets, size_t len)
{
	struct history_octets	none = { NULL, NULL };
	size_t			n;

	if (len < 2 || octets[0] > 1)
		return (none);
	if (octets[0] == 0)
		return ((struct history_octets){ octets + 1, octets + len });
	n = ZSTD_decompressDCtx(p->d, p->plain, sizeof(p->plain), octets + 1,
	    len - 1);
	if (ZSTD_isError(n))
		return (none);
	return ((struct history_octets){ p->plain, p->plain + n });
}

size_t
history_unpack(struct history_packer *p, enum history_kind kind,
    const uint8_t *octets, size_t len, struct history_row *row)
{
	struct history_octets	r = expand(p, octets, len);
	uint64_t		n = history_number_get(&r);
	unsigned		k;

	if (r.p == NULL || n == 0 || n > HISTORY_PACK_ROWS ||
	    !get_subjects(&r, kind, row, (size_t)n))
		return (0);
	for (k = 0; k < history_counts(kind); k++)
		if (!get_counts(&r, row, (size_t)n, k))
			return (0);
	if (kind != HISTORY_PAIR && !get_sides(&r, row, (size_t)n))
		return (0);
	return (r.p == r.end ? (size_t)n : 0);
}
