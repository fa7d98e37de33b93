/*
 * The output stream of reports, and every kind of row in each format.
 */
#include <errno.h>
#include <fcntl.h>
#include <arpa/inet.h>
#include <netdb.h>
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

#include "report/fmt.h"

#define TEXT_MAX	8192

/* One service with a name that needs quotes. */
static int	services_left;

void
setservent(int stay)
{
	(void)stay;
	services_left = 1;
}

void
endservent(void)
{
}

struct servent *
getservent(void)
{
	static struct servent	s;
	static char		name[] = "a,\"b", proto[] = "tcp";

	s.s_name = name;
	s.s_proto = proto;
	s.s_port = htons(80);
	return (services_left-- > 0 ? &s : NULL);
}

static int
scratch_file(void)
{
	FILE	*f = tmpfile();

	assert_non_null(f);
	return (fileno(f));
}

static char *
contents(int fd, char text[TEXT_MAX])
{
	ssize_t	n = pread(fd, text, TEXT_MAX - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	return (text);
}

static void
stream(void **state)
{
	char		 text[TEXT_MAX];
	int		 fd = scratch_file();
	struct out	*o = out_new(fd);

	(void)state;
	assert_non_null(o);
	out_left(o, "ab", 4);
	out_left(o, "abcde", 4);
	out_right(o, 7, 3);
	out_right(o, 12345, 3);
	out_char(o, ' ');
	out_u64(o, 0);
	out_char(o, ' ');
	out_u64(o, UINT64_MAX);
	assert_int_equal(out_flush(o), 0);
	assert_string_equal(contents(fd, text),
	    "ab  abcde  712345 0 18446744073709551615");
	out_free(o);
}

static void
large(void **state)
{
	static char	 in[300001], out[300001];
	int		 fd = scratch_file();
	struct out	*o = out_new(fd);
	size_t		 i;

	(void)state;
	assert_non_null(o);
	for (i = 0; i < sizeof(in); i++)
		in[i] = (char)('a' + i % 23);
	for (i = 0; i < 70000; i++)
		out_char(o, in[i]);
	out_mem(o, in + 70000, sizeof(in) - 70000);
	assert_int_equal(out_flush(o), 0);
	assert_int_equal(pread(fd, out, sizeof(out), 0), sizeof(out));
	assert_memory_equal(in, out, sizeof(in));
	out_free(o);
}

static void
errors_stick(void **state)
{
	int		 fd = open("/dev/null", O_RDONLY);
	struct out	*o = out_new(fd);

	(void)state;
	assert_non_null(o);
	out_str(o, "x");
	assert_int_equal(out_error(o), 0);
	assert_int_equal(out_flush(o), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(out_flush(o), -1);
	assert_int_equal(errno, EBADF);
	out_fail(o, ENOMEM);
	assert_int_equal(out_error(o), EBADF);
	out_free(o);
	close(fd);
}

/* ---- formats ---- */

static struct flow
make_flow(uint8_t family, uint8_t proto, uint16_t sport, uint16_t dport,
    uint8_t flags, uint64_t bytes)
{
	struct flow	f;

	memset(&f, 0, sizeof(f));
	f.key.family = family & FLOW_FAMILY_MASK;
	f.key.proto = proto;
	f.key.sport = sport;
	f.key.dport = dport;
	f.key.flags = flags;
	memset(f.key.src, family == FLOW_FAMILY_IP6 ? 0x20 : 0, 16);
	if (family == FLOW_FAMILY_IP4) {
		memcpy(f.key.src + 12, "\xc0\xa8\x00\x01", 4);
		memcpy(f.key.dst + 12, "\x0a\x64\x02\x62", 4);
	}
	f.count.packets = 3;
	f.count.data = 12345;
	f.count.ip = bytes;
	return (f);
}

#define NROWS	7

static void
make_rows(struct flow rows[NROWS])
{
	rows[0] = make_flow(4, 6, 80, 1025, 0, 13456);
	rows[1] = make_flow(4, 6, 80, 0, FLOW_DPORT_CLIENT, 2);
	rows[2] = make_flow(4, 17, 0, 53, FLOW_SPORT_CLIENT, 3);
	rows[3] = make_flow(6, 58, 0, 0, 0, UINT64_MAX);
	rows[4] = make_flow(4, 1, 0, 0, FLOW_NO_DST, 4);
	rows[5] = make_flow(4, 0, 0, 0, FLOW_NO_PROTO, 5);
	rows[6] = make_flow(0, 6, 0, 0, FLOW_OTHER, 6);
}

#define ISO	"1970-01-02T00:00:00Z"
#define V6	"2020:2020:2020:2020:2020:2020:2020:2020"
#define HEAD	"begin,end,src,sport,dst,dport,proto,packets,data,bytes\n"

#define SQL_WHEN "'fx?p0','1970-01-02 00:00:00','1970-01-02 00:00:00',"
#define SQL_HEAD \
	"CREATE TABLE IF NOT EXISTS traffic (\n" \
	"\tiface VARCHAR(64) NOT NULL,\n" \
	"\tbegin_at VARCHAR(19) NOT NULL,\n" \
	"\tend_at VARCHAR(19) NOT NULL,\n" \
	"\tsrc VARCHAR(255) NOT NULL,\n" \
	"\tsport INTEGER,\n" \
	"\tdst VARCHAR(255) NOT NULL,\n" \
	"\tdport INTEGER,\n" \
	"\tproto INTEGER,\n" \
	"\tpackets NUMERIC(20) NOT NULL,\n" \
	"\tdata NUMERIC(20) NOT NULL,\n" \
	"\tbytes NUMERIC(20) NOT NULL\n" \
	");\n" \
	"BEGIN;\n" \
	"INSERT INTO traffic (iface, begin_at, end_at, src, sport, dst, dport, " \
	"proto, packets, data, bytes) VALUES\n"

static const struct {
	const char	*format;
	bool		 numeric;
	bool		 blank_ports;
	const char	*expected;
} cases[] = {
	{ "text", true, false,
	    "\n"
	    " (fx?p0) - at Jan  2 00:00:00 - Jan  2 00:00:00\n"
	    " Summary: 1234 data bytes, 5678 all bytes, 7 records\n"
	    "     From           Port         To            Port  Proto     "
	    "Data       All\n"
	    "192.168.0.1        80      10.100.2.98        1025    tcp      "
	    "12345      13456\n"
	    "192.168.0.1        80      10.100.2.98        client  tcp      "
	    "12345          2\n"
	    "192.168.0.1        client  10.100.2.98        53      udp      "
	    "12345          3\n"
	    V6 " 0       ::                 0       ipv6-icmp     "
	    "12345 18446744073709551615\n"
	    "192.168.0.1        0       other              0       icmp     "
	    "12345          4\n"
	    "192.168.0.1        0       10.100.2.98        0       ip       "
	    "12345          5\n"
	    "other              0       other              0       ip       "
	    "12345          6\n" },
	{ "text", true, true,
	    "\n"
	    " (fx?p0) - at Jan  2 00:00:00 - Jan  2 00:00:00\n"
	    " Summary: 1234 data bytes, 5678 all bytes, 7 records\n"
	    "     From           Port         To            Port  Proto     "
	    "Data       All\n"
	    "192.168.0.1        80      10.100.2.98        1025    tcp      "
	    "12345      13456\n"
	    "192.168.0.1        80      10.100.2.98        client  tcp      "
	    "12345          2\n"
	    "192.168.0.1        client  10.100.2.98        53      udp      "
	    "12345          3\n"
	    V6 "         ::                         ipv6-icmp     "
	    "12345 18446744073709551615\n"
	    "192.168.0.1                other                      icmp     "
	    "12345          4\n"
	    "192.168.0.1                10.100.2.98                ip       "
	    "12345          5\n"
	    "other              0       other              0       ip       "
	    "12345          6\n" },
	{ "csv", true, false, HEAD
	    ISO "," ISO ",192.168.0.1,80,10.100.2.98,1025,6,3,12345,13456\n"
	    ISO "," ISO ",192.168.0.1,80,10.100.2.98,0,6,3,12345,2\n"
	    ISO "," ISO ",192.168.0.1,0,10.100.2.98,53,17,3,12345,3\n"
	    ISO "," ISO "," V6 ",0,::,0,58,3,12345,18446744073709551615\n"
	    ISO "," ISO ",192.168.0.1,0,other,0,1,3,12345,4\n"
	    ISO "," ISO ",192.168.0.1,0,10.100.2.98,0,0,3,12345,5\n"
	    ISO "," ISO ",other,0,other,0,6,3,12345,6\n" },
	{ "sql", true, false, SQL_HEAD
	    "(" SQL_WHEN "'192.168.0.1',80,'10.100.2.98',1025,6,3,12345,13456"
	    "),\n"
	    "(" SQL_WHEN "'192.168.0.1',80,'10.100.2.98',NULL,6,3,12345,2),\n"
	    "(" SQL_WHEN "'192.168.0.1',NULL,'10.100.2.98',53,17,3,12345,3),\n"
	    "(" SQL_WHEN "'" V6 "',0,'::',0,58,3,12345,18446744073709551615"
	    "),\n"
	    "(" SQL_WHEN "'192.168.0.1',0,'other',0,1,3,12345,4),\n"
	    "(" SQL_WHEN "'192.168.0.1',NULL,'10.100.2.98',NULL,NULL,3,12345,5"
	    "),\n"
	    "(" SQL_WHEN "'other',NULL,'other',NULL,6,3,12345,6);\nCOMMIT;\n" },
	{ "json", true, false,
	    "{\"begin\":\"" ISO "\",\"end\":\"" ISO "\",\"src\":\"192.168.0.1"
	    "\",\"sport\":80,\"dst\":\"10.100.2.98\",\"dport\":1025,\"proto\""
	    ":6,\"packets\":3,\"data\":12345,\"bytes\":13456}\n"
	    "{\"begin\":\"" ISO "\",\"end\":\"" ISO "\",\"src\":\"192.168.0.1"
	    "\",\"sport\":80,\"dst\":\"10.100.2.98\",\"dport\":0,\"proto\""
	    ":6,\"packets\":3,\"data\":12345,\"bytes\":2}\n" },
};

/* Make a report of the first n rows into text. */
static void
report(const char *format, const struct fmt_view *v, size_t n,
    char text[TEXT_MAX])
{
	static struct block_info	 info;
	const struct fmt_ops		*ops = fmt_find(format);
	struct flow			 rows[NROWS];
	int				 fd = scratch_file();
	struct out			*o = out_new(fd);
	void				*state;
	size_t				 i;

	assert_non_null(ops);
	assert_non_null(o);
	info.begin_ns = info.end_ns = UINT64_C(86400000000000);
	info.rows = NROWS;
	info.total.data = 1234;
	info.total.ip = 5678;
	memcpy(info.ifname, "fx\np0", 6);
	make_rows(rows);
	assert_non_null(state = ops->begin(o, v));
	ops->block(state, &info);
	for (i = 0; i < n; i++)
		ops->row(state, &rows[i]);
	ops->end(state);
	assert_int_equal(out_flush(o), 0);
	out_free(o);
	contents(fd, text);
}

static void
formats(void **state)
{
	char			 text[TEXT_MAX];
	struct names_opts	 opts = { true, false, false, false };
	struct fmt_view		 v = { .numeric = false };
	size_t			 i;

	(void)state;
	assert_non_null(v.names = names_new(&opts));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].format);
		v.numeric = cases[i].numeric;
		v.blank_ports = cases[i].blank_ports;
		report(cases[i].format, &v,
		    strcmp(cases[i].format, "json") == 0 ? 2 : NROWS, text);
		assert_string_equal(text, cases[i].expected);
	}
	names_free(v.names);
	assert_null(fmt_find("xml"));
}

/* With names, on a side without an address lest the resolver be asked. */
static void
quotes(void **state)
{
	char			 text[TEXT_MAX];
	struct names_opts	 opts = { false, false, false, false };
	struct fmt_view		 v = { .numeric = false };
	struct names		*n = names_new(&opts);
	const struct fmt_ops	*ops[] = { &fmt_csv, &fmt_tsv, &fmt_json };
	const char		*expected[] = {
		",other,\"a,\"\"b\",other,client,tcp,",
		"\tother\ta,\"b\tother\tclient\ttcp\t",
		("\"other\",\"sport\":\"a,\\\"b\",\"dst\":\"other\","
		    "\"dport\":\"client\",\"proto\":\"tcp\",\"packets\":3")
	};
	struct flow		 f;
	struct out		*o;
	void			*s;
	size_t			 i;
	int			 fd;

	(void)state;
	assert_non_null(v.names = n);
	f = make_flow(0, 6, 80, 0, FLOW_OTHER | FLOW_DPORT_CLIENT, 9);
	for (i = 0; i < 3; i++) {
		fd = scratch_file();
		assert_non_null(o = out_new(fd));
		assert_non_null(s = ops[i]->begin(o, &v));
		ops[i]->row(s, &f);
		ops[i]->end(s);
		assert_int_equal(out_flush(o), 0);
		out_free(o);
		assert_non_null(strstr(contents(fd, text), expected[i]));
	}
	names_free(n);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(stream),
		cmocka_unit_test(large),
		cmocka_unit_test(errors_stick),
		cmocka_unit_test(formats),
		cmocka_unit_test(quotes),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
