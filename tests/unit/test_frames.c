/*
 * Frames of capture files, by name and as standard input: octets, lengths,
 * times, directions, count and filter.  And what an error of reading an interface
 * means.
 */
#include <errno.h>
#include <net/if.h>
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
#include "capture/filter.h"
#include "capture/frames.h"
#include "capture/link_ask.h"

#define N		1000
#define SECOND		UINT64_C(1000000000)
#define BEGIN		UINT64_C(1795215600)
#define ETHERNET	1
#define SLL		113
#define SLL2		276

struct pcap;

int	__wrap_pcap_dispatch(struct pcap *, int, void *, unsigned char *);
int	__real_pcap_dispatch(struct pcap *, int, void *, unsigned char *);
unsigned int __wrap_if_nametoindex(const char *);
unsigned int __real_if_nametoindex(const char *);

static char	 path[] = "/tmp/test_frames.XXXXXX";
static int	 dispatch_error;	/* of reading, or 0 */
static int	 index_error;		/* of asking for a name, or 0 */
static int	 index_added;

int
__wrap_pcap_dispatch(struct pcap *p, int n, void *fn, unsigned char *user)
{
	errno = dispatch_error;
	return (dispatch_error != 0 ? -1 :
	    __real_pcap_dispatch(p, n, fn, user));
}

unsigned int
__wrap_if_nametoindex(const char *name)
{
	if (index_error == 0)
		return (__real_if_nametoindex(name) +
		    (unsigned int)index_added);
	errno = index_error;
	return (0);
}

/* ---- files ---- */

static uint32_t
length(unsigned int i)
{
	return (60 + i % 1400);
}

static uint32_t
captured(unsigned int i, uint32_t snaplen)
{
	return (length(i) < snaplen ? length(i) : snaplen);
}

/* A frame of UDP if i is even; its first octets tell the direction. */
static void
fill(uint8_t *p, unsigned int i, int link)
{
	memset(p, (int)(i & 0xff), length(i));
	if (link == SLL)
		memcpy(p, i % 3 == 0 ? "\0\4" : "\0\1", 2);
	else if (link == SLL2)
		p[10] = i % 3 == 0 ? 4 : 0;
	else
		memcpy(p + 12, "\x08\0\x45\0\0\x2c\0\0\0\0\x40", 11);
	p[23] = i % 2 == 0 ? 17 : 6;
}

/* Classic, with nanoseconds, in the byte order of nobody in particular. */
static void
write_file(int link, uint32_t snaplen)
{
	static uint8_t	frame[2048];
	uint8_t		head[24] = { 0 };
	unsigned int	i;
	FILE		*f = fopen(path, "wb");

	assert_non_null(f);
	put_be32(head, 0xa1b23c4d);
	put_be32(head + 4, 2u << 16 | 4);
	put_be32(head + 16, snaplen);
	put_be32(head + 20, (uint32_t)link);
	assert_int_equal(fwrite(head, 24, 1, f), 1);
	for (i = 0; i < N; i++) {
		put_be32(head, (uint32_t)(BEGIN + i));
		put_be32(head + 4, i * 7);
		put_be32(head + 8, captured(i, snaplen));
		put_be32(head + 12, length(i));
		fill(frame, i, link);
		assert_int_equal(fwrite(head, 16, 1, f), 1);
		assert_int_equal(fwrite(frame, captured(i, snaplen), 1, f), 1);
	}
	assert_int_equal(fclose(f), 0);
}

struct expected {
	int		link;
	uint32_t	snaplen;
	unsigned int	step;		/* 2: the filter wants every second */
	bool		bare;
	unsigned int	n;		/* seen */
};

static enum frame_direction
direction(const struct expected *e, unsigned int i)
{
	if (e->link == ETHERNET)
		return (FRAME_UNKNOWN);
	return (i % 3 == 0 ? FRAME_OUT : FRAME_IN);
}

static void
check(void *arg, const struct frame *f, size_t n)
{
	static uint8_t	 want[2048];
	struct expected	*e = arg;
	unsigned int	 i;

	assert_true(n >= 1 && n <= FRAMES_BATCH);
	for (; n > 0; n--, f++) {
		i = e->n++ * e->step;
		fill(want, i, e->link);
		assert_int_equal(f->wirelen, length(i));
		assert_int_equal(f->caplen, captured(i, e->snaplen));
		assert_memory_equal(f->octets, want, f->caplen);
		if (e->bare)
			continue;
		assert_int_equal(f->time_ns, (BEGIN + i) * SECOND + i * 7);
		assert_int_equal(f->direction, direction(e, i));
	}
}

static enum frames_state
read_all(struct frames *f, struct expected *e)
{
	enum frames_state	state;
	unsigned int		before;

	do {
		before = e->n;
		state = frames_next(f, check, e);
		assert_true(e->n - before <= 4096);
	} while (state == FRAMES_MORE);
	return (state);
}

static void
read_file(const struct frames_opts *o, struct expected *e, unsigned int want)
{
	char		 err[FRAMES_ERRLEN] = "";
	struct frames	*f;
	uint64_t	 first, last;

	f = frames_open(o, err);
	if (f == NULL)
		fail_msg("%s", err);
	assert_int_equal(frames_fd(f), -1);
	assert_int_equal(frames_link(f), e->link);
	assert_false(frames_span(f, &first, &last));
	assert_int_equal(read_all(f, e), FRAMES_END);
	assert_int_equal(e->n, want);
	assert_true(frames_span(f, &first, &last));
	assert_int_equal(first, BEGIN * SECOND);
	assert_int_equal(last, (BEGIN + (want - 1) * e->step) * SECOND +
	    (want - 1) * e->step * 7);
	frames_close(f);
}

static void
files(void **state)
{
	static const struct {
		int		link;
		uint32_t	snaplen;
		const char	*filter;
		unsigned int	step;
		uint64_t	count;
		bool		bare;
		unsigned int	want;
	} cases[] = {
		{ ETHERNET, 65535, NULL, 1, 0, false, N },
		{ ETHERNET, 100, "", 1, 0, false, N },
		{ ETHERNET, 65535, "udp", 2, 0, false, N / 2 },
		{ ETHERNET, 65535, "udp", 2, 100, false, 100 },
		{ ETHERNET, 65535, NULL, 1, 77, true, 77 },
		{ ETHERNET, 65535, NULL, 1, 64, false, 64 },
		{ SLL, 65535, NULL, 1, 0, false, N },
		{ SLL2, 65535, NULL, 1, 0, false, N },
	};
	const char	*from[] = { path, "-" };
	size_t		 i, j;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].link, cases[i].snaplen);
		for (j = 0; j < 2; j++) {
			struct frames_opts	o = {
				.file = from[j], .filter = cases[i].filter,
				.count = cases[i].count, .optimize = true,
				.bare = cases[i].bare,
			};
			struct expected		e = {
				.link = cases[i].link, .step = cases[i].step,
				.snaplen = cases[i].snaplen,
				.bare = cases[i].bare,
			};

			assert_non_null(freopen(path, "rb", stdin));
			read_file(&o, &e, cases[i].want);
		}
	}
}

/* Nothing that it wants: it comes back all the same, and ends. */
static void
filter_that_wants_nothing(void **state)
{
	struct frames_opts	o = { .file = path, .filter = "vlan 5" };
	struct expected		e = { .link = ETHERNET, .step = 1 };
	char			err[FRAMES_ERRLEN];
	struct frames		*f;
	uint64_t		first, last;

	(void)state;
	write_file(ETHERNET, 65535);
	assert_non_null(f = frames_open(&o, err));
	assert_int_equal(read_all(f, &e), FRAMES_END);
	assert_int_equal(e.n, 0);
	assert_false(frames_span(f, &first, &last));
	frames_close(f);
}

static void
file_that_is_cut(void **state)
{
	struct frames_opts	o = { .file = path };
	struct expected		e = {
		.link = ETHERNET, .step = 1, .snaplen = 65535,
	};
	char			err[FRAMES_ERRLEN];
	struct frames		*f;

	(void)state;
	write_file(ETHERNET, 65535);
	assert_int_equal(truncate(path, 24 + 16 + 60 + 16 + 10), 0);
	assert_non_null(f = frames_open(&o, err));
	assert_int_equal(read_all(f, &e), FRAMES_FAILED);
	assert_int_equal(e.n, 1);
	assert_non_null(strstr(frames_error(f), "the file ends inside"));
	frames_close(f);
}

/* ---- interfaces ---- */

static void
ignore(void *arg, const struct frame *f, size_t n)
{
	(void)arg;
	(void)f;
	(void)n;
}

static enum frames_state
state_after(struct frames *f, int error)
{
	enum frames_state	state;

	dispatch_error = error;
	state = frames_next(f, ignore, NULL);
	dispatch_error = 0;
	return (state);
}

static struct frames *
open_loopback(void)
{
	static const struct frames_opts	o = { .ifname = "lo", .snaplen = 64 };
	char				err[FRAMES_ERRLEN];

	return (geteuid() == 0 ? frames_open(&o, err) : NULL);
}

static void
errors_that_may_pass(void **state)
{
	static const int	passing[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS,
	    EINTR, EPERM, EIO, ENETDOWN };
	struct frames		*f = open_loopback();
	size_t			 i;

	(void)state;
	if (f == NULL) {
		print_message("# no right to capture here\n");
		return;
	}
	assert_true(frames_present(f));
	for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		assert_int_equal(state_after(f, passing[i]), FRAMES_TROUBLED);
		/* Neither can the name be asked. */
		index_error = passing[i];
		assert_true(frames_present(f));
		assert_int_equal(state_after(f, passing[i]), FRAMES_TROUBLED);
		index_error = 0;
		assert_true(state_after(f, 0) <= FRAMES_MORE);
	}
	frames_close(f);
}

static void
errors_that_mean_gone(void **state)
{
	struct frames	*f = open_loopback();

	(void)state;
	if (f == NULL)
		return;
	assert_int_equal(state_after(f, ENXIO), FRAMES_FAILED);
	assert_int_equal(state_after(f, ENODEV), FRAMES_FAILED);
	index_error = ENODEV;
	assert_false(frames_present(f));
	assert_int_equal(state_after(f, EIO), FRAMES_FAILED);
	index_error = 0;
	index_added = 1;
	assert_false(frames_present(f));
	assert_int_equal(state_after(f, EIO), FRAMES_FAILED);
	index_added = 0;
	frames_close(f);
}

/* An index that is not known would never be missed. */
static void
no_opening_without_an_index(void **state)
{
	static const struct frames_opts	o = { .ifname = "lo" };
	struct link_kind		 l;
	char				 err[FRAMES_ERRLEN] = "";

	(void)state;
	index_error = EMFILE;
	assert_null(frames_open(&o, err));
	assert_non_null(strstr(err, "cannot look up the interface: lo"));
	assert_int_equal(link_ask(&o, &l, err), -1);
	index_error = 0;
}

static void
filters(void **state)
{
	struct frames_opts	o = { .ifname = "lo", .filter = "" };
	struct cbpf_insn	*insns;
	char			 err[FRAMES_ERRLEN] = "";
	size_t			 n;

	(void)state;
	assert_int_equal(filter_for_link(&o, ETHERNET, &insns, &n, err), 0);
	assert_null(insns);
	o.filter = "udp";
	assert_int_equal(filter_for_link(&o, ETHERNET, &insns, &n, err), 0);
	assert_non_null(insns);
	assert_true(n > 2);
	free(insns);
	o.filter = "nonsense (";
	assert_int_equal(filter_for_link(&o, ETHERNET, &insns, &n, err), -1);
	assert_non_null(strstr(err, "invalid filter: \"nonsense (\""));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(filter_that_wants_nothing),
		cmocka_unit_test(file_that_is_cut),
		cmocka_unit_test(errors_that_may_pass),
		cmocka_unit_test(errors_that_mean_gone),
		cmocka_unit_test(no_opening_without_an_index),
		cmocka_unit_test(filters),
	};
	int			fd = mkstemp(path), rc;

	if (fd == -1)
		return (1);
	(void)close(fd);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	return (rc);
}
