/*
 * Indexes of traces: whatever the index is, good, cut, damaged or of another
 * file, the packets found are those of a reader without index; and a good one
 * leaves out most of the trace.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/endian.h"
#include "base/regular.h"
#include "capture/capfile.h"
#include "file/block.h"
#include "packet/decode.h"
#include "trace/index_find.h"
#include "trace/index_write.h"
#include "trace/place.h"
#include "scratch.h"

#define LINK	1		/* Ethernet */
#define OCTETS	60		/* of each frame */
#define RECORD	(16 + OCTETS)
#define HEADER	24		/* of the trace */
#define EACH	8		/* frames of a part */
#define PARTS	12
#define FRAMES	(EACH * PARTS)

static char	dir[SCRATCH_LEN], trace[128], idx[128];

/* ---- traces ---- */

/* A UDP packet to 10.0.0.`host', of a length and at a time of its own. */
static void
make_frame(uint8_t f[OCTETS], uint32_t host, unsigned i)
{
	memset(f, 0, OCTETS);
	put_be16(f + 12, 0x0800);
	f[14] = 0x45;
	put_be16(f + 16, OCTETS - 14);
	f[22] = 64;
	f[23] = 17;
	put_be32(f + 26, 0x0a000001);
	put_be32(f + 30, 0x0a010000 + host);
	put_be16(f + 34, 1000);
	put_be16(f + 36, (uint16_t)(2000 + i % 7));
	put_be16(f + 38, OCTETS - 34);
}

static off_t
offset_of(unsigned i)
{
	return (HEADER + (off_t)i * RECORD);
}

/*
 * Write n frames; the host of frame i is that of its part, or 99 in the first
 * of the last.  `first' makes traces different.
 */
static uint32_t
host_of(unsigned i)
{
	return (i == FRAMES - EACH ? 99 : i / EACH);
}

static void
write_trace(const char *path, unsigned n, uint32_t second)
{
	uint8_t	head[HEADER] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4 };
	uint8_t	record[RECORD];
	FILE	*f = fopen(path, "w");
	unsigned i;

	assert_non_null(f);
	put_le32(head + 16, 65535);
	put_le32(head + 20, LINK);
	assert_int_equal(fwrite(head, HEADER, 1, f), 1);
	for (i = 0; i < n; i++) {
		put_le32(record, second + i);
		put_le32(record + 4, 0);
		put_le32(record + 8, OCTETS);
		put_le32(record + 12, OCTETS);
		make_frame(record + 16, host_of(i), i);
		assert_int_equal(fwrite(record, RECORD, 1, f), 1);
	}
	assert_int_equal(fclose(f), 0);
}

static struct index_writer *
begin_index(const char *path)
{
	static int		 trace_fd = -1;
	struct index_writer	*w;
	int			 fd;

	if (trace_fd != -1)
		(void)close(trace_fd);
	trace_fd = open(trace, O_RDONLY);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0640);
	assert_true(trace_fd != -1 && fd != -1);
	w = index_writer_new(fd, trace_fd, "eth0");
	assert_non_null(w);
	return (w);
}

/* Index frames [i, end), as the trace has them. */
static void
add(struct index_writer *w, unsigned i, unsigned end)
{
	const off_t	head = 0;
	uint8_t		octets[EACH][OCTETS];
	struct frame	f[EACH] = { 0 };
	unsigned	k;

	for (k = 0; i + k < end; k++) {
		make_frame(octets[k], host_of(i + k), i + k);
		f[k].octets = octets[k];
		f[k].caplen = f[k].wirelen = OCTETS;
		f[k].time_ns = (1000 + i + k) * UINT64_C(1000000000);
	}
	assert_int_equal(index_writer_add(w, LINK, f, k, offset_of(i),
	    offset_of(end), &head, 1), 0);
}

/* All parts but one, if that is less than PARTS. */
static void
write_index(const char *path, unsigned but)
{
	struct index_writer	*w = begin_index(path);
	unsigned		 i;

	for (i = 0; i < PARTS; i++) {
		if (i == but)
			continue;
		add(w, i * EACH, (i + 1) * EACH);
		assert_int_equal(index_writer_flush(w), 0);
	}
	assert_int_equal(index_writer_end(w), 0);
}

/* ---- searches ---- */

struct found {
	unsigned	packets;
	uint64_t	times;		/* sum: which ones */
	unsigned	read;		/* frames */
	unsigned	ranges;
	char		why[128];
};

static bool
is_host(void *arg, const struct flow *f)
{
	return (get_be32(f->key.dst + 12) - 0x0a010000 ==
	    *(const uint32_t *)arg);
}

static void
read_range(struct capfile *c, uint32_t host, struct found *found)
{
	struct frame	f[16] = { 0 };
	struct packet	p;
	int		i, n;

	while (capfile_next(c, f, 16, &n) == CAPFILE_FRAMES)
		for (i = 0; i < n; i++) {
			found->read++;
			if (decode_for_link(LINK)(f[i].octets, f[i].caplen,
			    f[i].wirelen, &p) == DECODED_IP &&
			    get_be32(p.key.dst + 12) - 0x0a010000 == host) {
				found->packets++;
				found->times += capfile_time(c, &f[i]);
			}
		}
}

static void
find_in(uint32_t host, uint64_t since, uint64_t until, struct found *found)
{
	struct index_want	 want = { .wanted = is_host, .arg = &host,
				    .since_ns = since, .until_ns = until };
	struct index_find	*f = index_find_open(trace, &want);
	struct capfile		*c = capfile_open(trace);
	struct index_part	 part;
	off_t			 last = 0;

	memset(found, 0, sizeof(*found));
	assert_non_null(f);
	assert_non_null(c);
	while (index_find_next(f, &part)) {
		assert_true(part.from >= last);
		assert_true(part.to == -1 || part.to > part.from);
		assert_int_not_equal(last, -1);
		last = part.to;
		assert_int_equal(capfile_part(c, part.from, part.to,
		    part.heads, part.nheads), 0);
		read_range(c, host, found);
		found->ranges++;
	}
	assert_int_equal(last, -1);
	if (index_find_why(f) != NULL)
		(void)snprintf(found->why, sizeof(found->why), "%s",
		    index_find_why(f));
	capfile_close(c);
	index_find_close(f);
}

static void
find(uint32_t host, struct found *found)
{
	find_in(host, 0, 0, found);
}

/* What there is of a host in a trace of n frames from that second on. */
static void
expect(const struct found *got, uint32_t host, unsigned n, uint32_t second)
{
	unsigned	i, packets = 0;
	uint64_t	times = 0;

	for (i = 0; i < n; i++)
		if (host_of(i) == host) {
			packets++;
			times += (second + i) * UINT64_C(1000000000);
		}
	assert_int_equal(got->packets, packets);
	assert_int_equal(got->times, times);
}

static int
setup(void **state)
{
	(void)state;
	if (scratch_make(dir) == -1)
		return (-1);
	(void)snprintf(trace, sizeof(trace), "%s/t", dir);
	(void)snprintf(idx, sizeof(idx), "%s/t" INDEX_SUFFIX, dir);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dir));
}

static void
test_only_parts_with_the_flow_are_read(void **state)
{
	struct found	got;
	uint32_t	host;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	write_index(idx, PARTS);
	for (host = 0; host < PARTS; host++) {
		find(host, &got);
		expect(&got, host, FRAMES, 1000);
		assert_int_equal(got.read, EACH);
		assert_string_equal(got.why, "");
	}
	find(99, &got);
	expect(&got, 99, FRAMES, 1000);
	assert_int_equal(got.packets, 1);
	assert_int_equal(got.read, EACH);
	find(77, &got);
	assert_int_equal(got.read, 0);
}

static void
test_parts_of_other_times_are_not_read(void **state)
{
	const uint64_t	s = UINT64_C(1000000000);
	struct found	got;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	write_index(idx, PARTS);
	find_in(3, (1000 + 4 * EACH) * s, 0, &got);
	assert_int_equal(got.read, 0);
	find_in(3, (1000 + 4 * EACH - 1) * s, 0, &got);
	assert_int_equal(got.read, EACH);
	find_in(3, 0, (1000 + 3 * EACH) * s, &got);
	assert_int_equal(got.read, 0);
	find_in(3, 0, (1000 + 3 * EACH) * s + 1, &got);
	assert_int_equal(got.read, EACH);
}

static void
test_without_index_all_is_read(void **state)
{
	struct found	got;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	(void)unlink(idx);
	find(4, &got);
	expect(&got, 4, FRAMES, 1000);
	assert_int_equal(got.read, FRAMES);
	assert_string_equal(got.why, "no index");
}

static void
test_index_of_another_trace_is_not_used(void **state)
{
	struct found	got;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	write_index(idx, PARTS);
	write_trace(trace, FRAMES, 2000);
	find(4, &got);
	expect(&got, 4, FRAMES, 2000);
	assert_int_equal(got.read, FRAMES);
	assert_string_equal(got.why, "the index is of another file");
	/* A longer one of which the trace has become the beginning. */
	write_trace(trace, FRAMES / 2, 1000);
	find(4, &got);
	expect(&got, 4, FRAMES / 2, 1000);
	assert_string_equal(got.why, "the index is of another file");
}

static void
test_what_the_index_lacks_is_read(void **state)
{
	struct found	got;
	unsigned	but;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	for (but = 0; but < PARTS; but++) {
		write_index(idx, but);
		find(but, &got);
		expect(&got, but, FRAMES, 1000);
		assert_int_equal(got.read, EACH);
		find((but + 5) % PARTS, &got);
		expect(&got, (but + 5) % PARTS, FRAMES, 1000);
		assert_int_equal(got.read, 2 * EACH);
	}
}

static void
test_trace_that_grows_is_read_to_its_end(void **state)
{
	struct index_writer	*w;
	struct found		 got;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	w = begin_index(idx);
	add(w, 0, EACH);
	assert_int_equal(index_writer_flush(w), 0);
	add(w, EACH, 2 * EACH);
	find(1, &got);
	expect(&got, 1, FRAMES, 1000);
	assert_int_equal(got.read, FRAMES - EACH);
	assert_int_equal(index_writer_end(w), 0);
	find(1, &got);
	assert_int_equal(got.read, FRAMES - EACH);
	find(0, &got);
	expect(&got, 0, FRAMES, 1000);
}

static size_t
load(uint8_t *octets, size_t room)
{
	FILE	*f = fopen(idx, "r");
	size_t	 n;

	assert_non_null(f);
	n = fread(octets, 1, room, f);
	assert_true(n > 0 && n < room);
	(void)fclose(f);
	return (n);
}

static void
store(const uint8_t *octets, size_t n)
{
	FILE	*f = fopen(idx, "w");

	assert_non_null(f);
	assert_true(n == 0 || fwrite(octets, n, 1, f) == 1);
	assert_int_equal(fclose(f), 0);
}

/* As after a crash at any time: blocks have their headers last. */
static void
test_cut_index_hides_nothing(void **state)
{
	static uint8_t	octets[32768], zeros[32768];
	struct found	got;
	size_t		n, len;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	write_index(idx, PARTS);
	len = load(octets, sizeof(octets));
	for (n = 0; n < len; n += n < 2048 ? 1 : 61) {
		store(octets, n);
		find(7, &got);
		expect(&got, 7, FRAMES, 1000);
		memcpy(zeros, octets, n);
		memset(zeros + n, 0, len - n);
		store(zeros, len);
		find(0, &got);
		expect(&got, 0, FRAMES, 1000);
	}
}

static void
test_damaged_index_hides_nothing(void **state)
{
	static uint8_t	octets[32768];
	struct found	got;
	size_t		i, len;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	write_index(idx, PARTS);
	len = load(octets, sizeof(octets));
	for (i = 0; i < len; i += i < 2048 ? 1 : 61) {
		octets[i] ^= 0x10;
		store(octets, len);
		find((uint32_t)i % PARTS, &got);
		octets[i] ^= 0x10;
		expect(&got, (uint32_t)i % PARTS, FRAMES, 1000);
	}
	store(octets, 100);
	octets[0] = 'x';
	store(octets, len);
	find(5, &got);
	assert_string_equal(got.why, "the index is damaged");
	assert_int_equal(got.read, FRAMES);
}

/* ---- the account ---- */

struct sums {
	struct flow_count	total;
	struct ledger		ledger;
	uint64_t		rows, frames;
	unsigned		blocks;
	char			trace[BLOCK_TEXT_MAX];	/* of the last */
};

static void
read_index(struct sums *s)
{
	int		 fd = open(idx, O_RDONLY);
	const struct block_info *info;
	struct trace_place	*place = malloc(sizeof(*place));
	struct block	*b;
	off_t		 at;

	assert_true(fd != -1 && place != NULL);
	memset(s, 0, sizeof(*s));
	for (at = 0; block_open(fd, at, &b) == BLOCK_OK;
	    at += block_length(b), block_free(b)) {
		assert_int_equal(block_verify(b), BLOCK_OK);
		info = block_info(b);
		assert_string_equal(info->ifname, "eth0");
		assert_int_equal(info->epoch, ++s->blocks);
		flow_count_add(&s->total, &info->total);
		ledger_add(&s->ledger, &info->ledger);
		s->rows += info->rows;
		assert_true(place_parse(info->trace, place));
		s->frames += place->frames;
		memcpy(s->trace, info->trace, sizeof(s->trace));
	}
	free(place);
	(void)close(fd);
}

static void
test_index_is_the_account_of_the_trace(void **state)
{
	struct index_writer	*w;
	struct sums		 s;
	uint8_t			 octets[4][OCTETS];
	struct frame		 f[4] = { 0 };
	const off_t		 head = 0;
	unsigned		 i;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	w = begin_index(idx);
	add(w, 0, EACH);
	for (i = 0; i < 4; i++) {
		make_frame(octets[i], i, i);
		f[i].octets = octets[i];
		f[i].caplen = f[i].wirelen = OCTETS;
		f[i].time_ns = 5;
	}
	put_be16(octets[0] + 12, 0x0806);	/* ARP */
	octets[1][14] = 0x41;			/* header length 4 */
	f[2].caplen = 50;
	f[3].wirelen = 14 + 28 + 1000;		/* joined: of 100 octets each */
	put_be16(octets[3] + 16, 28 + 1000);
	f[3].gso_size = 100;
	f[3].gso_udp = true;
	assert_int_equal(index_writer_add(w, LINK, f, 4, offset_of(EACH),
	    offset_of(EACH + 4), &head, 1), 0);
	assert_int_equal(index_writer_add(w, 147, f, 1, offset_of(EACH + 4),
	    offset_of(EACH + 5), &head, 1), 0);
	index_writer_lost(w, 30, 4);
	assert_int_equal(index_writer_end(w), 0);
	read_index(&s);
	assert_int_equal(s.blocks, 1);
	assert_int_equal(s.frames, EACH + 5);
	assert_int_equal(s.ledger.v[LEDGER_FRAMES], EACH + 5);
	assert_int_equal(s.ledger.v[LEDGER_IP], EACH + 2);
	assert_int_equal(s.ledger.v[LEDGER_NONIP], 1);
	assert_int_equal(s.ledger.v[LEDGER_IP_IHL], 1);
	assert_int_equal(s.ledger.v[LEDGER_UNSUPPORTED], 1);
	assert_int_equal(s.ledger.v[LEDGER_TRUNCATED], 2);
	assert_int_equal(s.ledger.v[LEDGER_SEGMENTS], 9);
	assert_int_equal(s.ledger.v[LEDGER_DROP_KERNEL], 30);
	assert_int_equal(s.ledger.v[LEDGER_DROP_IFACE], 4);
	assert_int_equal(s.ledger.v[LEDGER_WIRE_BYTES], (EACH + 4) * OCTETS +
	    1042 + 9 * 42);
	assert_int_equal(s.total.packets, EACH + 1 + 10);
	assert_int_equal(s.total.ip, (EACH + 1) * 46 + 1000 + 10 * 28);
}

/* More flows than a table has rows for. */
static void
test_many_flows_keep_their_rows(void **state)
{
	struct index_writer	*w;
	struct sums		 s;
	uint8_t			 octets[100][OCTETS];
	struct frame		 f[100] = { 0 };
	const off_t		 head = 0;
	unsigned		 i, n;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	w = begin_index(idx);
	for (n = 0; n < 200000; n += 100) {
		for (i = 0; i < 100; i++) {
			make_frame(octets[i], n + i, 0);
			f[i].octets = octets[i];
			f[i].caplen = f[i].wirelen = OCTETS;
		}
		assert_int_equal(index_writer_add(w, LINK, f, 100,
		    24 + n / 100, 25 + n / 100, &head, 1), 0);
	}
	assert_int_equal(index_writer_end(w), 0);
	read_index(&s);
	assert_int_equal(s.rows, 200000);
	assert_int_equal(s.total.packets, 200000);
	assert_true(s.blocks > 3 && s.blocks < 10);
	assert_int_equal(s.ledger.v[LEDGER_FOLD_PACKETS], 0);
}

/* Interfaces that come later, and another section. */
static void
test_headers_in_force_are_noted(void **state)
{
	const off_t		 heads[] = { 0, 24, 24 + 20 * RECORD };
	const off_t		 section[] = { 30 * RECORD };
	uint8_t			 octets[OCTETS];
	struct frame		 f = { .octets = octets, .caplen = OCTETS,
				    .wirelen = OCTETS };
	struct index_writer	*w;
	struct sums		 s;

	(void)state;
	write_trace(trace, FRAMES, 1000);
	make_frame(octets, 1, 1);
	w = begin_index(idx);
	assert_int_equal(index_writer_add(w, LINK, &f, 1, 100, 200, heads, 2),
	    0);
	assert_int_equal(index_writer_add(w, LINK, &f, 1, 24 + 21 * RECORD,
	    24 + 22 * RECORD, heads, 3), 0);
	assert_int_equal(index_writer_flush(w), 0);
	read_index(&s);
	assert_int_equal(strncmp(s.trace, "100 1696 2 ", 11), 0);
	assert_string_equal(s.trace + 19, " 0 24 1544");
	assert_int_equal(index_writer_add(w, LINK, &f, 1, 24 + 22 * RECORD,
	    24 + 23 * RECORD, heads, 3), 0);
	assert_int_equal(index_writer_add(w, LINK, &f, 1, 31 * RECORD,
	    32 * RECORD, section, 1), 0);
	assert_int_equal(index_writer_end(w), 0);
	read_index(&s);
	assert_int_equal(s.blocks, 3);
	assert_non_null(strstr(s.trace, " 2280"));
	assert_null(strstr(s.trace, " 24 "));
}

static void
test_full_disk_ends_the_index_only(void **state)
{
	struct index_writer	*w;
	uint8_t			 octets[OCTETS];
	struct frame		 f = { .octets = octets, .caplen = OCTETS,
				    .wirelen = OCTETS };
	const off_t		 head = 0;
	int			 full = open("/dev/full", O_RDWR);
	int			 fd = open(trace, O_RDONLY);

	(void)state;
	if (full == -1)
		skip();
	make_frame(octets, 1, 1);
	w = index_writer_new(full, fd, "eth0");
	assert_non_null(w);
	assert_int_equal(index_writer_add(w, LINK, &f, 1, 24, 100, &head, 1),
	    0);
	assert_int_equal(index_writer_flush(w), -1);
	assert_int_equal(errno, ENOSPC);
	errno = 0;
	assert_int_equal(index_writer_add(w, LINK, &f, 1, 100, 200, &head, 1),
	    -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(index_writer_end(w), -1);
	(void)close(fd);
}

static void
test_text_of_a_place(void **state)
{
	static const char *const	wrong[] = {
		"", "1", "1 2", "1 2 3", "1 2 3 ", "2 2 3 a", "3 2 3 a",
		"1 2 3 x", "1 2 3 100000000", "1 2 3 a x", "1 2 3 a 2",
		"1 2 3 a 1 0", "1 2 3 a 0 0", "-1 2 3 a", "1  2 3 a",
		"1 99999999999999999999 3 a", "1 2 3 a 0,1", " 1 2 3 a",
	};
	struct trace_place	*p = malloc(sizeof(*p));
	char			 text[BLOCK_TEXT_MAX];
	size_t			 i;

	(void)state;
	assert_non_null(p);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(place_parse(wrong[i], p));
	assert_true(place_parse("100 200 3 0000000a 0 28 150", p));
	assert_int_equal(p->from, 100);
	assert_int_equal(p->crc, 10);
	assert_int_equal(p->nheads, 3);
	assert_int_equal(p->heads[2], 150);
	assert_true(place_format(p, text));
	assert_string_equal(text, "100 200 3 0000000a 0 28 150");
	p->nheads = PLACE_HEADS;
	for (i = 0; i < PLACE_HEADS; i++)
		p->heads[i] = (off_t)i * 1000;
	assert_false(place_format(p, text));
	free(p);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_only_parts_with_the_flow_are_read),
		cmocka_unit_test(test_parts_of_other_times_are_not_read),
		cmocka_unit_test(test_without_index_all_is_read),
		cmocka_unit_test(test_index_of_another_trace_is_not_used),
		cmocka_unit_test(test_what_the_index_lacks_is_read),
		cmocka_unit_test(test_trace_that_grows_is_read_to_its_end),
		cmocka_unit_test(test_cut_index_hides_nothing),
		cmocka_unit_test(test_damaged_index_hides_nothing),
		cmocka_unit_test(test_index_is_the_account_of_the_trace),
		cmocka_unit_test(test_many_flows_keep_their_rows),
		cmocka_unit_test(test_headers_in_force_are_noted),
		cmocka_unit_test(test_full_disk_ends_the_index_only),
		cmocka_unit_test(test_text_of_a_place),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
