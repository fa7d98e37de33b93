/*
 * Traces of iptrace: what is read of them, cut and changed at every octet; and
 * two of the corpus, if it is there.
 */
#include <errno.h>
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
#include "capture/capfile.h"
#include "made_capture.h"
#include "scratch.h"

#define NS	UINT64_C(1000000000)

static char	dir[SCRATCH_LEN], path[SCRATCH_LEN + 16];

/* ---- making traces ---- */

static int	version;

static void
begin(int which)
{
	version = which;
	made_begin(true);
	made_start();
	made_put(which == 1 ? "iptrace 1.0" : "iptrace 2.0", 11);
}

/* The length says `more' octets than there are in the frame. */
static void
record(const char *prefix, uint8_t unit, uint8_t iftype, uint8_t sent,
    size_t n, uint32_t more)
{
	uint8_t	head[40] = { 0 };

	made_start();
	put_be32(head, (uint32_t)(n + (version == 1 ? 22 : 32)) + more);
	put_be32(head + 4, 1000 + (uint32_t)made.nstarts);
	memset(head + 8, 0x99, 3);
	head[11] = unit;
	memcpy(head + 12, prefix, strnlen(prefix, 4));
	memset(head + 16, 'x', 12);
	head[28] = iftype;
	head[29] = sent;
	put_be32(head + 32, 2000 + (uint32_t)made.nstarts);
	put_be32(head + 36, 7);
	made_put(head, version == 1 ? 30 : 40);
	made_data(n);
}

static void
make(int which)
{
	begin(which);
	record("en", 0, 6, 0, 31, 0);
	record("en", 0, 6, 1, 0, 0);
	record("lo", 3, 0x18, 1, 20, 0);
	record("fiXY", 255, 0x0f, 2, 16, 0);
	record("fiXY", 255, 0x0f, 0, 3, 0);
	record("", 9, 0x77, 0, 5, 0);
	record("ib", 1, 0xc7, 0, 9, 0);
	made_start();
}

struct want {
	int		link;
	uint32_t	caplen;
	const char	*unit;
	enum frame_direction direction;
	size_t		padding;
};

static const struct want	wanted[] = {
	{ 1, 31, "en0", FRAME_IN, 0 },
	{ 1, 0, "en0", FRAME_OUT, 0 },
	{ 101, 20, "lo3", FRAME_OUT, 0 },
	{ 10, 13, "fiXY255", FRAME_OUT, 3 },
	{ 10, 0, "fiXY255", FRAME_IN, 3 },
	{ 147, 5, "", FRAME_IN, 0 },
	{ 247, 9, "ib1", FRAME_IN, 0 },
};

#define WANTED	(sizeof(wanted) / sizeof(wanted[0]))

/* ---- reading ---- */

static void
check(struct capfile *f, const struct frame *frame, size_t i)
{
	const struct want	*w = &wanted[i];
	struct capfile_about	 a;
	uint64_t		 end;
	size_t			 at = made.starts[i + 1];

	assert_int_equal(capfile_link(f), w->link);
	assert_int_equal(frame->caplen, w->caplen);
	assert_int_equal(frame->wirelen, w->caplen);
	assert_memory_equal(frame->octets, made.octets + at + w->padding +
	    (version == 1 ? 30 : 40), w->caplen);
	assert_int_equal(capfile_time(f, frame), version == 1 ?
	    (1002 + i) * NS : (2002 + i) * NS + 7);
	assert_int_equal(capfile_offset(f, frame, &end), at);
	assert_int_equal(end, made.starts[i + 2]);
	capfile_about(f, frame, &a);
	assert_string_equal(a.unit, w->unit);
	assert_int_equal(a.direction, w->direction);
	assert_int_equal(a.sums, FRAME_SUMS_UNKNOWN);
	assert_null(a.ifname);
}

/* How far does it go?  The frames must be the wanted ones. */
static enum capfile_state
read_all(struct capfile *f, size_t *seen, int most)
{
	struct frame		frames[16];
	enum capfile_state	state;
	int			i, n;

	for (*seen = 0; (state = capfile_next(f, frames, most, &n)) ==
	    CAPFILE_FRAMES; *seen += (size_t)n)
		for (i = 0; i < n; i++)
			check(f, &frames[i], *seen + (size_t)i);
	return (state);
}

static struct capfile *
open_first(size_t n)
{
	struct capfile	*f;

	made_write(path, n);
	assert_non_null(f = capfile_open(path));
	return (f);
}

static void
frames_of_several_link_types(void **state)
{
	struct capfile	*f;
	size_t		 seen;
	int		 which, most;

	(void)state;
	for (which = 1; which <= 2; which++)
		for (most = 1; most < 16; most += 7) {
			make(which);
			f = open_first(made.n);
			assert_int_equal(read_all(f, &seen, most),
			    CAPFILE_END);
			assert_int_equal(seen, WANTED);
			capfile_close(f);
		}
}

static void
cut_after_every_octet(void **state)
{
	struct capfile	*f;
	char		 where[32];
	size_t		 i, n, seen;
	int		 which;

	(void)state;
	for (which = 1; which <= 2; which++) {
		make(which);
		for (n = i = 0; n <= made.n; n++) {
			while (i + 1 < made.nstarts && made.starts[i + 1] <= n)
				i++;
			(void)snprintf(where, sizeof(where),
			    "at byte %zu: the file ends", made.starts[i]);
			f = open_first(n);
			if (n == made.starts[i] && n > 0)
				assert_int_equal(read_all(f, &seen, 16),
				    CAPFILE_END);
			else {
				assert_int_equal(read_all(f, &seen, 16),
				    CAPFILE_DAMAGED);
				assert_ptr_equal(strstr(capfile_error(f),
				    where), capfile_error(f));
			}
			assert_int_equal(seen, i == 0 ? 0 : i - 1);
			capfile_close(f);
		}
	}
}

/* Whatever the octets are, frames lie inside of the file. */
static void
every_octet_changed(void **state)
{
	static const uint8_t	change[] = { 0x01, 0x80, 0x0f, 0xff };
	struct capfile_about	about;
	struct capfile		*f;
	struct frame		frames[16];
	size_t			at, i;
	uint64_t		end;
	int			n;

	(void)state;
	make(2);
	for (at = 0; at < made.n; at++)
		for (i = 0; i < sizeof(change); i++) {
			made.octets[at] ^= change[i];
			f = open_first(made.n);
			while (capfile_next(f, frames, 16, &n) ==
			    CAPFILE_FRAMES)
				while (n-- > 0) {
					capfile_about(f, &frames[n], &about);
					(void)capfile_offset(f, &frames[n],
					    &end);
					assert_true(end <= made.n);
					assert_true(frames[n].caplen < end);
				}
			capfile_close(f);
			made.octets[at] ^= change[i];
		}
}

static void
refuse(const char *why)
{
	struct capfile	*f = open_first(made.n);
	size_t		 seen;

	assert_int_equal(read_all(f, &seen, 16), CAPFILE_DAMAGED);
	assert_int_equal(seen, 1);
	assert_non_null(strstr(capfile_error(f), why));
	capfile_close(f);
}

static void
lengths_that_cannot_be(void **state)
{
	static const struct {
		uint8_t		iftype;
		uint32_t	more;
		const char	*why;
	} cases[] = {
		{ 6, UINT32_MAX, "invalid record length: 31" },
		{ 6, UINT32_MAX - 31, "invalid record length: 0" },
		{ 0x0f, 2, "invalid record length: 34" },
		{ 6, 262145, "invalid record length: 262177" },
		{ 6, 0x7fffffff, "invalid record length: 2147483679" },
		{ 6, 262144, "ends inside a record: 40 of 262184 bytes" },
		{ 0x0f, 262147, "ends inside a record: 40 of 262187 bytes" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(2);
		record("en", 0, 6, 0, 31, 0);
		record("en", 0, cases[i].iftype, 0, 0, cases[i].more);
		refuse(cases[i].why);
	}
}

static void
names_are_printable(void **state)
{
	struct capfile_about	a;
	struct capfile		*f;
	struct frame		frame;
	int			n;

	(void)state;
	begin(2);
	record("\033[\377m", 12, 6, 0, 4, 0);
	f = open_first(made.n);
	assert_int_equal(capfile_next(f, &frame, 1, &n), CAPFILE_FRAMES);
	capfile_about(f, &frame, &a);
	assert_string_equal(a.unit, "?[?m12");
	capfile_close(f);
}

static void
parts_and_growing_traces(void **state)
{
	const off_t	 head = 0;
	struct capfile	*f;
	struct frame	 frame;
	size_t		 seen;
	int		 n;

	(void)state;
	make(1);
	f = open_first(made.n);
	assert_int_equal(capfile_part(f, (off_t)made.starts[4],
	    (off_t)made.starts[5], &head, 1), 0);
	assert_int_equal(capfile_next(f, &frame, 1, &n), CAPFILE_FRAMES);
	check(f, &frame, 3);
	assert_int_equal(capfile_next(f, &frame, 1, &n), CAPFILE_END);
	assert_int_equal(capfile_part(f, 11, -1, NULL, 0), 0);
	assert_int_equal(read_all(f, &seen, 16), CAPFILE_END);
	assert_int_equal(seen, WANTED);
	capfile_close(f);
	f = open_first(made.starts[2] + 9);
	capfile_follow(f);
	assert_int_equal(read_all(f, &seen, 16), CAPFILE_WAIT);
	assert_int_equal(seen, 1);
	capfile_close(f);
}

/* ---- the corpus ---- */

static const char *
in_corpus(const char *file)
{
	static char	 name[512];
	const char	*corpus = getenv("TRAF_CORPUS");
	const char	*source = getenv("TRAF_SRCDIR");

	(void)snprintf(name, sizeof(name), "%s%s/trace/%s",
	    corpus != NULL ? corpus : source != NULL ? source : ".",
	    corpus != NULL ? "" : "/../shared/corpus", file);
	return (name);
}

/* Their packets and octets are what tshark says. */
static void
synthetic_traces(void **state)
{
	static const struct {
		const char	*file;
		int		packets;
		uint32_t	octets;
		uint64_t	last_ns;
	} cases[] = {
		{ "synthetic-1.0.iptrace", 5, 233, 1700000004 * NS },
		{ "synthetic-2.0.iptrace", 6, 297,
		    1700000005 * NS + 123456794 },
	};
	struct capfile	*f;
	struct frame	 frame;
	uint64_t	 last = 0;
	uint32_t	 octets;
	size_t		 i;
	int		 n, packets;

	(void)state;
	if (access(in_corpus(cases[0].file), R_OK) == -1)
		skip();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_non_null(f = capfile_open(in_corpus(cases[i].file)));
		for (packets = 0, octets = 0; capfile_next(f, &frame, 1, &n) ==
		    CAPFILE_FRAMES; packets++) {
			octets += frame.wirelen;
			last = capfile_time(f, &frame);
		}
		assert_string_equal(capfile_error(f), "");
		assert_int_equal(packets, cases[i].packets);
		assert_int_equal(octets, cases[i].octets);
		assert_int_equal(last, cases[i].last_ns);
		capfile_close(f);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(frames_of_several_link_types),
		cmocka_unit_test(cut_after_every_octet),
		cmocka_unit_test(every_octet_changed),
		cmocka_unit_test(lengths_that_cannot_be),
		cmocka_unit_test(names_are_printable),
		cmocka_unit_test(parts_and_growing_traces),
		cmocka_unit_test(synthetic_traces),
	};
	int			rc;

	if (scratch_make(dir) == -1)
		return (1);
	(void)snprintf(path, sizeof(path), "%s/trace", dir);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)scratch_remove(dir);
	return (rc);
}
