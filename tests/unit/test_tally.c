/*
 * Questions answered from rows: the groups that each row counts in, their
 * order, and which of them are shown.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "query/where.h"
#include "report/answer.h"
#include "tally/tally.h"

#define TEXT_MAX	8192
#define MIDNIGHT	UINT64_C(1795215600)	/* Nov 21 in Berlin */

struct row {
	const char	*src, *dst;
	uint16_t	 sport, dport;
	uint8_t		 proto;
	uint8_t		 flags;
	uint64_t	 packets, data, ip;
};

static const struct row	first[] = {
	{ "10.0.0.1", "192.0.2.9", 1025, 443, 6, 0, 10, 900, 1500 },
	{ "10.0.0.2", "10.0.0.1", 53, 53, 17, 0, 1, 60, 88 },
	{ "192.0.2.9", "10.0.0.1", 443, 1025, 6, 0, 20, 900, 9000 },
	{ "192.0.2.9", "192.0.2.8", 0, 0, 1, 0, 1, 56, 84 },
	{ "10.0.0.1", "10.0.0.1", 5000, 22, 6, 0, 1, 0, 40 },
	{ "2001:db8:0:1::1", "fd00::1", 80, 4000, 6, 0, 5, 400, 700 },
};

static const struct row	second[] = {
	{ "10.0.0.1", "192.0.2.9", 1025, 443, 6, 0, 1, 100, 200 },
	{ "10.0.0.3", "192.0.2.9", 0, 443, 6, FLOW_SPORT_CLIENT, 2, 10, 90 },
	{ "other", "other", 0, 0, 17, FLOW_OTHER, 7, 70, 1000 },
};

static void
set_address(struct flow_key *k, uint8_t addr[16], const char *text)
{
	if (inet_pton(AF_INET, text, addr + 12) == 1) {
		k->family = FLOW_FAMILY_IP4;
		memset(addr + 10, 0xff, 2);
	} else if (inet_pton(AF_INET6, text, addr) == 1)
		k->family = FLOW_FAMILY_IP6;
}

static void
add_block(struct tally *t, uint64_t number, uint64_t begin, uint64_t seconds,
    const struct row *rows, size_t n)
{
	static struct block_info info;
	struct flow		 f;
	size_t			 i;
	int			 in;

	memset(&info, 0, sizeof(info));
	strlcpy(info.ifname, "eth0", sizeof(info.ifname));
	strlcpy(info.host, "gate", sizeof(info.host));
	info.begin_ns = begin * NS_PER_S;
	info.end_ns = (begin + seconds) * NS_PER_S;
	info.ledger.v[LEDGER_FRAMES] = 100;
	in = tally_block(t, &info, number);
	assert_int_not_equal(in, -1);
	for (i = 0; in == 1 && i < n; i++) {
		memset(&f, 0, sizeof(f));
		set_address(&f.key, f.key.src, rows[i].src);
		set_address(&f.key, f.key.dst, rows[i].dst);
		f.key.sport = rows[i].sport;
		f.key.dport = rows[i].dport;
		f.key.proto = rows[i].proto;
		f.key.flags = rows[i].flags;
		f.count.packets = rows[i].packets;
		f.count.data = rows[i].data;
		f.count.ip = rows[i].ip;
		assert_int_equal(tally_rows(t, &f, 1), 0);
	}
}

static void
ask(struct question *q, const char *by)
{
	const char	*bad;

	memset(q, 0, sizeof(*q));
	q->until_ns = UINT64_MAX;
	assert_null(question_table_add(q, RESULT_ANSWER, "Traffic", by, &bad));
}

/* The answer over both blocks, as CSV without the column of names. */
static void
answered(struct question *q, const char *expected)
{
	static const struct names_opts	numeric = { .numeric = true };
	struct tally			*t = tally_new(q);
	struct names			*names = names_new(&numeric);
	struct result			*r;
	FILE				*f = tmpfile();
	struct out			*o;
	char				 text[TEXT_MAX];
	ssize_t				 n;

	assert_true(f != NULL && t != NULL && names != NULL);
	add_block(t, 1, MIDNIGHT - 60, 86400, first,
	    sizeof(first) / sizeof(first[0]));
	add_block(t, 2, MIDNIGHT - 60 + 86400, 86400, second,
	    sizeof(second) / sizeof(second[0]));
	r = tally_result(t, names);
	assert_non_null(r);
	o = out_new(fileno(f));
	assert_int_equal(answer_csv.write(o, r, NULL), 0);
	assert_int_equal(out_flush(o), 0);
	n = pread(fileno(f), text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(strchr(text, '\n') + 1, expected);
	out_free(o);
	fclose(f);
	result_free(r);
	names_free(names);
	tally_free(t);
	question_end(q);
}

/* Columns: keys, in, out, bytes, data, packets, rate, share. */
static const struct {
	const char	*by;
	const char	*rows;
} cases[] = {
	{ "host",
	    "192.0.2.9,1790,9084,10874,1966,34,1,0.446314\n"
	    "10.0.0.1,9128,1740,10828,1960,33,1,0.444426\n"
	    "other,1000,1000,1000,70,7,0,0.041044\n"
	    "2001:db8:0:1::1,0,700,700,400,5,0,0.028730\n"
	    "fd00::1,700,0,700,400,5,0,0.028730\n"
	    "10.0.0.3,0,90,90,10,2,0,0.003693\n"
	    "10.0.0.2,0,88,88,60,1,0,0.003611\n"
	    "192.0.2.8,84,0,84,56,1,0,0.003447\n" },
	/* What is local has a row; of both ends, if both are. */
	{ "local",
	    "10.0.0.1,10.0.0.1,9128,1740,10828,1960,33,1,0.924995\n"
	    "fd00::1,fd00::1,700,0,700,400,5,0,0.059798\n"
	    "10.0.0.3,10.0.0.3,0,90,90,10,2,0,0.007688\n"
	    "10.0.0.2,10.0.0.2,0,88,88,60,1,0,0.007517\n" },
	/* Without a map none is known; a byte between two counts once. */
	{ "mac", "unknown,9828,1918,11618,2370,40,1,1.000000\n" },
	{ "src",
	    "192.0.2.9,9000,0,9084,956,21,0,0.715162\n"
	    "10.0.0.1,0,1700,1740,1000,12,0,0.136986\n"
	    "other,0,0,1000,70,7,0,0.078727\n"
	    "2001:db8:0:1::1,700,0,700,400,5,0,0.055109\n"
	    "10.0.0.3,0,90,90,10,2,0,0.007085\n"
	    "10.0.0.2,0,0,88,60,1,0,0.006928\n" },
	{ "pair",
	    "10.0.0.1,192.0.2.9,9000,1700,10700,1900,31,0,0.842387\n"
	    "other,other,0,0,1000,70,7,0,0.078727\n"
	    "2001:db8:0:1::1,fd00::1,700,0,700,400,5,0,0.055109\n"
	    "10.0.0.3,192.0.2.9,0,90,90,10,2,0,0.007085\n"
	    "10.0.0.1,10.0.0.2,0,0,88,60,1,0,0.006928\n"
	    "192.0.2.8,192.0.2.9,0,0,84,56,1,0,0.006613\n"
	    "10.0.0.1,10.0.0.1,0,0,40,0,1,0,0.003149\n" },
	{ "net/24/48",
	    "10.0.0.0/24,9128,1918,10918,1970,35,1,0.451306\n"
	    "192.0.2.0/24,1874,9084,10874,1966,34,1,0.449487\n"
	    "other,1000,1000,1000,70,7,0,0.041335\n"
	    "2001:db8::/48,0,700,700,400,5,0,0.028935\n"
	    "fd00::/48,700,0,700,400,5,0,0.028935\n" },
	{ "net/64",
	    "192.0.2.9/32,1790,9084,10874,1966,34,1,0.446314\n"
	    "10.0.0.1/32,9128,1740,10828,1960,33,1,0.444426\n"
	    "other,1000,1000,1000,70,7,0,0.041044\n"
	    "2001:db8:0:1::/64,0,700,700,400,5,0,0.028730\n"
	    "fd00::/64,700,0,700,400,5,0,0.028730\n"
	    "10.0.0.3/32,0,90,90,10,2,0,0.003693\n"
	    "10.0.0.2/32,0,88,88,60,1,0,0.003611\n"
	    "192.0.2.8/32,84,0,84,56,1,0,0.003447\n" },
	{ "port",
	    "443,1790,9000,10790,1910,33,0,0.445278\n"
	    "1025,9000,1700,10700,1900,31,0,0.441564\n"
	    "other,1000,1000,1000,70,7,0,0.041267\n"
	    "80,0,700,700,400,5,0,0.028887\n"
	    "4000,700,0,700,400,5,0,0.028887\n"
	    "client,0,90,90,10,2,0,0.003714\n"
	    "53,88,88,88,60,1,0,0.003631\n"
	    "-,84,84,84,56,1,0,0.003466\n"
	    "22,40,0,40,0,1,0,0.001650\n"
	    "5000,0,40,40,0,1,0,0.001650\n" },
	{ "service",
	    "443/tcp,9000,1790,10790,1910,33,0,0.849472\n"
	    "other/udp,0,0,1000,70,7,0,0.078727\n"
	    "80/tcp,700,0,700,400,5,0,0.055109\n"
	    "53/udp,0,0,88,60,1,0,0.006928\n"
	    "icmp,0,0,84,56,1,0,0.006613\n"
	    "22/tcp,0,0,40,0,1,0,0.003149\n" },
	{ "proto",
	    "tcp,9700,1790,11530,2310,39,1,0.907731\n"
	    "udp,0,0,1088,130,8,0,0.085655\n"
	    "icmp,0,0,84,56,1,0,0.006613\n" },
	{ "day",
	    "2026-11-21,9700,1500,11412,2316,38,1,0.898441\n"
	    "2026-11-22,0,290,1290,180,10,0,0.101558\n" },
	{ "block",
	    "1,2026-11-20T23:59:00+01:00,2026-11-21T23:59:00+01:00,"
	    "9700,1500,11412,2316,38,1,0.898441\n"
	    "2,2026-11-21T23:59:00+01:00,2026-11-22T23:59:00+01:00,"
	    "0,290,1290,180,10,0,0.101558\n" },
	{ "month", "2026-11,9700,1790,12702,2496,48,1,1.000000\n" },
	{ "week",
	    "2026-W47,9700,1790,12702,2496,48,1,1.000000\n" },
	{ "hour",
	    "2026-11-21T11:00:00+01:00,9700,1500,11412,2316,38,1,0.898441\n"
	    "2026-11-22T11:00:00+01:00,0,290,1290,180,10,0,0.101558\n" },
	/* A block counts in the minute of its middle. */
	{ "minute",
	    "2026-11-21T11:59:00+01:00,9700,1500,11412,2316,38,1,0.898441\n"
	    "2026-11-22T11:59:00+01:00,0,290,1290,180,10,0,0.101558\n" },
	{ "proto,day",
	    "tcp,2026-11-21,9700,1500,11240,2200,36,1,0.884900\n"
	    "udp,2026-11-21,0,0,88,60,1,0,0.006928\n"
	    "icmp,2026-11-21,0,0,84,56,1,0,0.006613\n"
	    "udp,2026-11-22,0,0,1000,70,7,0,0.078727\n"
	    "tcp,2026-11-22,0,290,290,110,3,0,0.022831\n" },
	/* Of each side its own port. */
	{ "net/8,port",
	    "192.0.0.0/8,443,1790,9000,10790,1910,33,0,0.445278\n"
	    "10.0.0.0/8,1025,9000,1700,10700,1900,31,0,0.441564\n"
	    "other,other,1000,1000,1000,70,7,0,0.041267\n"
	    "2001:db8:0:1::/64,80,0,700,700,400,5,0,0.028887\n"
	    "fd00::/64,4000,700,0,700,400,5,0,0.028887\n"
	    "10.0.0.0/8,client,0,90,90,10,2,0,0.003714\n"
	    "10.0.0.0/8,53,88,88,88,60,1,0,0.003631\n"
	    "192.0.0.0/8,-,84,84,84,56,1,0,0.003466\n"
	    "10.0.0.0/8,22,40,0,40,0,1,0,0.001650\n"
	    "10.0.0.0/8,5000,0,40,40,0,1,0,0.001650\n" },
	{ "", "9700,1790,12702,2496,48,1,1.000000\n" },
};

static void
by_keys(void **state)
{
	struct question	q;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(&q, cases[i].by);
		answered(&q, cases[i].rows);
	}
}

static void
first_rows(void **state)
{
	struct question	q;

	(void)state;
	ask(&q, "host");
	q.table[0].top = 2;
	answered(&q,
	    "192.0.2.9,1790,9084,10874,1966,34,1,0.446314\n"
	    "10.0.0.1,9128,1740,10828,1960,33,1,0.444426\n");
	ask(&q, "host");
	q.table[0].top = 2;
	q.table[0].sort = "in";
	answered(&q,
	    "10.0.0.1,9128,1740,10828,1960,33,1,0.444426\n"
	    "192.0.2.9,1790,9084,10874,1966,34,1,0.446314\n");
	ask(&q, "host");
	q.table[0].top = 1;
	q.table[0].sort = "host";
	answered(&q, "10.0.0.1,9128,1740,10828,1960,33,1,0.444426\n");
	/* Of each day its largest; of days the largest. */
	ask(&q, "day,proto");
	q.table[0].top = 1;
	answered(&q,
	    "2026-11-21,tcp,9700,1500,11240,2200,36,1,0.884900\n"
	    "2026-11-22,udp,0,0,1000,70,7,0,0.078727\n");
	ask(&q, "day");
	q.table[0].top = 1;
	answered(&q, "2026-11-21,9700,1500,11412,2316,38,1,0.898441\n");
}

static void
chosen_rows(void **state)
{
	struct question	q;
	struct where	*w;
	char		 err[128];

	(void)state;
	ask(&q, "proto");
	q.in = true;
	answered(&q, "tcp,9700,0,9700,1300,25,0,1.000000\n");
	ask(&q, "proto");
	q.in = q.out = true;
	answered(&q, "tcp,9700,1790,11490,2310,38,1,1.000000\n");
	ask(&q, "proto");
	q.where = w = where_new("udp or icmp", err, sizeof(err));
	answered(&q,
	    "udp,0,0,1088,130,8,0,0.928327\n"
	    "icmp,0,0,84,56,1,0,0.071672\n");
	where_free(w);
	/* From the middle of a block on, up to but without the next. */
	ask(&q, "day");
	q.since_ns = (MIDNIGHT - 60 + 43200) * NS_PER_S;
	q.until_ns = (MIDNIGHT - 60 + 43200 + 86400) * NS_PER_S;
	answered(&q, "2026-11-21,9700,1500,11412,2316,38,1,1.000000\n");
	ask(&q, "day");
	q.since_ns = (MIDNIGHT - 60 + 43200) * NS_PER_S + 1;
	answered(&q, "2026-11-22,0,290,1290,180,10,0,1.000000\n");
}

static const struct {
	const char	*by;
	const char	*wrong;
	size_t		 at;
} bad_keys[] = {
	{ "hots", "no such key", 0 },
	{ "day,hots", "no such key", 4 },
	{ "day,", "a key is missing after the comma", 4 },
	{ "day,,host", "no such key", 4 },
	{ "day,day", "given twice", 4 },
	{ "host/24", "takes no length", 0 },
	{ "net", "expected net/LENGTH, or net/LENGTH4/LENGTH6", 0 },
	{ "net/129", "expected net/LENGTH, or net/LENGTH4/LENGTH6", 0 },
	{ "net/33/64", "expected net/LENGTH, or net/LENGTH4/LENGTH6", 0 },
	{ "net/24/64x", "expected net/LENGTH, or net/LENGTH4/LENGTH6", 0 },
	{ "host,src,dst,pair,proto,port,service", "too many keys", 29 },
};

static void
wrong_keys(void **state)
{
	struct question	 q;
	const char	*bad, *wrong;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++) {
		memset(&q, 0, sizeof(q));
		wrong = question_table_add(&q, RESULT_ANSWER, "",
		    bad_keys[i].by, &bad);
		assert_non_null(wrong);
		assert_string_equal(wrong, bad_keys[i].wrong);
		assert_int_equal(bad - bad_keys[i].by, bad_keys[i].at);
		question_end(&q);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(by_keys),
		cmocka_unit_test(first_rows),
		cmocka_unit_test(chosen_rows),
		cmocka_unit_test(wrong_keys),
	};

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
