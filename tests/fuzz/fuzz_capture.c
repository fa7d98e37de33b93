/*
 * Captures, pcap, pcapng and iptrace: what libpcap reads of them, lib/capture
 * must read too, with the same result.  Times are not compared: libpcap's
 * overflow if their resolution is finer than 2^-34 s.  What is told of a frame
 * lies in the capture, parts have the frames that the whole has there, and
 * compressing a capture changes nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/endian.h"
#include "capture/capfile.h"
#include "../capture_check.h"
#include "fuzz.h"

/* Frames that are noted, of one call, and octets of a compressed frame. */
#define NOTED_MOST	32
#define BATCH		7
#define STEP		64
#define FRAMES_MOST	64

/* Where the first frames are, and a sum of all of them. */
struct noted {
	size_t		n;
	uint64_t	from[NOTED_MOST], to[NOTED_MOST];
	uint32_t	caplen[NOTED_MOST];
	uint64_t	frames, sum;
	enum capfile_state state;
};

static char	path[32];
static int	file = -1;

static void
write_input(const void *octets, size_t n)
{
	check(ftruncate(file, 0) == 0 &&
	    pwrite(file, octets, n, 0) == (ssize_t)n);
}

/* ---- reading ---- */

static void
note_frame(struct capfile *f, const struct frame *frame, struct noted *noted)
{
	struct capfile_about	a;
	uint64_t		end, at = capfile_offset(f, frame, &end);
	size_t			i;

	check(end > at && end - at >= frame->caplen);
	capfile_about(f, frame, &a);
	for (i = 0; i < a.comment_len; i++)
		noted->sum += (uint8_t)a.comment[i];
	check(memchr(a.unit, 0, sizeof(a.unit)) != NULL);
	noted->sum += a.dropped + a.segments + a.pid + a.direction + a.sums;
	noted->sum += a.ifname == NULL ? 1 : strlen(a.ifname);
	for (i = 0; i < frame->caplen; i++)
		noted->sum = 31 * noted->sum + frame->octets[i];
	noted->sum += capfile_time(f, frame) + at + (uint64_t)capfile_link(f);
	noted->frames++;
	if (noted->n == NOTED_MOST)
		return;
	check(noted->n == 0 || noted->to[noted->n - 1] <= at);
	noted->from[noted->n] = at;
	noted->to[noted->n] = end;
	noted->caplen[noted->n++] = frame->caplen;
}

static void
note_all(struct capfile *f, struct noted *noted)
{
	struct frame	frames[BATCH];
	int		i, n;

	memset(noted, 0, sizeof(*noted));
	memset(frames, 0xff, sizeof(frames));
	while ((noted->state = capfile_next(f, frames, BATCH, &n)) ==
	    CAPFILE_FRAMES)
		for (i = 0; i < n; i++)
			note_frame(f, &frames[i], noted);
}

/* ---- parts ---- */

/* A part from the i-th to the j-th has the same frames; it may be damaged in
 * pcapng, where another section has begun since. */
static void
check_part(struct capfile *f, const struct noted *whole, size_t i, size_t j,
    bool sections)
{
	struct noted	part;
	size_t		k;

	check(capfile_part(f, (off_t)whole->from[i], (off_t)whole->to[j],
	    NULL, 0) == 0);
	note_all(f, &part);
	check(part.n <= j - i + 1 || sections);
	for (k = 0; k < part.n && !sections; k++)
		check(part.from[k] == whole->from[i + k] &&
		    part.caplen[k] == whole->caplen[i + k]);
	check(sections || (part.n == j - i + 1 && part.state == CAPFILE_END));
}

static void
check_parts(struct capfile *f, const struct noted *whole, bool sections)
{
	const off_t	head = 0;

	if (whole->n == 0)
		return;
	check_part(f, whole, whole->n / 2, whole->n - 1, sections);
	check_part(f, whole, 0, whole->n / 2, sections);
	(void)capfile_part(f, 5, 70, NULL, 0);
	(void)capfile_part(f, 9, -1, &head, 1);
}

/* ---- compressed ---- */

/* In frames of STEP octets, with a table.  Returns the length. */
static size_t
compress(const uint8_t *in, size_t size, uint8_t *to, size_t room)
{
	static uint8_t	table[8 + 8 * FRAMES_MOST + 9];
	size_t		at, got, n = 0, frames = 0;

	for (at = 0; at < size; at += STEP, frames++) {
		got = size - at < STEP ? size - at : STEP;
		put_le32(table + 8 + 8 * frames + 4, (uint32_t)got);
		got = ZSTD_compress(to + n, room - n, in + at, got, 1);
		check(!ZSTD_isError(got));
		put_le32(table + 8 + 8 * frames, (uint32_t)got);
		n += got;
	}
	put_le32(table, 0x184d2a5e);
	put_le32(table + 4, (uint32_t)(8 * frames + 9));
	put_le32(table + 8 + 8 * frames, (uint32_t)frames);
	table[8 + 8 * frames + 4] = 0;
	put_le32(table + 8 + 8 * frames + 5, 0x8f92eab1);
	memcpy(to + n, table, 8 + 8 * frames + 9);
	return (n + 8 + 8 * frames + 9);
}

static void
check_compressed(const uint8_t *in, size_t size, const struct noted *whole,
    bool sections)
{
	static uint8_t	packed[FRAMES_MOST * (STEP + 64)];
	struct noted	same;
	struct capfile	*f;

	if (size == 0 || size > FRAMES_MOST * STEP)
		return;
	write_input(packed, compress(in, size, packed, sizeof(packed)));
	check((f = capfile_open(path)) != NULL);
	note_all(f, &same);
	check(same.frames == whole->frames && same.sum == whole->sum &&
	    same.state == whole->state);
	check_parts(f, &same, sections);
	capfile_close(f);
}

/* ---- all ---- */

static bool
is_zstd(const uint8_t *in, size_t size)
{
	return (size >= 4 && (get_le32(in) == 0xfd2fb528 ||
	    (get_le32(in) & 0xfffffff0) == 0x184d2a50));
}

static void
check_told(const uint8_t *in, size_t size)
{
	struct capfile_losses	losses;
	struct noted		whole;
	struct capfile		*f;
	bool			sections = is_zstd(in, size) ||
	    (size >= 4 && get_be32(in) == 0x0a0d0d0a);

	check((f = capfile_open(path)) != NULL);
	note_all(f, &whole);
	capfile_losses(f, &losses);
	check_parts(f, &whole, sections);
	capfile_close(f);
	if (!is_zstd(in, size))
		check_compressed(in, size, &whole, sections);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct capture_read	ours;
	const char		*why;

	if (file == -1) {
		file = fuzz_scratch();
		(void)snprintf(path, sizeof(path), "/dev/fd/%d", file);
	}
	write_input(in, size);
	if ((why = capture_check(path, false, &ours)) != NULL) {
		fprintf(stderr, "%s: frame %llu\n", why,
		    (unsigned long long)ours.frames);
		abort();
	}
	check_told(in, size);
	return (0);
}
