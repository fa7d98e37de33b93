/*
 * Blocks: rows are read as they were written, and damage is detected: every
 * octet of a small block is flipped, the block is cut at each, and headers
 * have wrong values.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/crc32c.h"
#include "base/parallel.h"
#include "base/regular.h"
#include "file/block_header.h"
#include "file/columns.h"
#include "frozen.inc"
#include "rowset.h"

/* ---- checksum ---- */

static uint32_t
crc_bit_by_bit(const uint8_t *p, size_t n)
{
	uint32_t	crc = UINT32_MAX;
	int		i;

	for (; n > 0; n--)
		for (crc ^= *p++, i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	return (~crc);
}

static void
test_crc32c(void **state)
{
	uint8_t		buf[300];
	uint64_t	rng = 1;
	size_t		n, at;

	(void)state;
	/* RFC 3720, section B.4, and the customary check value. */
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	memset(buf, 0, 32);
	assert_int_equal(crc32c(0, buf, 32), 0x8a9136aa);
	memset(buf, 0xff, 32);
	assert_int_equal(crc32c(0, buf, 32), 0x62a8ab43);
	for (n = 0; n < sizeof(buf); n++)
		buf[n] = (uint8_t)random_next(&rng);
	for (n = 0; n < 256; n++) {
		at = n % 9;
		assert_int_equal(crc32c(0, buf + at, n),
		    crc_bit_by_bit(buf + at, n));
		assert_int_equal(crc32c(crc32c(0, buf, at), buf + at, n),
		    crc_bit_by_bit(buf, at + n));
	}
}

/* ---- round trips ---- */

static void
assert_same_info(const struct block_info *got, const struct block_info *want)
{
	assert_int_equal(got->kind, want->kind);
	assert_int_equal(got->ports, want->ports);
	assert_int_equal(got->minsize, want->minsize);
	assert_int_equal(got->instance, want->instance);
	assert_int_equal(got->epoch, want->epoch);
	assert_int_equal(got->epoch_first, want->epoch_first);
	assert_int_equal(got->begin_ns, want->begin_ns);
	assert_int_equal(got->end_ns, want->end_ns);
	assert_int_equal(got->duration_ns, want->duration_ns);
	assert_int_equal(got->rows, want->rows);
	assert_memory_equal(&got->total, &want->total, sizeof(got->total));
	assert_memory_equal(&got->ledger, &want->ledger, sizeof(got->ledger));
	assert_string_equal(got->ifname, want->ifname);
	assert_string_equal(got->host, want->host);
	assert_string_equal(got->filter, want->filter);
	assert_string_equal(got->networks, want->networks);
	assert_string_equal(got->clock, want->clock);
	assert_string_equal(got->trace, want->trace);
}

static void
round_trip(size_t n, enum rowset_kind kind, off_t offset)
{
	struct block_info	 info;
	struct rowset		 s;
	struct block		*b;
	int64_t			 len;
	int			 fd = scratch_file();

	rowset_make(&s, n, kind, n + 1);
	info_make(&info, 7, n + 1, n);
	if (n % 2 == 1)		/* a text that is left out if it is empty */
		strcpy(info.clock, "boot/1 23");
	if (n % 3 == 1)		/* likewise, also without the one before */
		strcpy(info.trace, "24 100 2 0123abcd 0");
	len = block_write(fd, offset, &info, s.sorted, s.n);
	assert_true(len > 0 && len % 8 == 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), offset + len);
	assert_int_equal(info.rows, s.n);
	assert_int_equal(block_open(fd, offset, &b), BLOCK_OK);
	assert_int_equal(block_length(b), len);
	assert_int_equal(block_offset(b), offset);
	assert_same_info(block_info(b), &info);
	assert_int_equal(block_verify(b), BLOCK_OK);
	assert_true(block_equals(b, &s));
	/* Verifying begins anew, also in the middle of the rows. */
	assert_int_equal(block_verify(b), BLOCK_OK);
	assert_true(block_equals(b, &s));
	block_free(b);
	assert_int_equal(block_open(fd, offset + len, &b), BLOCK_END);
	rowset_free(&s);
	close(fd);
}

/* Blocks of all sizes by one writer are those of a writer each. */
static void
test_writer_of_many_blocks(void **state)
{
	static const size_t	 sizes[] = { 3000, 0, 1, 511, 2999 };
	struct block_writer	*w = block_writer_new(3000);
	struct block_info	 info;
	struct rowset		 s;
	uint8_t			*a, *b;
	size_t			 i;
	int64_t			 len;
	int			 one = scratch_file(), other = scratch_file();

	(void)state;
	assert_non_null(w);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		rowset_make(&s, sizes[i], ROWS_IP4, i + 1);
		info_make(&info, 7, i + 1, sizes[i]);
		len = block_write(one, 0, &info, s.sorted, s.n);
		assert_true(len > 0);
		assert_int_equal(block_writer_put(w, other, 0, &info, s.sorted,
		    s.n), len);
		a = malloc((size_t)len);
		b = malloc((size_t)len);
		assert_int_equal(read_at(one, a, (size_t)len, 0), 0);
		assert_int_equal(read_at(other, b, (size_t)len, 0), 0);
		assert_memory_equal(a, b, (size_t)len);
		free(a);
		free(b);
		rowset_free(&s);
	}
	block_writer_free(w);
	close(one);
	close(other);
}

static void
test_round_trips(void **state)
{
	static const size_t	sizes[] = { 0, 1, 2, 511, 512, 513, 3000 };
	size_t			i;
	int			kind;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (kind = ROWS_IP4; kind <= ROWS_EXTREME; kind++)
			round_trip(sizes[i], (enum rowset_kind)kind,
			    (off_t)(8 * i));
}

static void
test_many_rows(void **state)
{
	(void)state;
	round_trip(65536, ROWS_EXTREME, 0);
	round_trip(65537, ROWS_EXTREME, 0);
	round_trip(200000, ROWS_MIXED, 0);
	round_trip(200000, ROWS_EXTREME, 0);
}

/* The same octets, whoever encodes which segment. */
static void
test_threads(void **state)
{
	struct block_info	 info;
	struct rowset		 s;
	uint8_t			*want, *got;
	int64_t			 len;
	unsigned		 threads;
	int			 fd = scratch_file();

	(void)state;
	rowset_make(&s, 400000, ROWS_MIXED, 5);
	info_make(&info, 1, 1, 1);
	assert_true((len = block_write(fd, 0, &info, s.sorted, s.n)) > 0);
	assert_non_null(want = malloc((size_t)len));
	assert_non_null(got = malloc((size_t)len));
	assert_int_equal(read_at(fd, want, (size_t)len, 0), 0);
	for (threads = 2; threads <= PARALLEL_MOST; threads++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(block_write_by(fd, 0, &info, s.sorted, s.n,
		    threads), len);
		assert_int_equal(read_at(fd, got, (size_t)len, 0), 0);
		assert_memory_equal(want, got, (size_t)len);
	}
	close(fd);
	/* None of them waits for a turn that never comes. */
	errno = 0;
	assert_int_equal(block_write_by(-1, 0, &info, s.sorted, s.n, 3), -1);
	assert_int_equal(errno, EBADF);
	free(got);
	free(want);
	rowset_free(&s);
}

static void
test_longest_texts(void **state)
{
	struct block_info	 info;
	struct block		*b;
	int			 fd = scratch_file();

	(void)state;
	info_make(&info, 1, 1, 1);
	memset(info.ifname, 'i', sizeof(info.ifname) - 1);
	memset(info.host, 'h', sizeof(info.host) - 1);
	memset(info.filter, 'f', sizeof(info.filter) - 1);
	memset(info.networks, 'n', sizeof(info.networks) - 1);
	assert_true(block_write(fd, 0, &info, NULL, 0) > 0);
	assert_int_equal(block_open(fd, 0, &b), BLOCK_OK);
	assert_same_info(block_info(b), &info);
	block_free(b);
	info.host[sizeof(info.host) - 1] = 'h';
	assert_int_equal(block_write(fd, 0, &info, NULL, 0), -1);
	assert_int_equal(errno, EINVAL);
	close(fd);
}

static void
test_rows_out_of_order(void **state)
{
	struct block_info	 info;
	struct rowset		 s;
	const struct flow	*swap;
	int			 fd = scratch_file();

	(void)state;
	rowset_make(&s, 100, ROWS_IP4, 1);
	info_make(&info, 1, 1, 1);
	swap = s.sorted[50];
	s.sorted[50] = s.sorted[51];
	assert_int_equal(block_write(fd, 0, &info, s.sorted, s.n), -1);
	assert_int_equal(errno, EINVAL);
	s.sorted[51] = swap;
	assert_int_equal(block_write(fd, 0, &info, s.sorted, s.n), -1);
	rowset_free(&s);
	close(fd);
}

static void
test_write_fails(void **state)
{
	struct block_info	info;

	(void)state;
	info_make(&info, 1, 1, 1);
	assert_int_equal(block_write(-1, 0, &info, NULL, 0), -1);
	assert_int_equal(errno, EBADF);
}

/* ---- size ---- */

static void
test_octets_per_row(void **state)
{
	struct block_info	info;
	struct rowset		s;
	int64_t			len;
	int			fd = scratch_file();

	(void)state;
	rowset_make(&s, 50000, ROWS_IP4, 1);
	info_make(&info, 1, 1, 1);
	len = block_write(fd, 0, &info, s.sorted, s.n);
	assert_true(len > 0 && (size_t)len < 12 * s.n);
	rowset_free(&s);
	close(fd);
}

/* ---- damage ---- */

struct image {
	uint8_t	*octets;
	size_t	 len;
	int	 fd;
};

static void
image_make(struct image *im, size_t rows, enum rowset_kind kind)
{
	struct block_info	info;
	struct rowset		s;

	rowset_make(&s, rows, kind, 3);
	info_make(&info, 1, 1, 1);
	im->fd = scratch_file();
	im->len = (size_t)block_write(im->fd, 0, &info, s.sorted, s.n);
	im->octets = malloc(im->len);
	assert_non_null(im->octets);
	assert_int_equal(read_at(im->fd, im->octets, im->len, 0), 0);
	rowset_free(&s);
}

static void
image_free(struct image *im)
{
	free(im->octets);
	close(im->fd);
}

static enum block_error
open_and_verify(int fd)
{
	struct block		*b;
	enum block_error	 e = block_open(fd, 0, &b);

	assert_true((e == BLOCK_OK) == (b != NULL));
	if (e == BLOCK_OK)
		e = block_verify(b);
	block_free(b);
	return (e);
}

static void
test_every_bit(void **state)
{
	struct image	im;
	size_t		bit;
	uint8_t		c;

	(void)state;
	image_make(&im, 40, ROWS_MIXED);
	for (bit = 0; bit < im.len * 8; bit++) {
		c = (uint8_t)(im.octets[bit / 8] ^ 1U << bit % 8);
		assert_int_equal(write_at(im.fd, &c, 1, (off_t)bit / 8), 0);
		assert_int_not_equal(open_and_verify(im.fd), BLOCK_OK);
		c = im.octets[bit / 8];
		assert_int_equal(write_at(im.fd, &c, 1, (off_t)bit / 8), 0);
	}
	assert_int_equal(open_and_verify(im.fd), BLOCK_OK);
	image_free(&im);
}

static void
test_every_length(void **state)
{
	struct image	im;
	size_t		n;

	(void)state;
	image_make(&im, 40, ROWS_MIXED);
	for (n = im.len; n-- > 0;) {
		assert_int_equal(ftruncate(im.fd, (off_t)n), 0);
		assert_int_equal(open_and_verify(im.fd),
		    n == 0 ? BLOCK_END : BLOCK_CUT);
	}
	image_free(&im);
}

/* ---- headers and segments with a right checksum but wrong contents ---- */

static void
seal(uint8_t *p, size_t len, size_t crc_at)
{
	put_le32(p + crc_at, 0);
	put_le32(p + crc_at, crc32c(0, p, len));
}

/* Put the image back with its header, first segment and trailer sealed. */
static enum block_error
try_sealed(struct image *im)
{
	size_t	head = get_le32(im->octets + HDR_LENGTH);
	size_t	seg = head < im->len ? get_le32(im->octets + head) : 0;
	uint8_t	*trailer = im->octets + im->len - TRL_FIXED;

	if (head + seg + TRL_FIXED <= im->len)
		seal(im->octets + head, seg, SEG_CRC);
	if (head <= im->len)
		seal(im->octets, head, HDR_CRC);
	put_le32(trailer + TRL_HDR_CRC, get_le32(im->octets + HDR_CRC));
	put_le32(trailer + TRL_CRC, crc32c(0, trailer, TRL_CRC));
	assert_int_equal(write_at(im->fd, im->octets, im->len, 0), 0);
	return (open_and_verify(im->fd));
}

static const struct forgery {
	size_t			at;	/* in the header, or ... */
	int			segment; /* ... in the segment */
	unsigned		width;
	uint64_t		value;
	enum block_error	want;
} forgeries[] = {
	{ HDR_VERSION, 0, 2, 6, BLOCK_DAMAGED },	/* no table */
	{ HDR_VERSION, 0, 2, 7, BLOCK_NEWER },
	{ HDR_KIND, 0, 1, 0, BLOCK_NEWER },
	{ HDR_KIND, 0, 1, 3, BLOCK_NEWER },
	{ HDR_PORTS, 0, 1, FLOW_PORTS_MODES, BLOCK_NEWER },
	{ HDR_SEGMENTS, 0, 4, 0, BLOCK_DAMAGED },
	{ HDR_SEGMENTS, 0, 4, 2, BLOCK_DAMAGED },
	{ HDR_SEGMENTS, 0, 4, UINT32_MAX, BLOCK_DAMAGED },
	{ HDR_BODY, 0, 8, 1 << 20, BLOCK_CUT },
	{ HDR_BODY, 0, 8, UINT64_MAX - 7, BLOCK_DAMAGED },
	{ HDR_BODY, 0, 8, UINT64_MAX / 2 - 7, BLOCK_DAMAGED },
	{ HDR_BODY, 0, 8, 4, BLOCK_DAMAGED },
	{ HDR_ROWS, 0, 8, 39, BLOCK_DAMAGED },
	{ HDR_ROWS, 0, 8, UINT64_MAX, BLOCK_DAMAGED },
	{ HDR_PACKETS, 0, 8, 1, BLOCK_DAMAGED },
	{ HDR_DATA, 0, 8, 1, BLOCK_DAMAGED },
	{ HDR_IP, 0, 8, 1, BLOCK_DAMAGED },
	{ HDR_LEDGER, 0, 2, 3, BLOCK_DAMAGED },
	{ HDR_LEDGER, 0, 2, UINT16_MAX, BLOCK_DAMAGED },
	{ HDR_TEXTS, 0, 2, UINT16_MAX, BLOCK_DAMAGED },
	{ HDR_RESERVED, 0, 4, 1, BLOCK_OK },
	{ SEG_NUMBER, 1, 4, 1, BLOCK_DAMAGED },
	{ SEG_NROWS, 1, 4, 0, BLOCK_DAMAGED },
	{ SEG_NROWS, 1, 4, SEG_ROWS + 1, BLOCK_DAMAGED },
	{ SEG_NROWS, 1, 4, UINT32_MAX, BLOCK_DAMAGED },
	{ SEG_ADDR4, 1, 4, UINT32_MAX, BLOCK_DAMAGED },
	{ SEG_ADDR6, 1, 4, UINT32_MAX, BLOCK_DAMAGED },
	{ SEG_ADDR6, 1, 4, 80, BLOCK_DAMAGED },
	{ SEG_STREAMS, 1, 2, 0, BLOCK_DAMAGED },
	{ SEG_STREAMS, 1, 2, UINT16_MAX, BLOCK_DAMAGED },
	{ SEG_FIXED + STR_COLUMN, 1, 1, 0, BLOCK_NEWER },
	{ SEG_FIXED + STR_COLUMN, 1, 1, COL_IDS, BLOCK_NEWER },
	{ SEG_FIXED + STR_COLUMN, 1, 1, 255, BLOCK_NEWER },
	{ SEG_FIXED + STR_ENCODING, 1, 1, 2, BLOCK_NEWER },
	{ SEG_FIXED + STR_CODEC, 1, 1, 2, BLOCK_NEWER },
	{ SEG_FIXED + STR_PLANE, 1, 1, 3, BLOCK_DAMAGED }, /* comes twice */
	{ SEG_FIXED + STR_PLANE, 1, 1, 4, BLOCK_DAMAGED },
	{ SEG_FIXED + STR_LENGTH, 1, 4, 0, BLOCK_DAMAGED },
	{ SEG_FIXED + STR_LENGTH, 1, 4, UINT32_MAX, BLOCK_DAMAGED },
};

static void
test_forged(void **state)
{
	const struct forgery	*f;
	struct image		 im;
	uint8_t			*p;
	size_t			 i, k;

	(void)state;
	for (i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		f = &forgeries[i];
		image_make(&im, 40, ROWS_IP4);
		assert_int_equal(try_sealed(&im), BLOCK_OK);
		p = im.octets + f->at +
		    (f->segment ? get_le32(im.octets + HDR_LENGTH) : 0);
		for (k = 0; k < f->width; k++)
			p[k] = (uint8_t)(f->value >> 8 * k);
		if (try_sealed(&im) != f->want)
			fail_msg("forgery %zu: not %s", i,
			    block_strerror(f->want));
		image_free(&im);
	}
}

/* A stream's octet of a column, where it is stored as it is. */
static uint8_t *
find_stream(struct image *im, unsigned column)
{
	uint8_t	*p = im->octets + get_le32(im->octets + HDR_LENGTH) + SEG_FIXED;

	while (p[STR_COLUMN] != column || p[STR_CODEC] != CODEC_NONE)
		p += STR_HEAD + get_le32(p + STR_LENGTH);
	return (p + STR_HEAD);
}

static void
test_forged_rows(void **state)
{
	struct image	im;

	(void)state;
	/* An address number that does not exist. */
	image_make(&im, 5, ROWS_IP4);
	find_stream(&im, 5)[1] = 200;
	assert_int_equal(try_sealed(&im), BLOCK_DAMAGED);
	image_free(&im);
	/* A family that does not exist. */
	image_make(&im, 5, ROWS_IP4);
	memset(find_stream(&im, 9), 5, 5);
	assert_int_equal(try_sealed(&im), BLOCK_DAMAGED);
	image_free(&im);
	/* Two rows in the wrong order: the first is IPv6, the others not. */
	image_make(&im, 5, ROWS_IP4);
	find_stream(&im, 9)[0] = 6;
	assert_int_equal(try_sealed(&im), BLOCK_DAMAGED);
	image_free(&im);
	/* A text with a NUL inside. */
	image_make(&im, 5, ROWS_IP4);
	im.octets[HDR_FIXED + LEDGER_ENTRIES * 8 + TEXT_HEAD + 1] = 0;
	assert_int_equal(try_sealed(&im), BLOCK_DAMAGED);
	image_free(&im);
}

/*
 * Put one more stream into the segment, and `more' zero octets behind the
 * streams, with all lengths to match.
 */
static enum block_error
try_inserted(struct image *im, const uint8_t *stream, size_t n, size_t more)
{
	size_t	 seg = get_le32(im->octets + HDR_LENGTH), at = seg + SEG_FIXED, to;
	unsigned i, streams = get_le16(im->octets + seg + SEG_STREAMS);
	uint8_t	*p = calloc(1, im->len + n + more + 16);

	assert_non_null(p);
	for (i = 0; i < streams; i++)
		at += STR_HEAD + get_le32(im->octets + at + STR_LENGTH);
	memcpy(p, im->octets, at);
	if (n > 0)
		memcpy(p + at, stream, n);
	to = ((at + n + 7) & ~(size_t)7) + more;
	put_le16(p + seg + SEG_STREAMS, (uint16_t)(streams + (n > 0)));
	put_le32(p + seg + SEG_LENGTH, (uint32_t)(to - seg));
	put_le64(p + HDR_BODY, to - seg);
	put_le64(p + to, to + TRL_FIXED);
	free(im->octets);
	im->octets = p;
	im->len = to + TRL_FIXED;
	return (try_sealed(im));
}

static void
insert(const uint8_t *stream, size_t n, size_t more, enum block_error want)
{
	struct image	im;

	image_make(&im, 4, ROWS_IP4);
	assert_int_equal(try_inserted(&im, stream, n, more), want);
	image_free(&im);
}

static void
test_inserted_streams(void **state)
{
	static const uint8_t	flags[] = { 10, 1, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t	vlan[] = { COL_VLAN, 1, 1, 0, 4, 0, 0, 0,
				    0, 15, 1, 15 };
	static const uint8_t	no_vlan[] = { COL_VLAN, 1, 1, 0, 4, 0, 0, 0,
				    0, 15, 16, 15 };
	static const uint8_t	no_flags[] = { 10, 1, 1, 0, 4, 0, 0, 0,
				    0, 0, 1, 0 };
	static const uint8_t	longer[] = { 10, 1, 1, 0, 5, 0, 0, 0, 0, 0, 0,
				    0, 0 };
	static const uint8_t	none[] = { 2, 1, 0, 0, 0, 0, 0, 0 };
	struct image		im;
	uint8_t			first[64];
	size_t			seg, n;

	(void)state;
	insert(NULL, 0, 0, BLOCK_OK);
	insert(NULL, 0, 8, BLOCK_DAMAGED);
	insert(flags, sizeof(flags), 0, BLOCK_OK);
	insert(vlan, sizeof(vlan), 0, BLOCK_OK);
	insert(no_vlan, sizeof(no_vlan), 0, BLOCK_DAMAGED);
	insert(no_flags, sizeof(no_flags), 0, BLOCK_DAMAGED);
	insert(longer, sizeof(longer), 0, BLOCK_DAMAGED);
	insert(none, sizeof(none), 0, BLOCK_DAMAGED);
	/* The first stream once more, the same. */
	image_make(&im, 4, ROWS_IP4);
	seg = get_le32(im.octets + HDR_LENGTH) + SEG_FIXED;
	n = STR_HEAD + get_le32(im.octets + seg + STR_LENGTH);
	assert_true(n <= sizeof(first));
	memcpy(first, im.octets + seg, n);
	assert_int_equal(try_inserted(&im, first, n, 0), BLOCK_DAMAGED);
	image_free(&im);
}

/* A trailer that gives another length; octets behind the last segment. */
static void
test_forged_ends(void **state)
{
	struct image	im;
	uint8_t		head[HDR_MAX], *trailer;
	size_t		len;

	(void)state;
	image_make(&im, 5, ROWS_IP4);
	trailer = im.octets + im.len - TRL_FIXED;
	put_le64(trailer + TRL_LENGTH, im.len - 8);
	assert_int_equal(try_sealed(&im), BLOCK_DAMAGED);
	put_le64(trailer + TRL_LENGTH, im.len);
	assert_int_equal(try_sealed(&im), BLOCK_OK);
	/* Eight octets more in the body, and all lengths say so. */
	len = get_le32(im.octets + HDR_LENGTH);
	memcpy(head, im.octets, len);
	put_le64(head + HDR_BODY, get_le64(head + HDR_BODY) + 8);
	seal(head, len, HDR_CRC);
	put_le64(trailer + TRL_LENGTH, im.len + 8);
	put_le32(trailer + TRL_HDR_CRC, get_le32(head + HDR_CRC));
	put_le32(trailer + TRL_CRC, crc32c(0, trailer, TRL_CRC));
	assert_int_equal(write_at(im.fd, head, len, 0), 0);
	assert_int_equal(write_at(im.fd, trailer, TRL_FIXED,
	    (off_t)im.len - TRL_FIXED + 8), 0);
	assert_int_equal(open_and_verify(im.fd), BLOCK_DAMAGED);
	image_free(&im);
}

/* Texts with an unknown id are for later readers. */
static void
test_unknown_text(void **state)
{
	struct image	 im;
	struct block	*b;

	(void)state;
	image_make(&im, 5, ROWS_IP4);
	im.octets[HDR_FIXED + LEDGER_ENTRIES * 8] = 99;
	assert_int_equal(try_sealed(&im), BLOCK_OK);
	assert_int_equal(block_open(im.fd, 0, &b), BLOCK_OK);
	assert_string_equal(block_info(b)->ifname, "");
	assert_string_equal(block_info(b)->host, "gate");
	block_free(b);
	image_free(&im);
}

/* What was written when the format was frozen is still read, and the same. */
static void
test_frozen(void **state)
{
	struct block_info	 info;
	struct rowset		 s;
	struct block		*b;
	int			 fd = scratch_file(), i;

	(void)state;
	rowset_make(&s, 6, ROWS_MIXED, 5);
	info_make(&info, 7, 9, 8);
	for (i = LEDGER_SMALL_BYTES; i < LEDGER_ENTRIES; i++)
		info.ledger.v[i] = 0;	/* these are younger, */
	for (i = 0; i < 6; i++)
		s.row[i].key.vlan = FLOW_VLAN_NONE;	/* and these */
	assert_int_equal(block_write(fd, 0, &info, s.sorted, s.n),
	    sizeof(frozen));
	assert_int_equal(write_at(fd, frozen, sizeof(frozen), 0), 0);
	assert_int_equal(block_open(fd, 0, &b), BLOCK_OK);
	assert_int_equal(block_verify(b), BLOCK_OK);
	assert_same_info(block_info(b), &info);
	assert_true(block_equals(b, &s));
	block_free(b);
	rowset_free(&s);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_writer_of_many_blocks),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_longest_texts),
		cmocka_unit_test(test_rows_out_of_order),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_octets_per_row),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_forged_rows),
		cmocka_unit_test(test_inserted_streams),
		cmocka_unit_test(test_forged_ends),
		cmocka_unit_test(test_unknown_text),
		cmocka_unit_test(test_frozen),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
