/*
 * Decodes a segment.  Its bytes are untrusted: the range of every number is
 * checked before use.  The memory needed depends on the number of rows only,
 * which is limited, too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/crc32c.h"
#include "block_format.h"
#include "columns.h"
#include "segment.h"

struct segment_reader {
	struct column_counts	 counts;
	const uint8_t		*plane[COL_IDS][COL_WIDTH]; /* NULL: zeros */
	uint8_t			*arena;		/* decompressed planes */
	size_t			 arena_size;
	size_t			 arena_used;
	uint8_t			(*addrs)[16];
	size_t			 addrs_size;	/* in bytes */
	size_t			 at;		/* rows returned so far */
	uint32_t		 src, dst;	/* numbers of the last row */
	ZSTD_DCtx		*zstd;
	struct flow		 rows[COL_CHUNK];
};

struct segment_reader *
segment_reader_new(void)
{
	struct segment_reader	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	if ((r->zstd = ZSTD_createDCtx()) == NULL) {
		free(r);
		errno = ENOMEM;
		return (NULL);
	}
	return (r);
}

void
segment_reader_free(struct segment_reader *r)
{
	if (r == NULL)
		return;
	ZSTD_freeDCtx(r->zstd);
	free(r->arena);
	free(r->addrs);
	free(r);
}

void
segment_rewind(struct segment_reader *r)
{
	r->at = 0;
	r->src = r->dst = 0;
}

void
segment_reset(struct segment_reader *r)
{
	segment_rewind(r);
	r->counts.rows = 0;
}

/* The checksum of a segment, with the checksum's own field as zero. */
static uint32_t
segment_crc(const uint8_t *p, size_t len)
{
	static const uint8_t	zeros[4];
	uint32_t		crc;

	crc = crc32c(0, p, SEG_CRC);
	crc = crc32c(crc, zeros, sizeof(zeros));
	return (crc32c(crc, p + SEG_CRC + 4, len - SEG_CRC - 4));
}

static enum block_error
check_head(struct segment_reader *r, const uint8_t *p, size_t len,
    uint32_t number)
{
	struct column_counts	*c = &r->counts;

	if (len < SEG_FIXED || len > SEG_MAX || len % 8 != 0 ||
	    get_le32(p + SEG_LENGTH) != len ||
	    get_le32(p + SEG_NUMBER) != number ||
	    get_le32(p + SEG_CRC) != segment_crc(p, len))
		return (BLOCK_DAMAGED);
	c->rows = get_le32(p + SEG_NROWS);
	c->addr4 = get_le32(p + SEG_ADDR4);
	c->addr6 = get_le32(p + SEG_ADDR6);
	if (c->rows < 1 || c->rows > SEG_ROWS || c->addr4 > 2 * c->rows ||
	    c->addr6 > 2 * c->rows - c->addr4 || c->addr4 + c->addr6 == 0)
		return (BLOCK_DAMAGED);
	return (BLOCK_OK);
}

/*
 * Free the memory and allocate more; nothing is copied.  Allocates an eighth
 * more than needed, for the next segment may be a little longer.
 */
static void *
renew(void *old, size_t *size, size_t want)
{
	void	*p;

	free(old);
	*size = want + want / 8;
	if ((p = malloc(*size)) == NULL)
		*size = 0;
	return (p);
}

/* Allocate memory for the columns, and forget the last segment. */
static int
make_room(struct segment_reader *r)
{
	size_t	size = columns_size(&r->counts);
	size_t	addrs = (r->counts.addr4 + r->counts.addr6) * 16;

	memset(r->plane, 0, sizeof(r->plane));
	r->arena_used = 0;
	segment_rewind(r);
	if (size > r->arena_size)
		r->arena = renew(r->arena, &r->arena_size, size);
	if (addrs > r->addrs_size)
		r->addrs = renew(r->addrs, &r->addrs_size, addrs);
	return (r->arena == NULL || r->addrs == NULL ? -1 : 0);
}

/*
 * Load one stream.  Its plane must be exactly n bytes long.  Each plane may
 * occur once only, so that all planes fit in the arena.
 */
static enum block_error
load_plane(struct segment_reader *r, const uint8_t *head, size_t len)
{
	const uint8_t	*octets = head + STR_HEAD, **plane;
	uint8_t		*to = r->arena + r->arena_used;
	unsigned	 id = head[STR_COLUMN];
	size_t		 n;

	if (column_width(id) == 0 || head[STR_ENCODING] != ENCODING_PLANE ||
	    head[STR_CODEC] > CODEC_ZSTD)
		return (BLOCK_NEWER);
	if (head[STR_PLANE] >= column_width(id))
		return (BLOCK_DAMAGED);
	plane = &r->plane[id][head[STR_PLANE]];
	n = column_count(id, &r->counts);
	if (*plane != NULL || n == 0)
		return (BLOCK_DAMAGED);
	if (head[STR_CODEC] == CODEC_NONE) {
		*plane = octets;
		return (len == n ? BLOCK_OK : BLOCK_DAMAGED);
	}
	*plane = to;
	r->arena_used += n;
	if (ZSTD_decompressDCtx(r->zstd, to, n, octets, len) != n)
		return (BLOCK_DAMAGED);
	return (BLOCK_OK);
}

static enum block_error
load_planes(struct segment_reader *r, const uint8_t *p, size_t len)
{
	enum block_error	e;
	size_t			at = SEG_FIXED, stored;
	unsigned		i;

	for (i = get_le16(p + SEG_STREAMS); i > 0; i--) {
		if (len - at < STR_HEAD)
			return (BLOCK_DAMAGED);
		stored = get_le32(p + at + STR_LENGTH);
		if (stored > len - at - STR_HEAD)
			return (BLOCK_DAMAGED);
		if ((e = load_plane(r, p + at, stored)) != BLOCK_OK)
			return (e);
		at += STR_HEAD + stored;
	}
	return (len - at < 8 ? BLOCK_OK : BLOCK_DAMAGED);
}

static void
load_addr4(struct segment_reader *r)
{
	uint64_t	 v[COL_CHUNK], sum = 0;
	uint8_t		*addr;
	size_t		 at, i, n;

	for (at = 0; at < r->counts.addr4; at += n) {
		n = r->counts.addr4 - at;
		if (n > COL_CHUNK)
			n = COL_CHUNK;
		columns_join(r->plane[COL_ADDR4], at, n, v);
		for (i = 0; i < n; i++) {
			sum += v[i];
			addr = r->addrs[at + i];
			memset(addr, 0, 10);
			put_be16(addr + 10, 0xffff);
			put_be32(addr + 12, (uint32_t)sum);
		}
	}
}

static void
load_addr6(struct segment_reader *r)
{
	uint64_t	hi[COL_CHUNK], lo[COL_CHUNK], sum = 0;
	uint8_t		(*to)[16] = r->addrs + r->counts.addr4;
	size_t		at, i, n;

	for (at = 0; at < r->counts.addr6; at += n) {
		n = r->counts.addr6 - at;
		if (n > COL_CHUNK)
			n = COL_CHUNK;
		columns_join(r->plane[COL_ADDR6_HI], at, n, hi);
		columns_join(r->plane[COL_ADDR6_LO], at, n, lo);
		for (i = 0; i < n; i++) {
			sum += hi[i];
			put_be64(to[at + i], sum);
			put_be64(to[at + i] + 8, lo[i]);
		}
	}
}

enum block_error
segment_decode(struct segment_reader *r, const uint8_t *octets, size_t len,
    uint32_t number)
{
	enum block_error	e;

	e = check_head(r, octets, len, number);
	if (e == BLOCK_OK && make_room(r) == -1)
		e = BLOCK_IO;
	if (e == BLOCK_OK)
		e = load_planes(r, octets, len);
	if (e != BLOCK_OK) {
		segment_reset(r);
		return (e);
	}
	load_addr4(r);
	load_addr6(r);
	return (BLOCK_OK);
}

/* Add `by' to an address number, modulo their count.  False: out of range. */
static bool
step(const struct segment_reader *r, uint32_t *number, uint64_t by)
{
	uint64_t	count = r->counts.addr4 + r->counts.addr6;

	if (by >= count)
		return (false);
	by += *number;
	*number = (uint32_t)(by < count ? by : by - count);
	return (true);
}

static bool
rows_addresses(struct segment_reader *r, size_t n)
{
	uint64_t	src[COL_CHUNK], dst[COL_CHUNK];
	size_t		i;

	columns_join(r->plane[COL_SRC], r->at, n, src);
	columns_join(r->plane[COL_DST], r->at, n, dst);
	for (i = 0; i < n; i++) {
		if (src[i] != 0)
			r->dst = 0;
		if (!step(r, &r->src, src[i]) || !step(r, &r->dst, dst[i]))
			return (false);
		src[i] = r->src;
		dst[i] = r->dst;
		__builtin_prefetch(r->addrs[r->dst]);
	}
	for (i = 0; i < n; i++) {
		memcpy(r->rows[i].key.src, r->addrs[src[i]], 16);
		memcpy(r->rows[i].key.dst, r->addrs[dst[i]], 16);
	}
	return (true);
}

/* The bytes of a plane from the current row on. */
static const uint8_t *
plane_at(const struct segment_reader *r, unsigned id, unsigned k)
{
	static const uint8_t	zeros[COL_CHUNK];
	const uint8_t		*p = r->plane[id][k];

	return (p == NULL ? zeros : p + r->at);
}

/* Set the VLANs.  False: no such id. */
static bool
rows_vlans(struct segment_reader *r, size_t n)
{
	const uint8_t	*low = plane_at(r, COL_VLAN, 0);
	const uint8_t	*high = plane_at(r, COL_VLAN, 1);
	unsigned	 bits = 0;
	size_t		 i;

	for (i = 0; i < n; i++) {
		r->rows[i].key.vlan =
		    (uint16_t)(low[i] | high[i] << 8) & FLOW_VLAN_MASK;
		bits |= high[i];
	}
	return (bits <= FLOW_VLAN_MIXED >> 8);
}

/*
 * Set ports, protocol, family and flags.  False: an unknown family, or flags
 * that there are not.
 */
static bool
rows_keys(struct segment_reader *r, size_t n)
{
	const uint8_t	*sport[2], *dport[2];
	const uint8_t	*flags = plane_at(r, COL_FLAGS, 0);
	const uint8_t	*none = plane_at(r, COL_FLAGS, 1);
	const uint8_t	*proto = plane_at(r, COL_PROTO, 0);
	const uint8_t	*family = plane_at(r, COL_FAMILY, 0);
	struct flow_key	*k;
	size_t		 i;
	unsigned	 b;
	bool		 good = true;

	for (b = 0; b < 2; b++) {
		sport[b] = plane_at(r, COL_SPORT, b);
		dport[b] = plane_at(r, COL_DPORT, b);
	}
	for (i = 0; i < n; i++) {
		k = &r->rows[i].key;
		k->sport = (uint16_t)(sport[0][i] | sport[1][i] << 8);
		k->dport = (uint16_t)(dport[0][i] | dport[1][i] << 8);
		k->proto = proto[i];
		k->family = family[i] & FLOW_FAMILY_MASK;
		k->flags = flags[i];
		good = good && none[i] == 0 && (family[i] == FLOW_FAMILY_IP4 ||
		    family[i] == FLOW_FAMILY_IP6 ||
		    family[i] == FLOW_FAMILY_NONE);
	}
	return (good);
}

static void
rows_counts(struct segment_reader *r, size_t n)
{
	uint64_t		packets[COL_CHUNK], data[COL_CHUNK];
	uint64_t		each[COL_CHUNK], rest[COL_CHUNK];
	struct flow_count	*c;
	size_t			 i;

	columns_join(r->plane[COL_PACKETS], r->at, n, packets);
	columns_join(r->plane[COL_DATA], r->at, n, data);
	columns_join(r->plane[COL_HEAD], r->at, n, each);
	columns_join(r->plane[COL_HEAD_REST], r->at, n, rest);
	for (i = 0; i < n; i++) {
		c = &r->rows[i].count;
		c->packets = packets[i];
		c->data = data[i];
		c->ip = data[i] + rest[i] +
		    each[i] * (packets[i] == 0 ? 1 : packets[i]);
	}
}

enum block_error
segment_rows(struct segment_reader *r, const struct flow **rows, size_t *n)
{
	size_t	many = r->counts.rows - r->at;

	if (many > COL_CHUNK)
		many = COL_CHUNK;
	*rows = r->rows;
	*n = 0;
	if (many == 0)
		return (BLOCK_OK);
	if (!rows_addresses(r, many) || !rows_keys(r, many) ||
	    !rows_vlans(r, many)) {
		segment_reset(r);
		return (BLOCK_DAMAGED);
	}
	rows_counts(r, many);
	r->at += many;
	*n = many;
	return (BLOCK_OK);
}
