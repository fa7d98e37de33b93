/*
 * Captures of both formats beside libpcap: cut after every byte, with every
 * byte changed, times of all resolutions; and as a stream, byte by byte.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/endian.h"
#include "capture/frames.h"
#include "../capture_check.h"
#include "made_capture.h"

#define ETHERNET	1
#define RAW		101

static char	path[] = "/tmp/test_capfile.XXXXXX";

/* Every kind of block, twice; no more than libpcap can read. */
static void
make_pcapng(bool big_endian)
{
	int	i;

	made_begin(big_endian);
	for (i = 0; i < 2; i++) {
		made_section();
		made_unknown();
		made_interface(ETHERNET, 65535, i == 0 ? 9 : -1, i * 3);
		made_enhanced(0, MADE_TICKS, 31);
		made_simple(17, 17);
		made_interface(ETHERNET, 65535, 0x94, -1);
		made_enhanced(1, MADE_TICKS, 0);
		made_old(0, 20);
		made_unknown();
		made_enhanced(1, MADE_TICKS, 4);
	}
	made_start();
}

static void
make_pcap(bool big_endian, uint32_t magic)
{
	unsigned int	i;

	made_begin(big_endian);
	made_start();
	made_put32(magic);
	made_put16(2);
	made_put16(4);
	made_put32(0);
	made_put32(0);
	made_put32(40);
	made_put32(ETHERNET);
	for (i = 0; i < 8; i++) {
		made_start();
		made_put32(1000000000 + i);
		made_put32(i * 7);
		made_put32(i * 9);
		made_put32(i * 9 + i % 2);
		if (magic == 0xa1b2cd34)
			made_put("\0\0\0\0\0\0\0", 8);
		made_data(i * 9);
	}
	made_start();
}

static void
make(unsigned int kind)
{
	static const uint32_t	magics[] = { 0xa1b2c3d4, 0xa1b23c4d,
	    0xa1b2cd34 };

	if (kind < 2)
		make_pcapng(kind == 1);
	else
		make_pcap(kind % 2 == 1, magics[kind / 2 - 1]);
}

#define KINDS	8

/* ---- beside libpcap ---- */

static void
compare(bool times, struct capture_read *ours)
{
	const char	*why = capture_check(path, times, ours);

	if (why != NULL)
		fail_msg("%s: frame %d: %s", why, (int)ours->frames,
		    ours->error);
}

/* Where must a capture that is cut after n bytes be damaged? */
static size_t
damage_of(size_t n)
{
	size_t	i = 0;

	while (i + 1 < made.nstarts && made.starts[i + 1] <= n)
		i++;
	return (made.starts[i]);
}

/* The same frames as libpcap; damage is reported where the record begins. */
static void
cut_after_every_byte(void **state)
{
	struct capture_read	ours;
	char			where[32];
	unsigned int		kind;
	size_t			n, at;

	(void)state;
	for (kind = 0; kind < KINDS; kind++) {
		make(kind);
		for (n = made.n + 1; n-- > 0;) {
			made_write(path, n);
			compare(true, &ours);
			at = damage_of(n);
			(void)snprintf(where, sizeof(where), "at byte %zu: ",
			    at);
			if (at == n && ours.opened)
				assert_true(ours.whole);
			else
				assert_non_null(strstr(ours.error, where));
		}
	}
}

static void
every_byte_changed(void **state)
{
	static const uint8_t	change[] = { 0x01, 0x80, 0x0f, 0xff };
	struct capture_read	ours;
	unsigned int		kind;
	size_t			n, i;

	(void)state;
	for (kind = 0; kind < KINDS; kind++) {
		make(kind);
		for (n = 0; n < made.n; n++)
			for (i = 0; i < sizeof(change); i++) {
				made.octets[n] ^= change[i];
				made_write(path, made.n);
				compare(false, &ours);
				made.octets[n] ^= change[i];
			}
	}
}

/* ---- what libpcap does not read ---- */

struct seen {
	size_t		n;
	struct frame	frames[16];
	int		links[16];
	struct frames	*from;
};

static void
note(void *arg, const struct frame *f, size_t n)
{
	struct seen	*s = arg;

	for (; n > 0; n--, f++) {
		assert_true(s->n < 16);
		s->links[s->n] = frames_link(s->from);
		s->frames[s->n++] = *f;
	}
}

static enum frames_state
see(struct seen *s, const char *filter)
{
	struct frames_opts	o = { .file = path, .filter = filter };
	enum frames_state	state;
	char			err[FRAMES_ERRLEN] = "";

	memset(s, 0, sizeof(*s));
	made_write(path, made.n);
	if ((s->from = frames_open(&o, err)) == NULL)
		fail_msg("%s", err);
	while ((state = frames_next(s->from, note, s)) == FRAMES_MORE)
		continue;
	frames_close(s->from);
	return (state);
}

static void
times_of_every_resolution(void **state)
{
	static const struct {
		int		resolution;
		int64_t		offset;
		uint64_t	ticks, ns;
	} cases[] = {
		{ -1, 0, 1500000000123456, 1500000000123456000 },
		{ 6, 0, 1500000000123456, 1500000000123456000 },
		{ 0, 5, 1500000000, 1500000005000000000 },
		{ 3, -5, 1500000000123, 1499999995123000000 },
		{ 9, 0, 1500000000123456789, 1500000000123456789 },
		{ 12, 1500000000, 1234567891234, 1500000001234567891 },
		{ 19, 1500000000, 9876543210987654321u, 1500000000987654321 },
		{ 0x80, 0, 1500000000, 1500000000000000000 },
		{ 0x81, 0, 3000000001, 1500000000500000000 },
		{ 0x8a, 0, 1500000000u * 1024ull + 1, 1500000000000976562 },
		{ 0xa0, 0, 1500000000ull << 32 | 0x80000001,
		    1500000000500000000 },
		{ 0xbf, 1500000000, UINT64_C(3) << 62, 1500000001500000000 },
		{ 6, -3600, 3600000001, 1000 },
		{ 6, -3600, 3599999999, 0 },
		{ 0x8a, -3600, 1024, 0 },
		{ 9, 0, INT64_MAX, INT64_MAX },
		{ 9, 0, UINT64_C(1) << 63, 0 },
	};
	struct seen	s;
	size_t		i;
	int		big;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (big = 0; big < 2; big++) {
			made_begin(big == 1);
			made_section();
			made_interface(RAW, 0, 6, 0);
			made_interface(RAW, 0, cases[i].resolution,
			    cases[i].offset);
			made_enhanced(1, cases[i].ticks, 20);
			assert_int_equal(see(&s, NULL), FRAMES_END);
			assert_int_equal(s.n, 1);
			assert_int_equal(s.frames[0].time_ns, cases[i].ns);
		}
}

/* An interface of a link type and a snapshot length of its own, and sections
 * of both byte orders. */
static void
interfaces_that_differ(void **state)
{
	static const int	links[] = { 1, 12, 1, 12, 113, 1, 12 };
	struct seen		s;
	size_t			i;

	(void)state;
	made_begin(false);
	made_section();
	made_interface(ETHERNET, 10, -1, 0);
	made_enhanced(0, MADE_TICKS, 4);
	made_interface(RAW, 99, 9, 0);
	made_enhanced(1, MADE_TICKS, 30);
	made_simple(40, 10);			/* cut by that of the first one */
	made_old(1, 5);
	made_interface(113, 0, -1, 0);
	made_enhanced(2, MADE_TICKS, 16);
	made.big_endian = true;
	made_section();
	made_interface(ETHERNET, 0, -1, 0);
	made_interface(RAW, 0, -1, 0);
	made_enhanced(0, MADE_TICKS, 1);
	made_enhanced(1, MADE_TICKS, 1);
	assert_int_equal(see(&s, NULL), FRAMES_END);
	assert_int_equal(s.n, 7);
	for (i = 0; i < 7; i++)
		assert_int_equal(s.links[i], links[i]);
	assert_int_equal(s.frames[2].caplen, 10);
	assert_int_equal(s.frames[2].wirelen, 40);
	assert_int_equal(s.frames[2].time_ns, 0);
	assert_int_equal(s.frames[1].time_ns, MADE_TICKS);
	assert_int_equal(see(&s, "less 13"), FRAMES_END);
	assert_int_equal(s.n, 4);
	assert_int_equal(s.links[1], 12);
	/* The filter must fit those link types that have packets. */
	made_begin(true);
	made_section();
	made_interface(113, 0, -1, 0);
	made_interface(ETHERNET, 0, -1, 0);
	made_enhanced(0, MADE_TICKS, 20);
	assert_int_equal(see(&s, "inbound or outbound"), FRAMES_END);
	assert_int_equal(s.n, 1);
	made_enhanced(1, MADE_TICKS, 20);
	assert_int_equal(see(&s, "inbound or outbound"), FRAMES_FAILED);
	assert_int_equal(s.n, 1);
}

/* ---- streams ---- */

/* The reader never waits: what is not there yet is not read. */
static void
a_stream_byte_by_byte(void **state)
{
	struct capture_read	ours;
	struct frames_opts	o = { .file = "-" };
	struct seen		s;
	char			err[FRAMES_ERRLEN];
	unsigned int		kind;
	size_t			n;
	int			fds[2];

	(void)state;
	for (kind = 0; kind < KINDS; kind++) {
		make(kind);
		made_write(path, made.n);
		compare(true, &ours);
		memset(&s, 0, sizeof(s));
		assert_int_equal(pipe(fds), 0);
		assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
		(void)close(fds[0]);
		/* With the header, opening it does not wait. */
		n = made.starts[kind < 2 ? 3 : 1];
		assert_int_equal(write(fds[1], made.octets, n), n);
		assert_non_null(s.from = frames_open(&o, err));
		assert_int_equal(frames_fd(s.from), STDIN_FILENO);
		for (; n < made.n; n++) {
			assert_int_equal(frames_next(s.from, note, &s),
			    FRAMES_IDLE);
			assert_int_equal(write(fds[1], made.octets + n, 1), 1);
		}
		(void)close(fds[1]);
		while (frames_next(s.from, note, &s) == FRAMES_MORE)
			continue;
		assert_int_equal(frames_next(s.from, note, &s), FRAMES_END);
		assert_int_equal(s.n, ours.frames);
		frames_close(s.from);
	}
}

static void
a_stream_that_ends_inside_a_packet(void **state)
{
	struct frames_opts	o = { .file = "-" };
	struct seen		s = { 0 };
	char			err[FRAMES_ERRLEN];
	enum frames_state	got;
	int			fds[2];

	(void)state;
	make(2);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	(void)close(fds[0]);
	assert_int_equal(write(fds[1], made.octets, made.n - 5), made.n - 5);
	(void)close(fds[1]);
	assert_non_null(s.from = frames_open(&o, err));
	while ((got = frames_next(s.from, note, &s)) == FRAMES_MORE)
		continue;
	assert_int_equal(got, FRAMES_FAILED);
	assert_int_equal(s.n, 7);
	assert_string_equal(frames_error(s.from), "at byte 325: the file ends "
	    "inside a packet: 58 of 63 bytes are left");
	frames_close(s.from);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(cut_after_every_byte),
		cmocka_unit_test(every_byte_changed),
		cmocka_unit_test(times_of_every_resolution),
		cmocka_unit_test(interfaces_that_differ),
		cmocka_unit_test(a_stream_byte_by_byte),
		cmocka_unit_test(a_stream_that_ends_inside_a_packet),
	};
	int			fd = mkstemp(path), rc;

	if (fd == -1)
		return (1);
	(void)close(fd);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	return (rc);
}
