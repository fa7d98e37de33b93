/*
 * Captures that are compressed by zstd: in frames of any length, with a table
 * of them and without, cut and damaged; parts, streams, files that grow.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include <cmocka.h>

#include "base/endian.h"
#include "capture/capfile.h"
#include "made_capture.h"
#include "scratch.h"

#define ETHERNET	1
#define PACKETS		8
#define FIRST		2	/* its record, after section and interface */

static char	dir[SCRATCH_LEN], path[SCRATCH_LEN + 16];

/* The compressed file, and its frames: what they have, what they take. */
static struct {
	uint8_t		octets[1 << 16];
	size_t		n;
	uint32_t	plain[512], packed[512];
	size_t		nframes;
} zip;

/* ---- making files ---- */

static void
make(void)
{
	uint32_t	i;

	made_begin(false);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	for (i = 0; i < PACKETS; i++)
		made_enhanced(0, MADE_TICKS + i, 20 + 9 * i);
	made_start();
}

static void
compress(const uint8_t *octets, size_t n)
{
	size_t	packed = ZSTD_compress(zip.octets + zip.n,
	    sizeof(zip.octets) - zip.n, octets, n, 1);

	assert_false(ZSTD_isError(packed));
	zip.plain[zip.nframes] = (uint32_t)n;
	zip.packed[zip.nframes++] = (uint32_t)packed;
	zip.n += packed;
}

/* In frames of so many octets. */
static void
zip_frames(size_t step)
{
	size_t	at;

	memset(&zip, 0, sizeof(zip));
	for (at = 0; at < made.n; at += step)
		compress(made.octets + at, made.n - at < step ? made.n - at :
		    step);
}

/* The headers, and each packet, in a frame of its own. */
static void
zip_records(void)
{
	size_t	i;

	memset(&zip, 0, sizeof(zip));
	compress(made.octets, made.starts[FIRST]);
	for (i = 0; i < PACKETS; i++)
		compress(made.octets + made.starts[FIRST + i],
		    made.starts[FIRST + i + 1] - made.starts[FIRST + i]);
}

static void
zip_put32(uint32_t v)
{
	put_le32(zip.octets + zip.n, v);
	zip.n += 4;
}

/* The table, with check sums of the frames or without. */
static void
zip_table(bool sums)
{
	size_t	i, entry = sums ? 12 : 8;

	zip_put32(0x184d2a5e);
	zip_put32((uint32_t)(zip.nframes * entry + 9));
	for (i = 0; i < zip.nframes; i++) {
		zip_put32(zip.packed[i]);
		zip_put32(zip.plain[i]);
		if (sums)
			zip_put32(0x12345678);
	}
	zip_put32((uint32_t)zip.nframes);
	zip.octets[zip.n++] = sums ? 0x80 : 0;
	zip_put32(0x8f92eab1);
}

static void
zip_write(size_t n)
{
	FILE	*out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(zip.octets, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static struct capfile *
zip_open(void)
{
	struct capfile	*f;

	zip_write(zip.n);
	assert_non_null(f = capfile_open(path));
	return (f);
}

/* ---- reading ---- */

/* Read on; what is read must be the packets from the i-th on.  How many? */
static size_t
read_on(struct capfile *f, size_t i, enum capfile_state *state)
{
	struct frame	frame;
	uint64_t	end;
	size_t		seen = 0;
	int		n;

	while ((*state = capfile_next(f, &frame, 1, &n)) == CAPFILE_FRAMES) {
		assert_true(i + seen < PACKETS);
		assert_int_equal(frame.caplen, 20 + 9 * (i + seen));
		assert_int_equal(capfile_offset(f, &frame, &end),
		    made.starts[FIRST + i + seen]);
		assert_memory_equal(frame.octets, made.octets +
		    made.starts[FIRST + i + seen] + 28, frame.caplen);
		seen++;
	}
	return (seen);
}

static int
part(struct capfile *f, size_t i, size_t j)
{
	const off_t	heads[2] = { 0, (off_t)made.starts[1] };

	return (capfile_part(f, (off_t)made.starts[FIRST + i],
	    (off_t)made.starts[FIRST + j], heads, 2));
}

static void
frames_of_any_length(void **state)
{
	struct capfile		*f;
	enum capfile_state	 got;
	size_t			 step;
	int			 table;

	(void)state;
	make();
	for (step = 2; step < made.n + 2; step++)
		for (table = 0; table < 3; table++) {
			zip_frames(step);
			if (table > 0)
				zip_table(table == 2);
			f = zip_open();
			assert_int_equal(read_on(f, 0, &got), PACKETS);
			assert_int_equal(got, CAPFILE_END);
			capfile_close(f);
		}
}

static void
cut_after_every_octet(void **state)
{
	struct capfile		*f;
	enum capfile_state	 got;
	size_t			 n, seen, most = 0;

	(void)state;
	make();
	zip_frames(100);
	for (n = 1; n < zip.n; n++) {
		zip_write(n);
		assert_non_null(f = capfile_open(path));
		seen = read_on(f, 0, &got);
		assert_true(seen >= most && seen < PACKETS);
		most = seen;
		assert_int_equal(got, CAPFILE_DAMAGED);
		assert_non_null(strstr(capfile_error(f), "the file ends "));
		capfile_close(f);
	}
	assert_int_equal(most, PACKETS - 1);
}

/* Nothing is read beside the buffers, and reading ends. */
static void
every_octet_changed(void **state)
{
	struct capfile	*f;
	struct frame	 frame;
	size_t		 at;
	int		 n, bit;

	(void)state;
	make();
	zip_frames(300);
	zip_table(true);
	for (at = 0; at < zip.n; at++)
		for (bit = 0; bit < 8; bit += 3) {
			zip.octets[at] ^= (uint8_t)(1 << bit);
			f = zip_open();
			if (part(f, 4, 6) == 0)
				while (capfile_next(f, &frame, 1, &n) ==
				    CAPFILE_FRAMES)
					continue;
			(void)capfile_part(f, 0, -1, NULL, 0);
			while (capfile_next(f, &frame, 1, &n) ==
			    CAPFILE_FRAMES)
				continue;
			capfile_close(f);
			zip.octets[at] ^= (uint8_t)(1 << bit);
		}
}

/* ---- parts ---- */

static void
parts_in_any_order(void **state)
{
	struct capfile		*f;
	enum capfile_state	 got;
	size_t			 i, j, step;
	int			 table;

	(void)state;
	make();
	for (table = 0; table < 2; table++)
		for (step = 30; step < 600; step += 95) {
			zip_frames(step);
			if (table == 1)
				zip_table(false);
			f = zip_open();
			for (i = PACKETS; i-- > 0;)
				for (j = i; j <= PACKETS; j++) {
					assert_int_equal(part(f, i, j), 0);
					assert_int_equal(read_on(f, i, &got),
					    j - i);
					assert_int_equal(got, CAPFILE_END);
				}
			capfile_close(f);
		}
}

/* The first two packets are zeros here. */
static void
only_the_frames_of_a_part_are_decompressed(void **state)
{
	struct capfile		*f;
	enum capfile_state	 got;

	(void)state;
	make();
	zip_records();
	memset(zip.octets + zip.packed[0], 0, zip.packed[1] + zip.packed[2]);
	zip_table(true);
	f = zip_open();
	assert_int_equal(part(f, 2, 5), 0);
	assert_int_equal(read_on(f, 2, &got), 3);
	assert_int_equal(got, CAPFILE_END);
	assert_int_equal(part(f, 0, 5), 0);
	assert_int_equal(read_on(f, 0, &got), 0);
	assert_int_equal(got, CAPFILE_DAMAGED);
	assert_non_null(strstr(capfile_error(f),
	    "cannot read: what follows a zstd frame is none"));
	/* It is read again after damage. */
	assert_int_equal(part(f, 7, 8), 0);
	assert_int_equal(read_on(f, 7, &got), 1);
	capfile_close(f);
}

/* A table that does not fit the file is not used. */
static void
tables_that_do_not_fit(void **state)
{
	static const struct {
		int		from_end;	/* where */
		uint32_t	v;		/* instead */
	} cases[] = {
		{ -4, 0x8f92eab2 },		/* no table */
		{ -9, 0 }, { -9, 1 }, { -9, 1000 },	/* frames */
		{ -9, 0x7fffffff }, { -9, UINT32_MAX },
		{ -5, 0x92eab104 },		/* reserved bits */
		{ -17, 5 }, { -17, UINT32_MAX },	/* compressed length */
	};
	struct capfile		*f;
	enum capfile_state	 got;
	size_t			 i;

	(void)state;
	make();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		zip_frames(90);
		zip_table(false);
		put_le32(zip.octets + zip.n + cases[i].from_end, cases[i].v);
		if (cases[i].from_end == -5)
			zip.octets[zip.n - 1] = 0x8f;
		f = zip_open();
		assert_int_equal(part(f, 5, 8), 0);
		assert_int_equal(read_on(f, 5, &got), 3);
		assert_int_equal(got, CAPFILE_END);
		capfile_close(f);
	}
}

/* Of one that lies about a frame, no packet is read at a wrong place. */
static void
tables_that_lie(void **state)
{
	struct capfile		*f;
	enum capfile_state	 got;
	size_t			 i;

	(void)state;
	make();
	for (i = 0; i < 2; i++) {
		zip_records();
		zip.plain[3] += i == 0 ? 4 : -4u;
		zip.plain[4] -= i == 0 ? 4 : -4u;
		zip_table(false);
		f = zip_open();
		assert_int_equal(read_on(f, 0, &got), PACKETS);
		assert_int_equal(part(f, 2, PACKETS), 0);
		assert_int_equal(read_on(f, 2, &got), 0);
		assert_int_equal(got, CAPFILE_DAMAGED);
		assert_non_null(strstr(capfile_error(f),
		    "its table of zstd frames is wrong"));
		capfile_close(f);
	}
}

/* ---- limits ---- */

static void
a_window_that_is_too_large(void **state)
{
	static const uint8_t	frame[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00,
	    18 << 3, 0x09, 0x00, 0x00, 'x' };
	struct capfile		*f;
	struct frame		 got;
	int			 n;

	(void)state;
	memcpy(zip.octets, frame, sizeof(frame));
	zip.n = sizeof(frame);
	f = zip_open();
	assert_int_equal(capfile_next(f, &got, 1, &n), CAPFILE_DAMAGED);
	assert_string_equal(capfile_error(f), "at byte 0: cannot read: its "
	    "zstd window takes more than 128 MiB of memory; decompress it "
	    "first, by zstd -dc --long=31");
	capfile_close(f);
	zip.octets[5] = 17 << 3;
	f = zip_open();
	assert_int_equal(capfile_next(f, &got, 1, &n), CAPFILE_DAMAGED);
	assert_non_null(strstr(capfile_error(f), "ends inside a file header"));
	capfile_close(f);
}

static void
zstd_inside_of_zstd(void **state)
{
	uint8_t		 first[sizeof(made.octets)];
	struct capfile	*f;
	struct frame	 got;
	size_t		 size;
	int		 n;

	(void)state;
	make();
	zip_frames(made.n);
	size = zip.n;
	memcpy(first, zip.octets, size);
	memset(&zip, 0, sizeof(zip));
	compress(first, size);
	f = zip_open();
	assert_int_equal(capfile_next(f, &got, 1, &n), CAPFILE_DAMAGED);
	assert_non_null(strstr(capfile_error(f), "it is compressed"));
	capfile_close(f);
}

/* ---- what comes bit by bit ---- */

static void
a_stream_octet_by_octet(void **state)
{
	enum capfile_state	 got;
	struct capfile		*f;
	size_t			 i, seen;
	int			 fds[2];

	(void)state;
	make();
	zip_frames(70);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	(void)close(fds[0]);
	assert_non_null(f = capfile_open("-"));
	for (i = seen = 0; i < zip.n; i++) {
		seen += read_on(f, seen, &got);
		assert_int_equal(got, CAPFILE_WAIT);
		assert_int_equal(write(fds[1], zip.octets + i, 1), 1);
	}
	(void)close(fds[1]);
	seen += read_on(f, seen, &got);
	assert_int_equal(seen, PACKETS);
	assert_int_equal(got, CAPFILE_END);
	assert_int_equal(capfile_part(f, 0, 9, NULL, 0), -1);
	assert_int_equal(errno, ESPIPE);
	capfile_close(f);
}

static void
a_file_that_grows(void **state)
{
	enum capfile_state	 got;
	struct capfile		*f;
	size_t			 i, seen;
	int			 fd;

	(void)state;
	make();
	zip_frames(70);
	zip_table(true);
	zip_write(0);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_non_null(f = capfile_open(path));
	capfile_follow(f);
	for (i = seen = 0; i < zip.n; i++) {
		seen += read_on(f, seen, &got);
		assert_int_equal(got, CAPFILE_WAIT);
		assert_int_equal(write(fd, zip.octets + i, 1), 1);
	}
	(void)close(fd);
	seen += read_on(f, seen, &got);
	assert_int_equal(seen, PACKETS);
	assert_int_equal(got, CAPFILE_WAIT);
	capfile_close(f);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(frames_of_any_length),
		cmocka_unit_test(cut_after_every_octet),
		cmocka_unit_test(every_octet_changed),
		cmocka_unit_test(parts_in_any_order),
		cmocka_unit_test(only_the_frames_of_a_part_are_decompressed),
		cmocka_unit_test(tables_that_do_not_fit),
		cmocka_unit_test(tables_that_lie),
		cmocka_unit_test(a_window_that_is_too_large),
		cmocka_unit_test(zstd_inside_of_zstd),
		cmocka_unit_test(a_stream_octet_by_octet),
		cmocka_unit_test(a_file_that_grows),
	};
	int			rc;

	if (scratch_make(dir) == -1)
		return (1);
	(void)snprintf(path, sizeof(path), "%s/capture", dir);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)scratch_remove(dir);
	return (rc);
}
