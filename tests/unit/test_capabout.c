/*
 * What captures tell besides their packets: of a packet, of losses, where
 * records are; parts of captures, and captures that grow.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/endian.h"
#include "capture/capfile.h"
#include "capture/frames.h"
#include "made_capture.h"
#include "scratch.h"

#define ETHERNET	1
#define RAW		101

/* Options of packets and of statistics. */
enum { COMMENT = 1, FLAGS = 2, DROPCOUNT = 4, PROCESS_THREAD = 8 };
enum { IFDROP = 5, OSDROP = 7 };

static char	dir[SCRATCH_LEN], path[SCRATCH_LEN + 16];

/* ---- options ---- */

static void
option32(uint16_t code, uint32_t v)
{
	uint8_t	p[4];

	if (made.big_endian)
		put_be32(p, v);
	else
		put_le32(p, v);
	made_option(code, p, 4);
}

static void
option64(uint16_t code, uint64_t v)
{
	uint8_t	p[8];

	if (made.big_endian)
		put_be64(p, v);
	else
		put_le64(p, v);
	made_option(code, p, 8);
}

static void
comment(const char *text)
{
	made_option(COMMENT, text, (uint16_t)strlen(text));
}

/* ---- reading ---- */

static struct capfile *
open_made(void)
{
	struct capfile	*f;

	made_write(path, made.n);
	assert_non_null(f = capfile_open(path));
	return (f);
}

/* The next frame, alone. */
static void
next(struct capfile *f, struct frame *frame)
{
	int	n;

	memset(frame, 0xff, sizeof(*frame));
	if (capfile_next(f, frame, 1, &n) != CAPFILE_FRAMES)
		fail_msg("%s", capfile_error(f));
	assert_int_equal(n, 1);
}

static void
next_about(struct capfile *f, struct capfile_about *a)
{
	struct frame	frame;

	next(f, &frame);
	capfile_about(f, &frame, a);
}

static enum capfile_state
state_of(struct capfile *f)
{
	struct frame	frames[16];
	int		n;

	return (capfile_next(f, frames, 16, &n));
}

/* ---- what is told of a frame ---- */

static void
what_pcapng_tells_of_a_packet(void **state)
{
	static const struct {
		uint32_t		flags;
		enum frame_direction	direction;
		enum frame_sums		sums;
	} cases[] = {
		{ 0, FRAME_UNKNOWN, FRAME_SUMS_UNKNOWN },
		{ 1, FRAME_IN, FRAME_SUMS_UNKNOWN },
		{ 2, FRAME_OUT, FRAME_SUMS_UNKNOWN },
		{ 3, FRAME_UNKNOWN, FRAME_SUMS_UNKNOWN },
		{ 0x202, FRAME_OUT, FRAME_SUMS_NOT_READY },
		{ 0x401, FRAME_IN, FRAME_SUMS_VALID },
		{ 0x1fc, FRAME_UNKNOWN, FRAME_SUMS_UNKNOWN },
	};
	struct capfile_about	a;
	struct capfile		*f;
	size_t			i, at;
	int			big;

	(void)state;
	for (big = 0; big < 2; big++)
		for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			made_begin(big == 1);
			made_section();
			made_interface(ETHERNET, 0, 9, 0);
			at = made_packet(0, MADE_TICKS, 19);
			comment("hello");
			comment("more");
			option32(FLAGS, cases[i].flags);
			option64(DROPCOUNT, UINT64_C(0x100000002));
			option64(PROCESS_THREAD, made.big_endian ?
			    UINT64_C(0x0000001500000016) :
			    UINT64_C(0x0000001600000015));
			made_put32(0);
			made_end(at);
			f = open_made();
			next_about(f, &a);
			assert_string_equal(a.ifname, "eth");
			assert_int_equal(a.comment_len, 5);
			assert_memory_equal(a.comment, "hello", 5);
			assert_int_equal(a.direction, cases[i].direction);
			assert_int_equal(a.sums, cases[i].sums);
			assert_int_equal(a.dropped, UINT64_C(0x100000002));
			assert_int_equal(a.pid, 0x15);
			assert_int_equal(a.tid, 0x16);
			assert_int_equal(a.segments, 0);
			assert_string_equal(a.unit, "");
			capfile_close(f);
		}
}

/* Simple blocks tell nothing, old ones have flags and losses of their own. */
static void
what_other_blocks_tell(void **state)
{
	struct capfile_about	a;
	struct capfile		*f;
	size_t			at;

	(void)state;
	made_begin(false);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	made_simple(21, 21);
	at = made_block(2);
	made_put16(0);
	made_put16(7);
	made_put32(0);
	made_put32(0);
	made_put32(4);
	made_put32(4);
	made_data(4);
	option32(FLAGS, 2);
	made_end(at);
	made_old(0, 8);
	f = open_made();
	next_about(f, &a);
	assert_string_equal(a.ifname, "eth");
	assert_int_equal(a.direction, FRAME_UNKNOWN);
	assert_null(a.comment);
	next_about(f, &a);
	assert_int_equal(a.direction, FRAME_OUT);
	assert_int_equal(a.dropped, 7);
	next_about(f, &a);
	assert_int_equal(a.dropped, 0);
	capfile_close(f);
}

static uint32_t
segments_of(uint32_t flags, const char *text)
{
	struct capfile_about	a;
	struct capfile		*f;
	size_t			at;

	made_begin(false);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	at = made_packet(0, MADE_TICKS, 4);
	option32(FLAGS, flags);
	comment(text);
	made_end(at);
	f = open_made();
	next_about(f, &a);
	capfile_close(f);
	return (a.segments);
}

/* The size of the packets that are joined in a frame, and whether of UDP. */
static uint16_t
size_of(uint32_t flags, const char *first, const char *second, uint32_t wire,
    bool *udp)
{
	struct frame	fr[2];
	struct capfile	*f;
	size_t		at;
	int		n;

	made_begin(false);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	at = made_packet(0, MADE_TICKS, wire);
	option32(FLAGS, flags);
	comment(first);
	if (second != NULL)
		comment(second);
	made_end(at);
	f = open_made();
	memset(fr, 0xff, sizeof(fr));
	assert_int_equal(capfile_next(f, fr, 2, &n), CAPFILE_FRAMES);
	assert_int_equal(n, 1);
	capfile_close(f);
	*udp = fr[0].gso_udp;
	return (fr[0].gso_size);
}

static void
joined_frames_have_the_size_of_their_packets(void **state)
{
	const uint32_t	joined = 1 << 11;
	bool		udp;

	(void)state;
	assert_int_equal(size_of(joined, "17 segments of 1448 octets", NULL,
	    4, &udp), 1448);
	assert_false(udp);
	assert_int_equal(size_of(joined | 2, "2 segments of 9 octets of UDP; "
	    "and more", NULL, 4, &udp), 9);
	assert_true(udp);
	assert_int_equal(size_of(joined, "by x; 4 segments of 7 octets", NULL,
	    4, &udp), 7);
	assert_int_equal(size_of(joined, "added by somebody",
	    "4 segments of 7 octets", 4, &udp), 7);
	assert_int_equal(size_of(0, "17 segments of 1448 octets", NULL, 4,
	    &udp), 0);
	assert_int_equal(size_of(joined, "joined somewhere", NULL, 4, &udp), 0);
	assert_int_equal(size_of(joined, "17 segments of 65536 octets", NULL,
	    4, &udp), 0);
	assert_int_equal(size_of(joined, "17 segments of octets", NULL, 4,
	    &udp), 0);
}

static void
segments_are_told_by_flag_and_comment(void **state)
{
	const uint32_t	joined = 1 << 11;

	(void)state;
	assert_int_equal(segments_of(joined, "17 segments of 1448 octets"), 17);
	assert_int_equal(segments_of(joined | 1,
	    "2 segments of 9 octets; and more"), 2);
	assert_int_equal(segments_of(joined, "by x; 44 segments of 9 octets"),
	    44);
	assert_int_equal(segments_of(0, "17 segments of 1448 octets"), 0);
	assert_int_equal(segments_of(joined, "17 segments"), 0);
	assert_int_equal(segments_of(joined, ""), 0);
	assert_int_equal(segments_of(joined, " segments of 1"), 0);
	assert_int_equal(segments_of(joined,
	    "99999999999999999999999 segments of 1 octets"), 0);
	assert_int_equal(segments_of(joined, "4294967296 segments of 1"), 0);
}

/* Whatever the options are, only what is whole is told. */
static void
damaged_options_tell_nothing(void **state)
{
	struct capfile_about	a;
	struct capfile		*f;
	size_t			at, i, begin;

	(void)state;
	for (i = 0; i < 6; i++) {
		made_begin(false);
		made_section();
		made_interface(ETHERNET, 0, 9, 0);
		at = made_packet(0, MADE_TICKS, 4);
		option32(FLAGS, 1);
		begin = made.n;
		made_option(i % 2 == 0 ? COMMENT : DROPCOUNT, "12345678", 8);
		/* Longer than what is left, wrong, or the end. */
		made.octets[begin + (i < 4 ? 2 : 0)] =
		    i < 2 ? 9 : i < 4 ? 7 : 0;
		if (i < 2)
			made.octets[begin + 3] = 0xff;
		made_end(at);
		f = open_made();
		next_about(f, &a);
		assert_int_equal(a.direction, FRAME_IN);
		assert_int_equal(a.dropped, 0);
		assert_int_equal(a.comment_len, i == 2 ? 7 : 0);
		capfile_close(f);
	}
}

static void
every_octet_of_options_changed_is_read_inside_of_them(void **state)
{
	struct capfile_about	a;
	struct capfile		*f;
	struct frame		frame;
	size_t			at, i, begin;
	int			n, bit;

	(void)state;
	made_begin(true);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	at = made_packet(0, MADE_TICKS, 5);
	begin = made.n;
	comment("comment");
	option32(FLAGS, 0x802);
	option64(DROPCOUNT, 3);
	made_end(at);
	for (i = begin; i < made.n - 4; i++)
		for (bit = 0; bit < 8; bit++) {
			made.octets[i] ^= (uint8_t)(1 << bit);
			f = open_made();
			assert_int_equal(capfile_next(f, &frame, 1, &n),
			    CAPFILE_FRAMES);
			capfile_about(f, &frame, &a);
			assert_true(a.comment == NULL ||
			    a.comment_len <= made.n - 8 - begin);
			capfile_close(f);
			made.octets[i] ^= (uint8_t)(1 << bit);
		}
}

static void
note_frame(void *arg, const struct frame *f, size_t n)
{
	assert_int_equal(n, 1);
	*(struct frame *)arg = *f;
}

/* With times and directions, or only the octets. */
static void
frames_have_what_is_told(void **state)
{
	char			 err[FRAMES_ERRLEN] = "";
	struct frames_opts	 o = { .file = path };
	struct frames		*f;
	struct frame		 got;
	size_t			 at;
	int			 bare;

	(void)state;
	made_begin(true);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	made_interface(ETHERNET, 0, 9, 0);
	at = made_packet(1, MADE_TICKS, 19);
	option32(FLAGS, 0x202);
	made_end(at);
	made_write(path, made.n);
	for (bare = 0; bare < 2; bare++) {
		o.bare = bare == 1;
		if ((f = frames_open(&o, err)) == NULL)
			fail_msg("%s", err);
		assert_int_equal(frames_next(f, note_frame, &got), FRAMES_END);
		assert_int_equal(got.direction, bare ? FRAME_UNKNOWN :
		    FRAME_OUT);
		assert_int_equal(got.sums, bare ? FRAME_SUMS_UNKNOWN :
		    FRAME_SUMS_NOT_READY);
		assert_int_equal(got.interface, 1);
		assert_int_equal(got.caplen, 19);
		frames_close(f);
	}
}

/* ---- losses ---- */

static void
statistics(uint32_t id, uint64_t kernel, uint64_t iface, const char *text)
{
	size_t	at = made_block(5);

	made_put32(id);
	made_put32(0);
	made_put32(0);
	option64(OSDROP, kernel);
	option64(IFDROP, iface);
	comment(text);
	made_put32(0);
	made_end(at);
}

static void
drop(uint32_t id, uint64_t n)
{
	size_t	at = made_packet(id, MADE_TICKS, 4);

	option32(FLAGS, 1);
	option64(DROPCOUNT, n);
	made_end(at);
}

static void
losses_are(struct capfile *f, uint64_t kernel, uint64_t iface,
    uint64_t writer)
{
	struct capfile_losses	l;

	capfile_losses(f, &l);
	assert_int_equal(l.kernel, kernel);
	assert_int_equal(l.iface, iface);
	assert_int_equal(l.writer, writer);
}

static void
losses_of_packets_until_statistics_say_them(void **state)
{
	struct capfile	*f;
	struct frame	frame;
	int		i, big;

	(void)state;
	for (big = 0; big < 2; big++) {
		made_begin(big == 1);
		for (i = 0; i < 2; i++) {
			made_section();
			made_interface(ETHERNET, 0, 9, 0);
			made_interface(ETHERNET, 0, 9, 0);
			drop(0, 3);
			made_enhanced(0, MADE_TICKS, 4);
			drop(1, 10);
			drop(0, 5);
			statistics(0, 1, 1, "");
			statistics(0, 9, 2, "x; 4 dropped by the writer");
			statistics(7, 99, 99, "");
			made_enhanced(1, MADE_TICKS, 4);
		}
		f = open_made();
		next(f, &frame);
		losses_are(f, 3, 0, 0);
		next(f, &frame);
		losses_are(f, 3, 0, 0);
		next(f, &frame);
		losses_are(f, 13, 0, 0);
		next(f, &frame);
		losses_are(f, 18, 0, 0);
		next(f, &frame);
		losses_are(f, 19, 2, 4);
		next(f, &frame);
		losses_are(f, 22, 2, 4);
		while (state_of(f) == CAPFILE_FRAMES)
			continue;
		losses_are(f, 38, 4, 8);
		capfile_close(f);
	}
}

/* ---- offsets and parts ---- */

static void
make_pcap(bool big_endian, uint32_t magic)
{
	unsigned int	i;

	made_begin(big_endian);
	made_put32(magic);
	made_put16(2);
	made_put16(4);
	made_put32(0);
	made_put32(0);
	made_put32(20);
	made_put32(ETHERNET);
	for (i = 0; i < 8; i++) {
		made_start();
		made_put32(1000000000 + i);
		made_put32(i * 7);
		made_put32(i * 9);
		made_put32(i * 9);
		if (magic == 0xa1b2cd34)
			made_put("\0\0\0\0\0\0\0", 8);
		made_data(i * 9);
	}
	made_start();
}

/* The packets are records 3 to 10, behind a section and two interfaces. */
static void
make_pcapng(bool big_endian)
{
	uint32_t	i;

	made_begin(big_endian);
	made_section();
	made_interface(ETHERNET, 0, 9, 0);
	made_interface(RAW, 0, 6, 0);
	for (i = 0; i < 8; i++)
		if (i % 3 == 2)
			made_simple(9 * i, 9 * i);
		else
			made_enhanced(i % 2, MADE_TICKS + i, 9 * i);
	made_start();
}

/* Make one; which record is its first packet? */
static size_t
make(int kind)
{
	if (kind < 2)
		make_pcapng(kind == 1);
	else
		make_pcap(kind % 2 == 1, kind < 4 ? 0xa1b2c3d4 : 0xa1b2cd34);
	return (kind < 2 ? 3 : 0);
}

#define KINDS	6

static void
offsets_are_those_of_the_records(void **state)
{
	struct capfile	*f;
	struct frame	frame;
	uint64_t	end;
	size_t		i, first;
	int		kind;

	(void)state;
	for (kind = 0; kind < KINDS; kind++) {
		first = make(kind);
		f = open_made();
		for (i = first; i < first + 8; i++) {
			next(f, &frame);
			assert_int_equal(capfile_offset(f, &frame, &end),
			    made.starts[i]);
			assert_int_equal(end, made.starts[i + 1]);
		}
		assert_int_equal(state_of(f), CAPFILE_END);
		capfile_close(f);
	}
}

/* Octets before the packet of a record. */
static size_t
header_of(int kind, size_t record)
{
	if (kind < 2)
		return ((record - 3) % 3 == 2 ? 12 : 28);
	return (kind < 4 ? 16 : 24);
}

/* The part has records from i to before j; the whole is in memory. */
static void
check_part(struct capfile *f, int kind, size_t i, size_t j)
{
	struct frame	frame;
	uint64_t	end;
	size_t		n, cut;

	for (; i < j; i++) {
		next(f, &frame);
		assert_int_equal(capfile_offset(f, &frame, &end),
		    made.starts[i]);
		assert_int_equal(end, made.starts[i + 1]);
		n = 9 * (i - (kind < 2 ? 3 : 0));
		assert_int_equal(frame.wirelen, kind < 2 && header_of(kind,
		    i) == 28 ? n + 9 : n);
		/* The variant may have an Ethernet header more. */
		cut = kind < 2 ? n : kind < 4 ? 20 : 34;
		assert_int_equal(frame.caplen, n < cut ? n : cut);
		assert_memory_equal(frame.octets, made.octets +
		    made.starts[i] + header_of(kind, i), frame.caplen);
	}
	assert_int_equal(state_of(f), CAPFILE_END);
}

static void
parts_are_read_alone(void **state)
{
	struct capfile	*f;
	size_t		i, j, first, nheads;
	off_t		heads[3];
	int		kind;

	(void)state;
	for (kind = 0; kind < KINDS; kind++) {
		first = make(kind);
		nheads = kind < 2 ? 3 : 1;
		for (i = 0; i < nheads; i++)
			heads[i] = kind < 2 ? (off_t)made.starts[i] : 0;
		for (i = first; i <= first + 8; i++)
			for (j = i; j <= first + 8; j++) {
				f = open_made();
				assert_int_equal(capfile_part(f,
				    (off_t)made.starts[i],
				    (off_t)made.starts[j], heads, nheads), 0);
				check_part(f, kind, i, j);
				/* Back, without reading headers again. */
				assert_int_equal(capfile_part(f,
				    (off_t)made.starts[first], -1, NULL, 0),
				    0);
				check_part(f, kind, first, first + 8);
				capfile_close(f);
			}
	}
}

static void
a_part_of_what_is_not_there(void **state)
{
	struct capfile	*f;
	off_t		 heads[2] = { 0, 0 };

	(void)state;
	(void)make(0);
	f = open_made();
	assert_int_equal(capfile_part(f, 28, -1, NULL, 0), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(capfile_part(f, 9, 8, heads, 1), -1);
	assert_int_equal(errno, EINVAL);
	heads[1] = (off_t)made.starts[3];
	assert_int_equal(capfile_part(f, heads[1], -1, heads, 2), -1);
	assert_int_equal(errno, EBADMSG);
	assert_non_null(strstr(capfile_error(f), "no description of an "));
	heads[1] = (off_t)made.n + 7;
	assert_int_equal(capfile_part(f, heads[1], -1, heads, 2), -1);
	assert_int_equal(errno, EBADMSG);
	heads[0] = 5;
	assert_int_equal(capfile_part(f, 28, -1, heads, 1), -1);
	assert_int_equal(errno, EBADMSG);
	/* An offset inside a record is damage, not a crash. */
	heads[0] = 0;
	heads[1] = (off_t)made.starts[1];
	assert_int_equal(capfile_part(f, (off_t)made.starts[3] + 4, -1, heads,
	    2), 0);
	assert_int_equal(state_of(f), CAPFILE_DAMAGED);
	assert_int_equal(capfile_part(f, (off_t)made.starts[4],
	    (off_t)made.starts[5] - 1, NULL, 0), 0);
	assert_int_equal(state_of(f), CAPFILE_DAMAGED);
	assert_non_null(strstr(capfile_error(f), "ends inside a block"));
	capfile_close(f);
}

/* ---- files that grow ---- */

static void
append(FILE *out, const void *octets, size_t n)
{
	assert_int_equal(fwrite(octets, 1, n, out), n);
	assert_int_equal(fflush(out), 0);
}

static void
a_file_that_grows_octet_by_octet(void **state)
{
	struct capfile	*f;
	struct frame	 frame;
	FILE		*out;
	size_t		 i, seen;
	int		 kind, n;

	(void)state;
	for (kind = 0; kind < KINDS; kind++) {
		(void)make(kind);
		assert_non_null(out = fopen(path, "wb"));
		assert_non_null(f = capfile_open(path));
		capfile_follow(f);
		for (i = seen = 0; i < made.n; i++) {
			assert_int_equal(capfile_next(f, &frame, 1, &n),
			    CAPFILE_WAIT);
			append(out, made.octets + i, 1);
			if (capfile_next(f, &frame, 1, &n) == CAPFILE_FRAMES)
				seen++;
		}
		assert_int_equal(seen, 8);
		assert_int_equal(capfile_fd(f), -1);
		capfile_close(f);
		(void)fclose(out);
	}
}

static void
a_file_that_is_replaced_is_read_to_its_end(void **state)
{
	char		 old[sizeof(path) + 8];
	struct capfile	*f;
	struct frame	 frame;
	FILE		*out;
	int		 n;

	(void)state;
	(void)make(0);
	(void)snprintf(old, sizeof(old), "%s.old", path);
	made_write(path, made.starts[4]);
	assert_non_null(out = fopen(path, "ab"));
	assert_non_null(f = capfile_open(path));
	capfile_follow(f);
	next(f, &frame);
	assert_int_equal(state_of(f), CAPFILE_WAIT);
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(state_of(f), CAPFILE_WAIT);	/* none of that name */
	append(out, made.octets + made.starts[4],
	    made.starts[5] - made.starts[4]);
	(void)fclose(out);
	made_write(path, 0);
	next(f, &frame);
	assert_int_equal(state_of(f), CAPFILE_END);
	capfile_close(f);
	/* Cut in its place: here a packet is lost, and that is said. */
	made_write(path, made.starts[4] + 5);
	assert_non_null(f = capfile_open(path));
	capfile_follow(f);
	next(f, &frame);
	assert_int_equal(state_of(f), CAPFILE_WAIT);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(capfile_next(f, &frame, 1, &n), CAPFILE_DAMAGED);
	capfile_close(f);
	(void)unlink(old);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(what_pcapng_tells_of_a_packet),
		cmocka_unit_test(what_other_blocks_tell),
		cmocka_unit_test(segments_are_told_by_flag_and_comment),
		cmocka_unit_test(joined_frames_have_the_size_of_their_packets),
		cmocka_unit_test(damaged_options_tell_nothing),
		cmocka_unit_test(
		    every_octet_of_options_changed_is_read_inside_of_them),
		cmocka_unit_test(frames_have_what_is_told),
		cmocka_unit_test(losses_of_packets_until_statistics_say_them),
		cmocka_unit_test(offsets_are_those_of_the_records),
		cmocka_unit_test(parts_are_read_alone),
		cmocka_unit_test(a_part_of_what_is_not_there),
		cmocka_unit_test(a_file_that_grows_octet_by_octet),
		cmocka_unit_test(a_file_that_is_replaced_is_read_to_its_end),
	};
	int			rc;

	if (scratch_make(dir) == -1)
		return (1);
	(void)snprintf(path, sizeof(path), "%s/capture", dir);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)scratch_remove(dir);
	return (rc);
}
