/*
 * What ipreport shows above TCP and UDP: fields as text and JSON, names of the
 * DNS, messages cut at every octet, records of RPC, calls and their replies.
 */
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
#include "ipreport/apps/apps.h"
#include "ipreport/apps/dns.h"
#include "ipreport/apps/table_impl.h"
#include "report/json.h"

#define UDP	17
#define TCP	6

/* ---- what was written ---- */

static FILE	*file;
static char	 written[1 << 20];

static struct out *
begin(void)
{
	file = tmpfile();
	assert_non_null(file);
	return (out_new(fileno(file)));
}

static const char *
end(struct out *out)
{
	ssize_t	n;

	assert_int_equal(out_flush(out), 0);
	n = pread(fileno(file), written, sizeof(written) - 1, 0);
	assert_true(n >= 0);
	written[n] = '\0';
	out_free(out);
	(void)fclose(file);
	return (written);
}

static struct app_packet
packet(uint8_t proto, uint16_t sport, uint16_t dport, const uint8_t *p,
    uint32_t captured, uint32_t wire)
{
	struct app_packet	a = { .number = 1, .sport = sport,
	    .dport = dport, .proto = proto,
	    .data = cursor_open(p, captured, wire) };

	a.src[15] = 1;
	a.dst[15] = 2;
	return (a);
}

/* ---- messages ---- */

static const uint8_t	dns[] =
    "\x12\x34\x81\x80\0\1\0\2\0\0\0\1"
    "\3www\7example\3com\0\0\1\0\1"
    "\xc0\x0c\0\5\0\1\0\0\1\x2c\0\6\3cdn\xc0\x10"
    "\3cdn\xc0\x10\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x50"
    "\0\0\x29\4\xd0\0\0\x80\0\0\0";

/* A call of NFSv4: PUTROOTFH, LOOKUP "etc", GETFH. */
static const uint8_t	nfs[] =
    "\0\0\0\x77\0\0\0\0\0\0\0\2\0\1\x86\xa3\0\0\0\4\0\0\0\1"
    "\0\0\0\1\0\0\0\x1c\0\0\0\x63\0\0\0\4desk\0\0\3\xe8\0\0\0\x64"
    "\0\0\0\1\0\0\0\x0a\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\3"
    "\0\0\0\x18\0\0\0\x0f\0\0\0\3etc\0\0\0\0\x0a";

static const uint8_t	dhcp6[] =
    "\1\x12\x34\x56\0\1\0\4\0\4\xaa\xbb\0\3\0\x10\0\0\0\1\0\0\0\2\0\0\0\3"
    "\0\x0d\0\0\0\6\0\2\0\x17";

_Static_assert(sizeof(nfs) == 101, "the lengths below");
#define LEN(message)	((uint32_t)sizeof(message) - 1)

/* Show a message as a packet of that port. */
static const char *
shown(uint8_t proto, uint16_t sport, uint16_t dport, const uint8_t *p,
    uint32_t captured, uint32_t wire)
{
	struct out		*out = begin();
	struct fields		*f = fields_text_new(out, true);
	struct apps		*apps = apps_new(true);
	struct app_packet	 a = packet(proto, sport, dport, p, captured,
				    wire);

	(void)apps_show(apps, &a, f);
	apps_free(apps);
	fields_free(f);
	return (end(out));
}

static void
a_message_is_shown_whole(void **state)
{
	(void)state;
	assert_string_equal(shown(UDP, 53, 4000, dns, LEN(dns), LEN(dns)),
	    "DNS:    id=4660, flags<QR | RD | RA>, opcode=0 (QUERY), "
	    "rcode=0 (NOERROR)\n"
	    "DNS:    questions=1, answers=2, authorities=0, additionals=1\n"
	    "DNS:    question: name=www.example.com, type=1 (A), "
	    "class=1 (IN)\n"
	    "DNS:    answer: name=www.example.com, type=5 (CNAME), "
	    "class=1 (IN), ttl=300\n"
	    "DNS:        target=cdn.example.com\n"
	    "DNS:    answer: name=cdn.example.com, type=1 (A), "
	    "class=1 (IN), ttl=60\n"
	    "DNS:        address=192.0.2.80\n"
	    "DNS:    additional: name=., type=41 (OPT), udp_size=1232, "
	    "extended_rcode=0\n"
	    "DNS:        version=0, flags<DO>\n");
	assert_string_equal(shown(UDP, 4000, 2049, nfs, LEN(nfs), LEN(nfs)),
	    "RPC:    xid=0x77, kind=0 (CALL), program=100003 (nfs), "
	    "version=4\n"
	    "RPC:    procedure=1 (COMPOUND)\n"
	    "RPC:    credentials: flavor=1 (AUTH_SYS), stamp=99, "
	    "machine=\"desk\", uid=1000\n"
	    "RPC:        gid=100, gids<10>\n"
	    "NFS:    call=COMPOUND, tag=\"\", minor=0, operations=3\n"
	    "NFS:    operation: op=24 (PUTROOTFH)\n"
	    "NFS:    operation: op=15 (LOOKUP), name=\"etc\"\n"
	    "NFS:    operation: op=10 (GETFH)\n");
}

/*
 * Each prefix in memory of its own, so that a sanitizer sees what is read after
 * it; all but the whole message say that there was more.
 */
static void
cut(uint8_t proto, uint16_t sport, uint16_t dport, const uint8_t *message,
    uint32_t len)
{
	uint32_t	 n;
	uint8_t		*copy;
	const char	*text;

	for (n = 1; n <= len; n++) {
		assert_non_null(copy = malloc(n));
		memcpy(copy, message, n);
		text = shown(proto, sport, dport, copy, n, len);
		if (n >= 8 && (strstr(text, "(the rest was not captured)") !=
		    NULL) != (n < len))
			fail_msg("%u of %u octets: %s", n, len, text);
		text = shown(proto, sport, dport, copy, n, n);
		if (n >= 8 && strstr(text, "captured") != NULL)
			fail_msg("%u octets are all: %s", n, text);
		free(copy);
	}
}

static void
a_message_is_cut_at_every_octet(void **state)
{
	(void)state;
	cut(UDP, 53, 4000, dns, LEN(dns));
	cut(UDP, 4000, 2049, nfs, LEN(nfs));
	cut(UDP, 546, 547, dhcp6, LEN(dhcp6));
}

/* ---- names ---- */

static const struct {
	const char	*octets;
	uint32_t	 len, at;
	const char	*text;		/* NULL: malformed */
	uint32_t	 after;
} names[] = {
	{ "\3www\2xy\0", 8, 0, "www.xy", 8 },
	{ "\0", 1, 0, ".", 1 },
	{ "\2xy\0\3www\xc0\0z", 11, 4, "www.xy", 10 },
	{ "\5a.b\\\"\0", 7, 0, "a\\.b\\\\\\\"", 7 },
	{ "\4 \n\x7f\xff\0", 6, 0, "\\032\\010\\127\\255", 6 },
	/* Pointers: to itself, forwards, in a circle, cut. */
	{ "\xc0\0", 2, 0, NULL, 0 },
	{ "\1a\xc0\4\1b\0", 7, 0, NULL, 0 },
	{ "\1a\xc0\2", 4, 0, NULL, 0 },
	{ "\1a\xc0\4\1b\xc0\0", 8, 4, NULL, 0 },
	{ "\1a\xc0", 3, 0, NULL, 0 },
	{ "\xc0", 1, 0, NULL, 0 },
	/* Kinds of labels that were never used; no end. */
	{ "\x41" "a\0", 3, 0, NULL, 0 },
	{ "\x80" "a\0", 3, 0, NULL, 0 },
	{ "\3ww", 3, 0, NULL, 0 },
	{ "\1a", 2, 0, NULL, 0 },
};

static void
names_are_followed_backwards_only(void **state)
{
	char		text[DNS_NAME];
	struct cursor	c;
	const uint8_t	*p;
	size_t		i;
	int		rc;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		p = (const uint8_t *)names[i].octets;
		c = cursor_open(p, names[i].len, names[i].len);
		cursor_skip(&c, names[i].at);
		rc = dns_name(&c, p, text);
		if (rc != (names[i].text == NULL ? -1 : 0))
			fail_msg("name %zu gives %d", i, rc);
		if (rc == -1)
			continue;
		assert_string_equal(text, names[i].text);
		assert_int_equal(c.p - p, names[i].after);
	}
}

/* The longest name has 255 octets with the lengths of its labels. */
static void
a_name_has_255_octets_at_most(void **state)
{
	uint8_t		octets[512];
	char		text[DNS_NAME];
	struct cursor	c;
	unsigned	labels;

	(void)state;
	for (labels = 127; labels <= 128; labels++) {
		memset(octets, 0, sizeof(octets));
		for (unsigned i = 0; i < labels; i++)
			memcpy(octets + 2 * i, "\1\xff", 2);
		c = cursor_open(octets, 2 * labels + 1, 2 * labels + 1);
		assert_int_equal(dns_name(&c, octets, text),
		    labels == 127 ? 0 : -1);
	}
}

/* ---- sinks ---- */

static void
text_of_a_packet_adds_no_items(void **state)
{
	struct out	*out = begin();
	struct fields	*f = fields_text_new(out, false);

	(void)state;
	fields_begin(f, "dns");
	fields_octets(f, "text", (const uint8_t *)"a\", b=1\n\x1b[2J\\", 13);
	fields_end(f);
	fields_free(f);
	assert_string_equal(end(out), "DNS breakdown:\n"
	    "        text=\"a\\\", b=1\\x0a\\x1b[2J\\\\\"\n");
}

static void
long_octets_are_shortened(void **state)
{
	struct out	*out = begin();
	struct fields	*f = fields_text_new(out, true);
	uint8_t		 octets[300];
	const char	*text;

	(void)state;
	memset(octets, 'x', sizeof(octets));
	fields_begin(f, "a");
	fields_octets(f, "b", octets, 256);
	fields_octets(f, "c", octets, 257);
	fields_opaque(f, "d", octets, 257);
	fields_end(f);
	fields_free(f);
	text = end(out);
	assert_non_null(strstr(text, "x\"\n"));
	assert_non_null(strstr(text, "x\"...\n"));
	assert_non_null(strstr(text, "78...\n"));
}

static void
json_has_lists_and_names(void **state)
{
	struct fields	*f = fields_json_new();
	struct out	*out = begin();
	json_t		*o = json_object();

	(void)state;
	fields_json_into(f, o);
	fields_begin(f, "p");
	fields_named(f, "type", 28, "AAAA");
	fields_hex(f, "id", UINT64_MAX);
	fields_item(f, "one");
	fields_u64(f, "n", 1);
	fields_end(f);
	fields_u64(f, "twice", 1);
	fields_u64(f, "twice", 2);
	fields_words(f, "words");
	fields_word(f, "a");
	fields_words_end(f);
	fields_note(f, "short");
	fields_end(f);
	assert_false(fields_failed(f));
	assert_int_equal(json_put_line(o, out), 0);
	json_decref(o);
	fields_free(f);
	assert_string_equal(end(out), "{\"p\":{\"type\":28,"
	    "\"type_name\":\"AAAA\",\"id\":\"0xffffffffffffffff\","
	    "\"one\":[{\"n\":1}],\"twice\":[1,2],\"words\":[\"a\"],"
	    "\"notes\":[\"short\"]}}\n");
}

/* A packet of 65,535 octets gives no megabytes. */
static void
a_packet_has_a_limit_of_fields(void **state)
{
	static uint8_t	 octets[60000];
	const char	*text;
	size_t		 lines = 0;

	(void)state;
	put_be16(octets + 2, 0x8180);
	put_be16(octets + 6, 65535);	/* answers: root, type 0 */
	text = shown(UDP, 53, 4000, octets, sizeof(octets), sizeof(octets));
	assert_non_null(strstr(text, "(more is not shown)"));
	for (; (text = strchr(text, '\n')) != NULL; text++)
		lines++;
	assert_in_range(lines, 100, FIELDS_MOST);
}

/* ---- records of RPC ---- */

static void
a_segment_has_several_records(void **state)
{
	uint8_t		octets[3 * sizeof(nfs) + 12];
	uint32_t	n = 0, one = LEN(nfs) + 4;
	const char	*text;

	(void)state;
	for (int i = 0; i < 2; i++, n += one) {
		put_be32(octets + n, 0x80000000 | LEN(nfs));
		memcpy(octets + n + 4, nfs, LEN(nfs));
	}
	text = shown(TCP, 4000, 2049, octets, n, n);
	text = strstr(text, "RPC:    record_length=100");
	assert_non_null(text);
	assert_non_null(strstr(text + 1, "RPC:    record_length=100"));
	assert_null(strstr(text, "continued"));
	/* The second one ends in its arguments, and no octet is missing. */
	text = shown(TCP, 4000, 2049, octets, n - 8, n - 8);
	assert_non_null(strstr(text, "continued in a later segment"));
	assert_null(strstr(text, "malformed"));
	/* A segment from the middle on. */
	text = shown(TCP, 4000, 2049, octets + 40, n - 40, n - 40);
	assert_string_equal(text,
	    "RPC:    (continued from a segment before), octets=168\n");
	/* The same at another port is not RPC at all. */
	assert_string_equal(shown(TCP, 4000, 999, octets + 40, n - 40,
	    n - 40), "");
}

/* ---- calls ---- */

static uint64_t	given_up[8], ngiven_up;

static void
note_given_up(void *arg, const struct call *c)
{
	(void)arg;
	assert_true(ngiven_up < 8);
	given_up[ngiven_up++] = c->key.id;
}

static struct call *
add(struct calls *t, uint32_t id)
{
	struct call_key	k = { .id = id };

	return (calls_add(t, &k));
}

static bool
is_there(struct calls *t, uint32_t id)
{
	struct call_key	k = { .id = id };

	return (calls_find(t, &k) != NULL);
}

static void
answered_calls_make_room_first(void **state)
{
	struct calls	*t = calls_new(3, note_given_up, NULL);
	uint32_t	 id;

	(void)state;
	ngiven_up = 0;
	add(t, 1);
	calls_answered(t, add(t, 2), true);
	add(t, 3);
	add(t, 4);			/* for 2 */
	assert_int_equal(ngiven_up, 0);
	assert_false(is_there(t, 2));
	assert_true(is_there(t, 1) && is_there(t, 3) && is_there(t, 4));
	add(t, 5);			/* for 1, the oldest */
	add(t, 6);			/* for 3 */
	assert_int_equal(ngiven_up, 2);
	assert_int_equal(given_up[0], 1);
	assert_int_equal(given_up[1], 3);
	for (id = 4; id <= 6; id++)
		assert_true(is_there(t, id));
	ngiven_up = 0;
	calls_each(t, note_given_up, NULL);
	assert_int_equal(ngiven_up, 3);
	assert_int_equal(given_up[0], 4);
	calls_free(t);
}

/* More calls than places, and none is lost without a word. */
static void
every_call_gets_its_row(void **state)
{
	struct out		*out = begin();
	struct sheet		*sheet = sheet_new(out, SHEET_CSV, table_dns);
	const struct pairs_kind	 kind = { pairs_dns, pairs_dns_row };
	struct pairs		*t = pairs_new(&kind, sheet, 4);
	uint8_t			 ask[sizeof(dns)];
	struct app_packet	 p;
	const char		*text;
	size_t			 rows = 0;

	(void)state;
	memcpy(ask, dns, sizeof(dns));
	put_be16(ask + 2, 0x0100);
	for (uint16_t id = 0; id < 10; id++) {
		put_be16(ask, id);
		p = packet(UDP, 4000, 53, ask, LEN(dns), LEN(dns));
		pairs_dns(t, &p);
	}
	pairs_end(t);
	assert_int_equal(t->counts.given_up, 6);
	assert_int_equal(t->counts.unanswered, 10);
	pairs_free(t);
	sheet_free(sheet);
	text = end(out);
	for (; (text = strchr(text, '\n')) != NULL; text++)
		rows++;
	assert_int_equal(rows, 1 + 10);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(a_message_is_shown_whole),
		cmocka_unit_test(a_message_is_cut_at_every_octet),
		cmocka_unit_test(names_are_followed_backwards_only),
		cmocka_unit_test(a_name_has_255_octets_at_most),
		cmocka_unit_test(text_of_a_packet_adds_no_items),
		cmocka_unit_test(long_octets_are_shortened),
		cmocka_unit_test(json_has_lists_and_names),
		cmocka_unit_test(a_packet_has_a_limit_of_fields),
		cmocka_unit_test(a_segment_has_several_records),
		cmocka_unit_test(answered_calls_make_room_first),
		cmocka_unit_test(every_call_gets_its_row),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
