/*
 * Names of hosts and services: names are untrusted, so some must not be shown
 * in a report; and how often the resolver is called.  The functions below
 * replace the resolver and the system's files.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/printable.h"
#include "names/names.h"
#include "packet/flow.h"

static const char	*answer;	/* of the resolver; NULL: no name */
static unsigned		 asked;
static int		 asked_family;
static size_t		 next_service;

/* That of FreeBSD takes size_t. */
int
getnameinfo(const struct sockaddr *sa, socklen_t salen, char *host,
    NAMEINFO_LEN hostlen, char *serv, NAMEINFO_LEN servlen, int flags)
{
	(void)salen;
	(void)serv;
	(void)servlen;
	(void)flags;
	asked++;
	asked_family = sa->sa_family;
	if (answer == NULL)
		return (EAI_NONAME);
	(void)snprintf(host, hostlen, "%s", answer);
	return (0);
}

static struct {
	const char	*name;
	const char	*proto;
	uint16_t	 port;
} services[] = {
	{ "http", "tcp", 80 },
	{ "www", "tcp", 80 },
	{ "domain", "udp", 53 },
	{ "two words", "tcp", 7 },
};

void
setservent(int stay)
{
	(void)stay;
	next_service = 0;
}

void
endservent(void)
{
}

struct servent *
getservent(void)
{
	static struct servent	s;
	static char		name[32], proto[32];
	static char		*aliases[] = { NULL };

	if (next_service == sizeof(services) / sizeof(services[0]))
		return (NULL);
	(void)snprintf(name, sizeof(name), "%s", services[next_service].name);
	(void)snprintf(proto, sizeof(proto), "%s",
	    services[next_service].proto);
	s.s_name = name;
	s.s_proto = proto;
	s.s_port = htons(services[next_service++].port);
	s.s_aliases = aliases;
	return (&s);
}

struct protoent *
getprotobynumber(int n)
{
	static struct protoent	p;
	static char		name[] = "my proto";

	p.p_name = name;
	return (n == 200 ? &p : NULL);
}

/* What names_host() makes of an address when the resolver says `says'. */
static void
check_host(struct names_opts opts, const char *address, const char *says,
    const char *expected)
{
	struct names	*n = names_new(&opts);
	uint8_t		 addr[16] = { 0 }, family = FLOW_FAMILY_IP4;
	char		 buf[NAMES_HOST_LEN];

	assert_non_null(n);
	names_set_time(n, 600);		/* a busy machine is no fault */
	if (inet_pton(AF_INET, address, addr + 12) != 1) {
		family = FLOW_FAMILY_IP6;
		assert_int_equal(inet_pton(AF_INET6, address, addr), 1);
	}
	answer = says;
	asked = 0;
	print_message("%s is %s\n", address, says == NULL ? "-" : says);
	assert_string_equal(names_host(n, family, addr, buf), expected);
	names_free(n);
}

static void
hosts(void **state)
{
	const struct names_opts	plain = { false, false, false, false };
	const struct names_opts	brief = { false, true, false, false };
	const struct names_opts	all = { false, false, true, false };
	const struct names_opts	numeric = { true, false, false, false };

	(void)state;
	check_host(plain, "192.0.2.1", "a.example.org", "a.example.org");
	check_host(plain, "192.0.2.1", NULL, "192.0.2.1");
	check_host(plain, "2001:db8::1", "six.example.org", "six.example.org");
	assert_int_equal(asked_family, AF_INET6);
	check_host(plain, "192.0.2.1", "10.9.8.7", "192.0.2.1");
	check_host(plain, "192.0.2.1", "2001:db8::9", "192.0.2.1");
	check_host(plain, "192.0.2.1", "", "192.0.2.1");
	check_host(plain, "192.0.2.1", "a b\tc\nd\x1b[1m\x80", "a?b?c?d??1m?");
	/* What reads as something else. */
	check_host(plain, "192.0.2.1", "10.9", "192.0.2.1");
	check_host(plain, "192.0.2.1", "10.9.8.7.", "192.0.2.1");
	check_host(plain, "192.0.2.1", "0x0a090807", "192.0.2.1");
	check_host(plain, "192.0.2.1", "other", "192.0.2.1");
	/* Formulas, options, markup, quotes. */
	check_host(plain, "192.0.2.1", "=1+a", "?1?a");
	check_host(plain, "192.0.2.1", "-rf.a-b", "?rf.a-b");
	check_host(plain, "192.0.2.1", "@a'\"<b>,`;$|", "?a???b??????");
	check_host(plain, "192.0.2.1", "_gateway", "_gateway");
	check_host(brief, "192.0.2.1", "a.example.org", "a");
	check_host(brief, "192.0.2.1", "10.example.org", "10.example.org");
	check_host(brief, "192.0.2.1", "other.example.org",
	    "other.example.org");
	check_host(brief, "192.0.2.1", NULL, "192.0.2.1");
	check_host(numeric, "192.0.2.1", "a.example.org", "192.0.2.1");
	assert_int_equal(asked, 0);
	check_host(plain, "192.0.2.0", "net", "192.0.2.0");
	check_host(plain, "192.0.2.255", "net", "192.0.2.255");
	assert_int_equal(asked, 0);
	check_host(all, "192.0.2.255", "net", "net");
}

/* -f: only hosts of local networks are asked for. */
static void
local(void **state)
{
	const struct names_opts	 opts = { .local_only = true };
	static const struct {
		const char	*networks;
		uint8_t		 addr[4];
		const char	*expected;
	} cases[] = {
		{ NULL, { 10, 0, 0, 1 }, "10.0.0.1" },
		{ "192.0.2.0/24", { 192, 0, 2, 1 }, "here" },
		{ "192.0.2.0/24", { 10, 0, 0, 1 }, "10.0.0.1" },
		/* Another address of that name. */
		{ "", { 10, 0, 0, 1 }, "here[10.0.0.1]" },
		{ "", { 172, 31, 0, 1 }, "here[172.31.0.1]" },
		{ "", { 192, 168, 0, 1 }, "here[192.168.0.1]" },
		{ "", { 192, 0, 2, 1 }, "192.0.2.1" },
		{ "rubbish", { 10, 0, 0, 1 }, "here[10.0.0.1]" },
	};
	struct names		*n;
	uint8_t			 addr[16] = { [10] = 0xff, 0xff };
	char			 buf[NAMES_HOST_LEN];
	size_t			 i;

	(void)state;
	answer = "here";
	assert_non_null(n = names_new(&opts));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].networks != NULL)
			names_set_local(n, cases[i].networks);
		memcpy(addr + 12, cases[i].addr, 4);
		assert_string_equal(names_host(n, FLOW_FAMILY_IP4, addr, buf),
		    cases[i].expected);
	}
	names_free(n);
}

static void
protocol_numbers(void **state)
{
	(void)state;
	assert_int_equal(names_proto_number("tcp"), 6);
	assert_int_equal(names_proto_number("IPv6-ICMP"), 58);
	assert_int_equal(names_proto_number("no-such-protocol"), -1);
}

static void
asks_once(void **state)
{
	const struct names_opts	 plain = { false, false, false, false };
	struct names		*n = names_new(&plain);
	uint8_t			 addr[16] = { 0 };
	char			 buf[NAMES_HOST_LEN];
	uint32_t		 i, be;

	(void)state;
	assert_non_null(n);
	names_set_time(n, 600);		/* a busy machine is no fault */
	answer = NULL;
	asked = 0;
	for (i = 0; i < 20000; i++) {
		be = htonl((i % 10000) * 256 + 1);
		memcpy(addr + 12, &be, sizeof(be));
		names_host(n, FLOW_FAMILY_IP4, addr, buf);
	}
	assert_int_equal(asked, 10000);
	/* More hosts than are remembered. */
	for (i = 0; i < 100000; i++) {
		be = htonl(i * 256 + 1);
		memcpy(addr + 12, &be, sizeof(be));
		names_host(n, FLOW_FAMILY_IP4, addr, buf);
	}
	assert_string_equal(buf, "1.134.159.1");
	names_free(n);
}

static void
folded(void **state)
{
	const struct names_opts	 plain = { false, false, false, false };
	struct names		*n = names_new(&plain);
	uint8_t			 addr[16] = { 0 };
	char			 buf[NAMES_HOST_LEN];

	(void)state;
	asked = 0;
	assert_string_equal(names_host(n, FLOW_FAMILY_NONE, addr, buf),
	    "other");
	assert_int_equal(asked, 0);
	names_free(n);
}

static void
ports(void **state)
{
	const struct names_opts	 plain = { false, false, false, false };
	const struct names_opts	 numeric = { true, false, false, false };
	struct names		*n = names_new(&plain);
	char			 buf[NAMES_PORT_LEN];

	(void)state;
	assert_string_equal(names_port(n, 6, 80, buf), "http");
	assert_string_equal(names_port(n, 17, 80, buf), "80");
	assert_string_equal(names_port(n, 17, 53, buf), "domain");
	assert_string_equal(names_port(n, 136, 53, buf), "domain");
	assert_string_equal(names_port(n, 6, 7, buf), "two?words");
	assert_string_equal(names_port(n, 6, 65535, buf), "65535");
	assert_string_equal(names_port(n, 1, 80, buf), "80");
	names_free(n);
	n = names_new(&numeric);
	assert_string_equal(names_port(n, 6, 80, buf), "80");
	names_free(n);
	assert_true(names_has_ports(132));
	assert_false(names_has_ports(1));
}

static void
protocols(void **state)
{
	const struct names_opts	 numeric = { true, false, false, false };
	struct names		*n = names_new(&numeric);

	(void)state;
	assert_string_equal(names_proto(n, 0), "ip");
	assert_string_equal(names_proto(n, 1), "icmp");
	assert_string_equal(names_proto(n, 6), "tcp");
	assert_string_equal(names_proto(n, 17), "udp");
	assert_string_equal(names_proto(n, 58), "ipv6-icmp");
	assert_string_equal(names_proto(n, 200), "my?proto");
	assert_string_equal(names_proto(n, 201), "201");
	assert_string_equal(names_proto(n, 201), "201");
	names_free(n);
}

static void
cleans(void **state)
{
	char	buf[5];

	(void)state;
	assert_string_equal(printable_word("a\x7f\xff z", buf, sizeof(buf)),
	    "a???");
	assert_string_equal(printable_word("", buf, sizeof(buf)), "");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(hosts),
		cmocka_unit_test(local),
		cmocka_unit_test(protocol_numbers),
		cmocka_unit_test(asks_once),
		cmocka_unit_test(folded),
		cmocka_unit_test(ports),
		cmocka_unit_test(protocols),
		cmocka_unit_test(cleans),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
