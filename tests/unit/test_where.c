/*
 * Conditions (--where): which rows an expression matches, and which word an
 * error message points at.  The names below replace the system's.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query/where.h"

/* ---- the system ---- */

int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **list)
{
	static struct sockaddr_in	in4;
	static struct addrinfo		ai;

	(void)service;
	(void)hints;
	if (strcmp(name, "gate") != 0)
		return (EAI_NONAME);
	in4.sin_family = AF_INET;
	inet_pton(AF_INET, "10.1.0.1", &in4.sin_addr);
	ai.ai_family = AF_INET;
	ai.ai_addr = (struct sockaddr *)&in4;
	ai.ai_addrlen = sizeof(in4);
	*list = &ai;
	return (0);
}

void
freeaddrinfo(struct addrinfo *list)
{
	assert_non_null(list);
}

struct netent *
getnetbyname(const char *name)
{
	(void)name;
	return (NULL);
}

struct servent *
getservbyname(const char *name, const char *proto)
{
	static struct servent	s;

	(void)proto;
	s.s_port = htons(53);
	return (strcmp(name, "domain") == 0 ? &s : NULL);
}

struct protoent *
getprotobyname(const char *name)
{
	(void)name;
	return (NULL);
}

/* ---- the rows ---- */

static const struct {
	const char	*src, *dst;
	uint16_t	 sport, dport;
	uint8_t		 proto;
	uint8_t		 flags;
	uint64_t	 packets, data, ip;
} described[] = {
	/* a */ { "10.1.0.1", "192.0.2.9", 1025, 443, 6, 0, 10, 900, 1500 },
	/* b */ { "192.0.2.9", "10.1.0.1", 443, 1025, 6, 0, 20, 90000, 1000000 },
	/* c */ { "10.1.0.2", "10.1.0.1", 53, 53, 17, 0, 1, 60, 88 },
	/* d */ { "10.2.0.1", "192.0.2.9", 0, 0, 1, 0, 1, 56, 84 },
	/* e */ { "2001:db8::1", "fd00::1", 80, 4000, 6, 0, 5, 400, 2097152 },
	/* f */ { "fd00::1", "2001:db8::1", 0, 0, 58, 0, 2, 16, 112 },
	/* g: --ports service */
	{ "10.1.0.1", "192.0.2.7", 0, 53, 17, FLOW_SPORT_CLIENT, 1, 40, 68 },
	/* h: the rest */
	{ "other", "other", 0, 0, 6, FLOW_OTHER, 1000, 100, 5000000000 },
	/* i: ports given up */
	{ "10.1.0.1", "192.0.2.8", 0, 0, 6, FLOW_NO_PORTS, 3, 100, 300 },
	/* j: --ports none */
	{ "10.1.0.1", "192.0.2.8", 0, 0, 0, FLOW_NO_PROTO, 3, 100, 300 },
};

#define NROWS	(sizeof(described) / sizeof(described[0]))

static struct flow	rows[NROWS];

static void
set_address(struct flow_key *k, uint8_t addr[16], const char *text)
{
	if (inet_pton(AF_INET, text, addr + 12) == 1) {
		k->family = FLOW_FAMILY_IP4;
		memset(addr + 10, 0xff, 2);
	} else if (inet_pton(AF_INET6, text, addr) == 1)
		k->family = FLOW_FAMILY_IP6;
}

static int
make_rows(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < NROWS; i++) {
		set_address(&rows[i].key, rows[i].key.src, described[i].src);
		set_address(&rows[i].key, rows[i].key.dst, described[i].dst);
		rows[i].key.sport = described[i].sport;
		rows[i].key.dport = described[i].dport;
		rows[i].key.proto = described[i].proto;
		rows[i].key.flags = described[i].flags;
		rows[i].count.packets = described[i].packets;
		rows[i].count.data = described[i].data;
		rows[i].count.ip = described[i].ip;
	}
	return (0);
}

/* ---- what is meant ---- */

static const struct {
	const char	*text;
	const char	*meant;		/* by letters of the rows */
} meanings[] = {
	{ "host 10.1.0.1", "abcgij" },
	{ "src host 10.1.0.1", "agij" },
	{ "src 10.1.0.1", "agij" },
	{ "dst 10.1.0.1", "bc" },
	{ "host gate", "abcgij" },
	{ "host 2001:db8::1", "ef" },
	{ "net 10.1", "abcgij" },
	{ "net 10.1.0.0/16", "abcgij" },
	{ "net 10.1.0.0 mask 255.255.0.0", "abcgij" },
	{ "net 10", "abcdgij" },
	{ "net 10/8", "abcdgij" },
	{ "net 10.1/16", "abcgij" },
	{ "src net 10.0.0.0/15 or 10.2/16", "acdgij" },
	{ "dst net 192.0.2.0/29", "g" },
	{ "net 2001:db8::/32", "ef" },
	{ "net 0.0.0.0/0", "abcdgij" },
	{ "port 443", "ab" },
	{ "src port 443", "b" },
	{ "dst port 443", "a" },
	{ "port domain", "cg" },
	{ "port 0", "" },
	{ "portrange 1024-65535", "abe" },
	{ "dst portrange 53-443", "acg" },
	{ "proto 6", "abehi" },
	{ "proto tcp", "abehi" },
	{ "tcp", "abehi" },
	{ "udp", "cg" },
	{ "icmp", "d" },
	{ "icmp6", "f" },
	{ "proto 0", "" },
	{ "ip", "abcdgij" },
	{ "ip6", "ef" },
	{ "tcp port 80", "e" },
	{ "udp src port 53", "c" },
	{ "ip6 net fd00::/8", "ef" },
	{ "bytes > 1M", "eh" },
	{ "bytes >= 1M", "beh" },
	{ "bytes>=1m", "beh" },
	{ "bytes > 1MiB", "eh" },
	{ "bytes = 2MiB", "e" },
	{ "bytes == 2Mi", "e" },
	{ "bytes < 88", "dg" },
	{ "bytes <= 88", "cdg" },
	{ "bytes < 0", "" },
	{ "bytes > 4.9G", "h" },
	{ "bytes > 5G", "" },
	{ "bytes = 1.5k", "a" },
	{ "packets != 1", "abefhij" },
	{ "packets = 1", "cdg" },
	{ "data > 0.9k", "b" },
	{ "not tcp", "cdfgj" },
	{ "! tcp", "cdfgj" },
	{ "!tcp", "cdfgj" },
	{ "not not tcp", "abehi" },
	{ "host 10.1.0.1 and port 443", "ab" },
	{ "host 10.1.0.1 && not port 443", "cgij" },
	{ "port 443 or 53", "abcg" },
	{ "port 443 or port 53 or icmp", "abcdg" },
	{ "src host 10.1.0.1 or 10.1.0.2", "acgij" },
	{ "(tcp or udp) and net 10.1", "abcgi" },
	{ "tcp and (host 10.1.0.1 or host fd00::1)", "abei" },
	{ "not (tcp or udp)", "dfj" },
	{ "not tcp and not udp", "dfj" },
	{ "tcp or (udp and port 53 and not src port 53)", "abeghi" },
	{ "not (not tcp and not (udp and src 10.1.0.2))", "abcehi" },
	{ "HOST 10.1.0.1 AND PORT 443", "ab" },
	{ "((((tcp))))", "abehi" },
	{ "\ttcp\n and\r ip6 ", "e" },
};

static void
meant(void **state)
{
	char		 err[256], got[NROWS + 1];
	struct where	*w;
	size_t		 i, row, n;

	(void)state;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		err[0] = '\0';
		w = where_new(meanings[i].text, err, sizeof(err));
		if (w == NULL)
			fail_msg("%s: %s", meanings[i].text, err);
		for (row = n = 0; row < NROWS; row++)
			if (where_match(w, &rows[row], NULL))
				got[n++] = (char)('a' + row);
		got[n] = '\0';
		where_free(w);
		if (strcmp(got, meanings[i].meant) != 0)
			fail_msg("%s: %s instead of %s", meanings[i].text, got,
			    meanings[i].meant);
	}
	where_free(NULL);
}

static const struct {
	const char	*text;
	const char	*message;
} errors[] = {
	{ "", "at the end: expected a condition" },
	{ "hots 10.1.2.3", "at `hots' (character 1): no such "
	    "word; did you mean host?" },
	{ "laptop", "at `laptop' (character 1): no such word; for a host, "
	    "type host laptop" },
	{ "port 80 or prot udp", "at `prot' (character 12): no such "
	    "word; did you mean port?" },
	{ "host", "at the end: expected an address or a name" },
	{ "host and port 80", "at `and' (character 6): expected an address "
	    "or a name" },
	{ "not vlan", "at the end: expected 1 to 4094, or untagged" },
	{ "port = 80", "at `=' (character 6): expected a port" },
	{ "untagged", "at `untagged' (character 1): no such word; did you "
	    "mean vlan untagged?" },
	{ "mac 52:54:00:12:34:56", "at `mac' (character 1): no such word; "
	    "for MAC addresses use --by mac" },
	{ "tcp and local", "at `local' (character 9): no such word; "
	    "for local hosts use --by local" },
	{ "host 10.1.2", "at `10.1.2' (character 6): "
	    "not an address (for a network use net)" },
	{ "host 10.1.0.0/16", "at `10.1.0.0/16' (character 6): "
	    "this is a network: use net" },
	{ "host nowhere", "at `nowhere' (character 6): "
	    "unknown host or network" },
	{ "net 10.1.0.0/33", "at `10.1.0.0/33' (character 5): "
	    "unknown mask" },
	{ "net 10.1/x", "at `10.1/x' (character 5): "
	    "expected a length of 0 to 32, or 128, after the /" },
	{ "net 10.1/", "at `10.1/' (character 5): "
	    "expected a length of 0 to 32, or 128, after the /" },
	{ "net fd00::/129", "at `fd00::/129' (character 5): "
	    "expected a length of 0 to 32, or 128, after the /" },
	{ "net 10.1 mask 1.2.3.4", "at `1.2.3.4' (character 15): "
	    "expected a mask" },
	{ "net fd00:: mask 300", "at `300' (character 17): "
	    "expected a mask" },
	{ "port 65536", "at `65536' (character 6): not a port" },
	{ "port nonesuch", "at `nonesuch' (character 6): not a port" },
	{ "portrange 80", "at `80' (character 11): "
	    "expected a range, such as 1024-65535" },
	{ "portrange 90-80", "at `90-80' (character 11): "
	    "expected a range, such as 1024-65535" },
	{ "proto 256", "at `256' (character 7): not a protocol" },
	{ "src proto 6", "at `proto' (character 5): "
	    "a protocol has no src or dst" },
	{ "bytes", "at the end: expected <, <=, =, !=, >= or >" },
	{ "bytes ! 5", "at `!' (character 7): "
	    "expected <, <=, =, !=, >= or >" },
	{ "bytes > big", "at `big' (character 9): "
	    "expected a number, such as 1500, 10k or 1.5GiB" },
	{ "bytes > 1.M", "at `1.M' (character 9): "
	    "expected a number, such as 1500, 10k or 1.5GiB" },
	{ "bytes > 99999999999999999999", "at `99999999999999999999' "
	    "(character 9): expected a number, such as 1500, 10k or 1.5GiB" },
	{ "bytes > 99999999T", "at `99999999T' (character 9): "
	    "expected a number, such as 1500, 10k or 1.5GiB" },
	{ "tcp and udp or icmp", "at `or' (character 13): `and' next to "
	    "`or' is ambiguous: use parentheses" },
	{ "(tcp or udp", "at the end: expected `and', `or' or `)'" },
	{ "(tcp port 80 443)", "at `443' (character 14): "
	    "expected `and', `or' or `)'" },
	{ "tcp)", "at `)' (character 4): expected `and' or `or'" },
	{ "()", "at `)' (character 2): expected a condition" },
	{ "not", "at the end: expected a condition" },
	{ "tcp and", "at the end: expected a condition" },
	{ "tcp &", "at `&' (character 5): expected `and' or `or'" },
	{ "host \x1b[2J", "at `?[2J' (character 6): "
	    "unknown host or network" },
};

static void
wrong(void **state)
{
	char		 err[256];
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		err[0] = '\0';
		assert_null(where_new(errors[i].text, err, sizeof(err)));
		assert_string_equal(err, errors[i].message);
	}
}

/* n times a text, then another; whether it compiles. */
static bool
repeated(const char *before, const char *text, size_t n, const char *after,
    char err[256])
{
	size_t		 len = strlen(before) + strlen(after) +
			    n * strlen(text) + 1, i;
	char		*all = malloc(len);
	struct where	*w;
	bool		 good;

	assert_non_null(all);
	strlcpy(all, before, len);
	for (i = 0; i < n; i++)
		memcpy(all + strlen(before) + i * strlen(text), text,
		    strlen(text) + 1);
	strlcat(all, after, len);
	w = where_new(all, err, 256);
	free(all);
	good = w != NULL && where_match(w, &rows[0], NULL);
	where_free(w);
	return (good);
}

static void
bounds(void **state)
{
	char	err[256];

	(void)state;
	assert_true(repeated("", "not ", 62, "tcp", err));
	assert_false(repeated("", "not ", 64, "tcp", err));
	assert_non_null(strstr(err, "too deeply"));
	assert_false(repeated("", "(", 100000, "tcp", err));
	assert_non_null(strstr(err, "too deeply"));
	assert_true(repeated("tcp", " and tcp", 1000, "", err));
	assert_true(repeated("udp", " or udp", 1000, " or tcp", err));
	assert_false(repeated("tcp", " and tcp", 1100, "", err));
	assert_non_null(strstr(err, "too many conditions"));
	assert_false(repeated("host ", "x", 300, "", err));
	assert_non_null(strstr(err, "too long"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(meant),
		cmocka_unit_test(wrong),
		cmocka_unit_test(bounds),
	};

	return (cmocka_run_group_tests(tests, make_rows, NULL));
}
