/*
 * Records of the data trace in frames: what is written is read again, other
 * programs find the tags where they expect them, and no frame or comment of a
 * stranger does harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "packet/datarec.h"

static const uint8_t	payload[] = "GET / HTTP/1.1\r\n\r\n";

static const struct datarec	http = {
	.kind = DATAREC_DATA, .out = true, .segment = true, .abbrev = true,
	.family = FLOW_FAMILY_IP4, .proto = 6, .type = 1,
	.local = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	.remote = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 80 },
	.lport = 40000, .rport = 80, .pid = 12, .tid = 13, .uid = 0,
	.cid = 0x1f, .seq = 1ULL << 40, .job = "curl",
	.unit = "/user.slice/user-1000.slice", .length = 2000,
	.payload = payload, .caplen = sizeof(payload) - 1,
};

static const struct datarec	ended = {
	.kind = DATAREC_END, .has_sums = true, .family = FLOW_FAMILY_IP6,
	.proto = 17, .type = 2, .local = { 0x20, 1, [15] = 1 },
	.remote = { 0x20, 1, [15] = 2 }, .lport = 53, .rport = 65535,
	.uid = UINT32_MAX - 1, .cid = UINT64_MAX, .job = "a b%=\x01\xff",
	.sent = UINT64_MAX, .received = 5, .rtt_us = 30,
	.retransmissions = 2,
};

/* Whole frame of a record: tags and payload.  Returns its length. */
static size_t
frame_of(const struct datarec *d, uint8_t frame[DATAREC_HEAD + 64])
{
	size_t	len = datarec_head(d, frame);

	assert_true(len <= DATAREC_HEAD);
	if (d->caplen > 0)
		memcpy(frame + len, d->payload, d->caplen);
	return (len + d->caplen);
}

static void
there_and_back(const struct datarec *d)
{
	uint8_t		frame[DATAREC_HEAD + 64];
	char		comment[DATAREC_COMMENT];
	size_t		len = frame_of(d, frame);
	size_t		n = datarec_comment(d, comment);
	struct datarec	r, expected = *d;

	assert_true(n <= DATAREC_COMMENT);
	assert_true(datarec_read(&r, frame, len, len + d->length - d->caplen,
	    comment, n));
	assert_int_equal(r.caplen, d->caplen);
	if (d->caplen > 0)
		assert_memory_equal(r.payload, d->payload, d->caplen);
	expected.payload = r.payload;
	assert_memory_equal(&r, &expected, offsetof(struct datarec, payload));
}

static void
what_is_written_is_read(void **state)
{
	struct datarec	d = http;

	(void)state;
	there_and_back(&d);
	there_and_back(&ended);
	d.out = false;
	there_and_back(&d);
	d.kind = DATAREC_START;
	d.caplen = d.length = 0;
	d.payload = NULL;
	d.seq = 0;
	there_and_back(&d);
	/* A socket of UDP that is neither bound nor connected. */
	memset(d.local, 0, sizeof(d.local));
	memset(d.remote, 0, sizeof(d.remote));
	d.lport = d.rport = 0;
	d.family = FLOW_FAMILY_NONE;
	d.proto = 17;
	d.type = 2;
	there_and_back(&d);
	/* A protocol without ports. */
	d.proto = 1;
	d.type = 3;
	there_and_back(&d);
}

static void
comment_is_for_people(void **state)
{
	char	comment[DATAREC_COMMENT + 1];

	(void)state;
	comment[datarec_comment(&http, comment)] = '\0';
	assert_string_equal(comment, "DATA job=curl pid=12 tid=13 cid=1f "
	    "uid=0 unit=/user.slice/user-1000.slice ip=4 type=1 proto=6 out "
	    "seq=1099511627776 segment abbrev");
	comment[datarec_comment(&ended, comment)] = '\0';
	assert_string_equal(comment, "END job=a%20b%25=%01%FF "
	    "cid=ffffffffffffffff uid=4294967294 ip=6 type=2 proto=17 in "
	    "sent=18446744073709551615 received=5 rtt=30 retransmissions=2");
}

/* As Wireshark's packet-exported_pdu.c reads them. */
static void
tags_are_those_of_upper_pdus(void **state)
{
	static const uint8_t	expected[] = {
		0, 14, 0, 8, 't', 'c', 'p', '.', 'p', 'o', 'r', 't',
		0, 32, 0, 4, 0, 0, 0, 80,
		0, 20, 0, 4, 192, 0, 2, 1,
		0, 21, 0, 4, 192, 0, 2, 80,
		0, 24, 0, 4, 0, 0, 0, 2,
		0, 25, 0, 4, 0, 0, 0x9c, 0x40,
		0, 26, 0, 4, 0, 0, 0, 80,
		0, 35, 0, 4, 0, 0, 0, 0,
		0, 0, 0, 0,
	};
	uint8_t	out[DATAREC_HEAD];

	(void)state;
	assert_int_equal(datarec_head(&http, out), sizeof(expected));
	assert_memory_equal(out, expected, sizeof(expected));
}

/* The longest names with the longest escapes fit. */
static void
longest_record_fits(void **state)
{
	struct datarec	d = ended;
	char		comment[DATAREC_COMMENT];

	(void)state;
	memset(d.job, 0xff, sizeof(d.job) - 1);
	memset(d.unit, ' ', sizeof(d.unit) - 1);
	d.pid = d.tid = UINT32_MAX;
	d.family = d.type = d.proto = UINT8_MAX;
	d.received = UINT64_MAX;
	d.rtt_us = d.retransmissions = UINT32_MAX;
	d.segment = d.abbrev = true;
	assert_in_range(datarec_comment(&d, comment), 1000, DATAREC_COMMENT);
	d.family = FLOW_FAMILY_IP6;
	d.proto = 17;
	there_and_back(&d);
}

/* Only tags: a PDU that another program has exported. */
static void
tags_alone_tell(void **state)
{
	uint8_t		frame[DATAREC_HEAD + 64];
	size_t		len = frame_of(&http, frame);
	struct datarec	r;

	(void)state;
	assert_true(datarec_read(&r, frame, len, len, "by hand", 7));
	assert_true(r.kind == DATAREC_DATA && r.out && r.proto == 6 &&
	    r.lport == 40000 && r.rport == 80 && r.uid == OWNER_NO_UID);
	assert_string_equal(r.job, "");
	assert_int_equal(r.length, sizeof(payload) - 1);
	assert_true(datarec_read(&r, frame, len, len, NULL, 0));
}

/* Only a comment: the frame was cut before its tags end. */
static void
comment_alone_tells(void **state)
{
	uint8_t		frame[DATAREC_HEAD + 64];
	size_t		len = frame_of(&http, frame);
	char		comment[DATAREC_COMMENT];
	size_t		n = datarec_comment(&http, comment);
	struct datarec	r;

	(void)state;
	assert_true(datarec_read(&r, frame, 9, len, comment, n));
	assert_string_equal(r.job, "curl");
	assert_true(r.out && r.cid == 0x1f && r.proto == 6);
	assert_int_equal(r.length, 0);
	assert_null(r.payload);
	assert_false(datarec_read(&r, frame, 9, len, "by hand", 7));
	assert_false(datarec_read(&r, frame, 9, len, NULL, 0));
	assert_false(datarec_read(&r, NULL, 0, 0, NULL, 0));
}

static const struct {
	const char	*comment;
	uint32_t	 pid;
	const char	*job;
} hostile[] = {
	{ "DATA job=x pid=4294967296", 0, "x" },
	{ "DATA job=x pid=4294967295", UINT32_MAX, "x" },
	{ "DATA job=x pid=99999999999999999999999", 0, "x" },
	{ "DATA job=x pid=", 0, "x" },
	{ "DATA job=x pid=-1", 0, "x" },
	{ "DATA job=x pid=1a", 0, "x" },
	{ "DATA  job=x  pid=1  pid=2 ", 2, "x" },
	{ "DATA job=a%00b pid=1", 1, "a?b" },
	{ "DATA job=a% pid=1", 1, "a%" },
	{ "DATA job=a%4 pid=1", 1, "a%4" },
	{ "DATA job=a%zz pid=1", 1, "a%zz" },
	{ "DATA job=0123456789012345678901234567890123456789 pid=3", 3,
	    "0123456789012345678901234567890" },
	{ "START job= ip=7 sent=1", 0, "" },
};

static void
hostile_comments_are_read(void **state)
{
	struct datarec	r;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		assert_true(datarec_read(&r, NULL, 0, 0, hostile[i].comment,
		    strlen(hostile[i].comment)));
		assert_string_equal(r.job, hostile[i].job);
		if (r.pid != hostile[i].pid)
			fail_msg("%s: %u", hostile[i].comment, r.pid);
		assert_int_equal(r.family, FLOW_FAMILY_NONE);
		assert_false(r.has_sums);
	}
	assert_false(datarec_read(&r, NULL, 0, 0, "DATA", 4));
	assert_false(datarec_read(&r, NULL, 0, 0, "DATA ", 5));
	assert_false(datarec_read(&r, NULL, 0, 0, "DATA pid=1", 10));
	assert_false(datarec_read(&r, NULL, 0, 0, "DATAS job=x", 11));
}

/* Cut at every octet, and with every octet changed, in memory of its size. */
static void
damaged_frames_are_read(void **state)
{
	uint8_t		frame[DATAREC_HEAD + 64], *copy;
	size_t		len = frame_of(&ended, frame), cut, i;
	struct datarec	r;

	(void)state;
	for (cut = 1; cut <= len; cut++) {
		assert_non_null(copy = malloc(cut));
		memcpy(copy, frame, cut);
		assert_int_equal(datarec_read(&r, copy, cut, len, NULL, 0),
		    cut == len);
		for (i = 0; i < cut; i++) {
			copy[i] ^= 0xff;
			(void)datarec_read(&r, copy, cut, len, NULL, 0);
			copy[i] ^= 0xff;
		}
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(comment_is_for_people),
		cmocka_unit_test(tags_are_those_of_upper_pdus),
		cmocka_unit_test(longest_record_fits),
		cmocka_unit_test(tags_alone_tell),
		cmocka_unit_test(comment_alone_tells),
		cmocka_unit_test(hostile_comments_are_read),
		cmocka_unit_test(damaged_frames_are_read),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
