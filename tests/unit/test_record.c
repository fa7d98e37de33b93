/*
 * Trace files: what each format says of a frame, octet by octet; losses; and
 * faults at every call that changes a file.
 */
#include <sys/uio.h>
#include <errno.h>
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
#include "capture/record.h"
#include "../capture_check.h"
#include "scratch.h"
#include "wrap.h"

#define TIME_NS		UINT64_C(1700000000123456789)
#define ETHERNET	1
#define SLL2		276

/* ---- faults ---- */

enum fault {
	FAIL_ONCE,
	FAIL_FROM,
	SHORT_WRITE,		/* a part, and the next write fails */
	FAULTS
};

static struct {
	enum fault	kind;
	int		at;	/* which call, from 1; 0: none */
	int		calls;
	size_t		part;	/* octets of a short write */
} inject;

ssize_t	__real_pwritev(int, const struct iovec *, int, off_t);
int	__real_ftruncate(int, off_t);
ssize_t	__wrap_pwritev(int, const struct iovec *, int, off_t);
int	__wrap_ftruncate(int, off_t);

static bool
hit(void)
{
	inject.calls++;
	errno = ENOSPC;
	return (inject.at != 0 && (inject.calls == inject.at ||
	    (inject.calls > inject.at && inject.kind == FAIL_FROM) ||
	    (inject.calls == inject.at + 1 && inject.kind == SHORT_WRITE)));
}

static ssize_t
write_part(int fd, const struct iovec *v, int n, off_t offset)
{
	size_t	left = inject.part, sum = 0, most;
	int	i;

	for (i = 0; i < n && left > 0; i++) {
		most = v[i].iov_len < left ? v[i].iov_len : left;
		assert_int_equal(pwrite(fd, v[i].iov_base, most,
		    offset + (off_t)sum), most);
		sum += most;
		left -= most;
	}
	errno = ENOSPC;
	return (sum == 0 ? -1 : (ssize_t)sum);
}

ssize_t
__wrap_pwritev(int fd, const struct iovec *v, int n, off_t offset)
{
	if (!hit())
		return (__real_pwritev(fd, v, n, offset));
	return (inject.kind == SHORT_WRITE && inject.calls == inject.at ?
	    write_part(fd, v, n, offset) : -1);
}

int
__wrap_ftruncate(int fd, off_t length)
{
	return (hit() ? -1 : __real_ftruncate(fd, length));
}

/* ---- files ---- */

static char	dir[SCRATCH_LEN];
static char	path[SCRATCH_LEN + 16];
static int	file;
static uint8_t	octets[262144];
static size_t	size;

static void
start(void)
{
	(void)snprintf(path, sizeof(path), "%s/trace", dir);
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_not_equal(file, -1);
	memset(&inject, 0, sizeof(inject));
}

static void
load(void)
{
	ssize_t	n = pread(file, octets, sizeof(octets), 0);

	assert_true(n >= 0 && (size_t)n < sizeof(octets));
	size = (size_t)n;
}

/* An Ethernet frame of IPv4 and UDP, of n octets. */
static struct frame
frame(size_t n)
{
	static uint8_t	buffer[4096] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
		0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1,
		10, 0, 0, 2, 0, 53, 0, 53
	};
	struct frame	f = { .octets = buffer, .caplen = (uint32_t)n,
			    .wirelen = (uint32_t)n, .time_ns = TIME_NS };

	return (f);
}

static struct record *
begin(enum record_format format)
{
	static const struct record_interface eth0 = {
		.name = "eth0", .filter = "udp", .link = ETHERNET,
		.snaplen = 0, .has_mac = true, .mac = { 2, 0, 0, 0, 0, 1 },
		.speed = 1000000000
	};
	struct record	*r = record_new(format, "iptrace 1");

	assert_non_null(r);
	assert_int_equal(record_interface(r, &eth0), 0);
	start();
	assert_int_equal(record_begin(r, file), 0);
	return (r);
}

static size_t
put(struct record *r, const struct frame *f, size_t n)
{
	static const uint32_t	zeros[256];

	return (record_write(r, f, zeros, NULL, n));
}

static void
finish(struct record *r)
{
	assert_int_equal(record_end(r), 0);
	record_free(r);
	load();
}

static void
done(void)
{
	assert_int_equal(close(file), 0);
}

/* ---- pcapng ---- */

/* The block of this type, the n-th from 0; NULL: none.  All must be whole. */
static const uint8_t *
block(uint32_t type, size_t n)
{
	const uint8_t	*found = NULL;
	size_t		 at, length;

	for (at = 0; at < size; at += length) {
		assert_true(size - at >= 12);
		length = get_le32(octets + at + 4);
		assert_true(length >= 12 && length % 4 == 0 &&
		    length <= size - at);
		assert_int_equal(get_le32(octets + at + length - 4), length);
		if (get_le32(octets + at) == type && n-- == 0)
			found = octets + at;
	}
	return (found);
}

/* The n-th option of the code, of a block with so many octets before them. */
static const uint8_t *
option(const uint8_t *b, size_t before, uint16_t code, size_t n,
    size_t *length)
{
	const uint8_t	*end, *at;

	assert_non_null(b);
	end = b + get_le32(b + 4) - 4;
	for (at = b + before; at < end && get_le16(at) != 0;
	    at += 4 + (*length + 3) / 4 * 4) {
		*length = get_le16(at + 2);
		if (get_le16(at) == code && n-- == 0)
			return (at + 4);
	}
	assert_true(at == end - 4 && get_le32(at) == 0);
	return (NULL);
}

static void
has_text(const uint8_t *b, size_t before, uint16_t code, size_t n,
    const char *text)
{
	size_t		 length;
	const uint8_t	*at = option(b, before, code, n, &length);

	assert_non_null(at);
	assert_int_equal(length, strlen(text));
	assert_memory_equal(at, text, length);
}

static void
has_number(const uint8_t *b, size_t before, uint16_t code, uint64_t v)
{
	size_t		 length;
	const uint8_t	*at = option(b, before, code, 0, &length);

	assert_non_null(at);
	assert_int_equal(length, 8);
	assert_int_equal(get_le64(at), v);
}

/* Octets before the options of a packet block. */
static size_t
packet_options(const uint8_t *b)
{
	assert_non_null(b);
	return (28 + (get_le32(b + 20) + 3) / 4 * 4);
}

static void
has_flags(size_t n, uint32_t flags)
{
	const uint8_t	*b = block(6, n), *at;
	size_t		 length;

	at = option(b, packet_options(b), 2, 0, &length);
	if (flags == 0) {
		assert_null(at);
		return;
	}
	assert_non_null(at);
	assert_int_equal(length, 4);
	assert_int_equal(get_le32(at), flags);
}

static void
pcapng_describes_program_and_interface(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);
	const off_t	*heads;
	const uint8_t	*b;
	size_t		 n;

	(void)state;
	heads = record_heads(r, &n);
	assert_int_equal(n, 2);
	assert_int_equal(heads[0], 0);
	load();
	assert_ptr_equal(block(1, 0), octets + heads[1]);
	finish(r);
	assert_ptr_equal(block(0x0a0d0d0a, 0), octets);
	assert_int_equal(get_le32(octets + 8), 0x1a2b3c4d);
	has_text(octets, 24, 4, 0, "iptrace 1");
	assert_non_null(option(octets, 24, 2, 0, &n));
	assert_non_null(option(octets, 24, 3, 0, &n));
	b = block(1, 0);
	assert_int_equal(get_le16(b + 8), ETHERNET);
	has_text(b, 16, 2, 0, "eth0");
	assert_memory_equal(option(b, 16, 6, 0, &n), "\2\0\0\0\0\1", 6);
	has_number(b, 16, 8, 1000000000);
	assert_int_equal(*option(b, 16, 9, 0, &n), 9);
	assert_memory_equal(option(b, 16, 11, 0, &n), "\0udp", 4);
	assert_int_equal(n, 4);
	done();
}

static void
pcapng_says_all_of_a_frame(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);
	struct frame	 f[4] = { frame(61), frame(62), frame(63), frame(64) };
	const uint8_t	*b;
	size_t		 i;

	(void)state;
	f[0].wirelen = 1500;
	f[1].direction = FRAME_IN;
	f[2].direction = FRAME_OUT;
	f[2].sums = FRAME_SUMS_NOT_READY;
	f[3].sums = FRAME_SUMS_VALID;
	assert_int_equal(put(r, f, 4), 4);
	finish(r);
	for (i = 0; i < 4; i++) {
		b = block(6, i);
		assert_int_equal(get_le32(b + 8), 0);
		assert_int_equal((uint64_t)get_le32(b + 12) << 32 |
		    get_le32(b + 16), TIME_NS);
		assert_int_equal(get_le32(b + 20), 61 + i);
		assert_int_equal(get_le32(b + 24), i == 0 ? 1500 : 61 + i);
		assert_memory_equal(b + 28, f[i].octets, 61 + i);
	}
	has_flags(0, 0);
	has_flags(1, 1);
	has_flags(2, 2 | 1 << 9);
	has_flags(3, 1 << 10);
	assert_null(capture_check(path, true, &(struct capture_read){ 0 }));
	done();
}

static void
pcapng_says_how_many_packets_are_joined(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);
	struct frame	 f = frame(14 + 20 + 8 + 3000);
	uint8_t		 buffer[4096];

	(void)state;
	memcpy(buffer, f.octets, f.caplen);
	put_be16(buffer + 16, 20 + 8 + 3000);
	put_be16(buffer + 38, 8 + 3000);
	f.octets = buffer;
	f.gso_size = 1400;
	f.gso_udp = true;
	assert_int_equal(put(r, &f, 1), 1);
	finish(r);
	has_flags(0, 1 << 11);
	has_text(block(6, 0), packet_options(block(6, 0)), 1, 0,
	    "3 segments of 1400 octets of UDP");
	done();
}

static void
notes_are_comments(void **state)
{
	struct record		*r = begin(RECORD_PCAPNG);
	struct frame		 f = frame(60);
	struct record_note	 note = { .comment = "pid 7 (ssh)xx",
				    .comment_len = 11 };
	uint32_t		 zero = 0;

	(void)state;
	assert_int_equal(record_write(r, &f, &zero, &note, 1), 1);
	finish(r);
	has_text(block(6, 0), packet_options(block(6, 0)), 1, 0,
	    "pid 7 (ssh)");
	done();
}

/* ---- losses ---- */

static void
losses_are_in_the_next_frame_and_in_the_statistics(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);
	struct frame	 f = frame(60);
	size_t		 n;

	(void)state;
	assert_int_equal(put(r, &f, 1), 1);
	record_lost(r, 0, &(struct record_losses){ .kernel = 3, .iface = 1 });
	record_lost(r, 0, &(struct record_losses){ .kernel = 2, .writer = 4 });
	assert_int_equal(put(r, &f, 1), 1);
	assert_int_equal(put(r, &f, 1), 1);
	load();
	has_number(block(6, 1), packet_options(block(6, 1)), 4, 10);
	has_text(block(6, 1), packet_options(block(6, 1)), 1, 0,
	    "10 dropped before this packet: 5 by the kernel, 1 by the "
	    "interface, 4 by the writer");
	assert_null(option(block(6, 0), packet_options(block(6, 0)), 4, 0,
	    &n));
	assert_null(option(block(6, 2), packet_options(block(6, 2)), 4, 0,
	    &n));
	finish(r);
	has_number(block(5, 0), 20, 4, 3 + 5 + 4);
	has_number(block(5, 0), 20, 5, 1);
	has_number(block(5, 0), 20, 7, 5);
	has_text(block(5, 0), 20, 1, 0, "4 dropped by the writer");
	done();
}

/* The statistics are written once for each loss, and again at the end. */
static void
losses_can_be_written_without_a_frame(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);

	(void)state;
	assert_int_equal(record_count(r), 0);
	load();
	assert_null(block(5, 0));
	record_lost(r, 0, &(struct record_losses){ .kernel = 3 });
	assert_int_equal(record_count(r), 0);
	assert_int_equal(record_count(r), 0);
	load();
	has_number(block(5, 0), 20, 7, 3);
	assert_null(block(5, 1));
	finish(r);
	assert_non_null(block(5, 1));
	done();
}

/* What the end of a file has said is not said in the next one. */
static void
each_file_has_its_own_losses(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);
	struct frame	 f = frame(60);
	size_t		 n;

	(void)state;
	record_lost(r, 0, &(struct record_losses){ .kernel = 3 });
	assert_int_equal(record_end(r), 0);
	done();
	start();
	assert_int_equal(record_begin(r, file), 0);
	assert_int_equal(put(r, &f, 1), 1);
	assert_int_equal(record_end(r), 0);
	load();
	assert_null(option(block(6, 0), packet_options(block(6, 0)), 4, 0,
	    &n));
	has_number(block(5, 0), 20, 7, 0);
	done();
	record_lost(r, 0, &(struct record_losses){ .writer = 2 });
	start();
	assert_int_equal(record_begin(r, file), 0);
	assert_int_equal(put(r, &f, 1), 1);
	finish(r);
	has_number(block(6, 0), packet_options(block(6, 0)), 4, 2);
	done();
}

/* ---- interfaces ---- */

static void
an_interface_that_comes_later_is_described_before_its_frames(void **state)
{
	static const struct record_interface any = {
		.name = "any", .link = SLL2, .snaplen = 96
	};
	struct record	*r = begin(RECORD_PCAPNG);
	struct frame	 f[2] = { frame(60), frame(60) };
	uint32_t	 numbers[2] = { 0, 1 };
	size_t		 n;

	(void)state;
	assert_int_equal(put(r, f, 1), 1);
	assert_int_equal(record_interface(r, &any), 1);
	assert_int_equal(record_write(r, f, numbers, NULL, 2), 2);
	(void)record_heads(r, &n);
	assert_int_equal(n, 3);
	assert_int_equal(record_end(r), 0);
	load();
	assert_true(block(1, 1) > block(6, 0) && block(1, 1) < block(6, 1));
	assert_int_equal(get_le16(block(1, 1) + 8), SLL2);
	assert_int_equal(get_le32(block(1, 1) + 12), 96);
	assert_int_equal(get_le32(block(6, 2) + 8), 1);
	done();
	start();
	assert_int_equal(record_begin(r, file), 0);
	load();
	assert_non_null(block(1, 1));
	finish(r);
	done();
}

static void
a_format_refuses_link_types_that_it_cannot_have(void **state)
{
	static const struct record_interface any = {
		.name = "any", .link = SLL2
	};
	struct record	*r;

	(void)state;
	r = begin(RECORD_PCAP);
	assert_int_equal(record_interface(r, &any), -1);
	assert_int_equal(errno, EINVAL);
	finish(r);
	done();
	r = begin(RECORD_IPTRACE);
	assert_int_equal(record_interface(r, &any), -1);
	assert_int_equal(errno, EINVAL);
	finish(r);
	done();
}

/* ---- pcap and iptrace ---- */

static void
pcap_has_nanoseconds(void **state)
{
	struct record	*r = begin(RECORD_PCAP);
	struct frame	 f = frame(60);

	(void)state;
	f.wirelen = 1500;
	assert_int_equal(put(r, &f, 1), 1);
	finish(r);
	assert_int_equal(size, 24 + 16 + 60);
	assert_memory_equal(octets, "\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0"
	    "\0\0\0\0\0\0\4\0\1\0\0\0", 24);
	assert_int_equal(get_le32(octets + 24), TIME_NS / 1000000000);
	assert_int_equal(get_le32(octets + 28), TIME_NS % 1000000000);
	assert_int_equal(get_le32(octets + 32), 60);
	assert_int_equal(get_le32(octets + 36), 1500);
	assert_memory_equal(octets + 40, f.octets, 60);
	assert_null(capture_check(path, true, &(struct capture_read){ 0 }));
	done();
}

static void
iptrace_is_as_aix_writes_it(void **state)
{
	static const struct record_interface lo = {
		.name = "enp3s12", .link = 101
	};
	struct record	*r = begin(RECORD_IPTRACE);
	struct frame	 f[2] = { frame(60), frame(61) };
	uint32_t	 numbers[2] = { 0, 1 };
	const uint8_t	*p;

	(void)state;
	assert_int_equal(record_interface(r, &lo), 1);
	f[0].direction = FRAME_OUT;
	f[1].direction = FRAME_IN;
	assert_int_equal(record_write(r, f, numbers, NULL, 2), 2);
	finish(r);
	assert_int_equal(size, 11 + 40 + 60 + 40 + 61);
	assert_memory_equal(octets, "iptrace 2.0", 11);
	p = octets + 11;
	assert_int_equal(get_be32(p), 32 + 60);
	assert_int_equal(get_be32(p + 4), TIME_NS / 1000000000);
	assert_memory_equal(p + 8, "\0\0\0\0eth\0eth0\0\0\0\0\0\0\0\0"
	    "\6\1\0\0", 24);
	assert_int_equal(get_be32(p + 32), TIME_NS / 1000000000);
	assert_int_equal(get_be32(p + 36), TIME_NS % 1000000000);
	assert_memory_equal(p + 40, f[0].octets, 60);
	p += 100;
	assert_int_equal(get_be32(p), 32 + 61);
	assert_memory_equal(p + 8, "\0\0\0\14enp3enp3s12\0\0\0\0\0"
	    "\30\0\0\0", 24);
	done();
}

/* ---- faults ---- */

/* Whole records of iptrace or pcap in the file; fails if one is cut. */
static size_t
count_records(enum record_format format)
{
	size_t	n = 0, at;

	load();
	if (size == 0)
		return (0);
	if (format == RECORD_PCAPNG) {
		while (block(6, n) != NULL)
			n++;
		return (n);
	}
	at = format == RECORD_PCAP ? 24 : 11;
	for (; at < size; n++)
		at += format == RECORD_PCAP ? 16 + get_le32(octets + at + 8) :
		    8 + get_be32(octets + at);
	assert_int_equal(at, size);
	return (n);
}

/*
 * Record 150 frames in calls of 50, with losses.  If a call takes fewer, the
 * rest of it is lost.  The file must always be whole, unless it could not be
 * cut; then it is whole after the next call that succeeds.  Returns whether
 * the fault happened.
 */
static bool
survives(enum record_format format, enum fault kind, int at, size_t part)
{
	static struct frame	 f[50];
	struct record		*r = begin(format);
	size_t			 i, n, sum = 0;

	for (i = 0; i < 50; i++)
		f[i] = frame(50 + 20 * i);	/* copied, and not */
	inject.kind = kind;
	inject.calls = 0;
	inject.at = at;
	inject.part = part;
	for (i = 0; i < 3; i++) {
		record_lost(r, 0, &(struct record_losses){ .kernel = 1 });
		errno = 0;
		n = put(r, f, 50);
		if (n < 50) {
			assert_int_equal(errno, ENOSPC);
			record_lost(r, 0,
			    &(struct record_losses){ .writer = 50 - n });
		}
		sum += n;
		if (kind != FAIL_FROM && n == 50)
			assert_int_equal(count_records(format), sum);
	}
	inject.at = 0;
	assert_int_equal(put(r, f, 1), 1);
	assert_int_equal(count_records(format), sum + 1);
	assert_int_equal(record_offset(r), size);
	finish(r);
	if (format == RECORD_PCAPNG) {
		has_number(block(5, 0), 20, 4, sum + 1 + 3 + 150 - sum);
		has_number(block(5, 0), 20, 7, 3);
	}
	done();
	return (inject.calls >= at);
}

static void
faults_leave_whole_records(void **state)
{
	static const size_t	parts[] = { 1, 27, 28, 77, 78, 100, 150, 9000,
	    20000 };
	enum record_format	format;
	enum fault		kind;
	size_t			i;
	int			at;

	(void)state;
	for (format = RECORD_PCAPNG; format <= RECORD_IPTRACE; format++)
		for (kind = FAIL_ONCE; kind < FAULTS; kind++)
			for (i = 0; i < (kind == SHORT_WRITE ? 9 : 1); i++)
				for (at = 1; at <= 3; at++)
					assert_true(survives(format, kind, at,
					    parts[i]));
}

/* The file cannot be begun: nothing is in it, and the next one can. */
static void
a_full_disk_at_the_beginning(void **state)
{
	struct record	*r = begin(RECORD_PCAPNG);
	struct frame	 f = frame(60);
	int		 at;

	(void)state;
	assert_int_equal(record_end(r), 0);
	done();
	for (at = 1; at <= 3; at++) {
		start();
		inject.at = at;
		assert_int_equal(record_begin(r, file), -1);
		assert_int_equal(errno, ENOSPC);
		done();
	}
	start();
	assert_int_equal(record_begin(r, file), 0);
	assert_int_equal(put(r, &f, 1), 1);
	finish(r);
	assert_non_null(block(6, 0));
	done();
}

static int
setup(void **state)
{
	(void)state;
	return (scratch_make(dir));
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dir));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(pcapng_describes_program_and_interface),
		cmocka_unit_test(pcapng_says_all_of_a_frame),
		cmocka_unit_test(pcapng_says_how_many_packets_are_joined),
		cmocka_unit_test(notes_are_comments),
		cmocka_unit_test(
		    losses_are_in_the_next_frame_and_in_the_statistics),
		cmocka_unit_test(losses_can_be_written_without_a_frame),
		cmocka_unit_test(each_file_has_its_own_losses),
		cmocka_unit_test(
	    an_interface_that_comes_later_is_described_before_its_frames),
		cmocka_unit_test(
		    a_format_refuses_link_types_that_it_cannot_have),
		cmocka_unit_test(pcap_has_nanoseconds),
		cmocka_unit_test(iptrace_is_as_aix_writes_it),
		cmocka_unit_test(faults_leave_whole_records),
		cmocka_unit_test(a_full_disk_at_the_beginning),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
