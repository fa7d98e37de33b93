/*
 * Patterns: what a list of words compiles to, and which rows it matches.  The
 * names below replace the system's.
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
#include <unistd.h>
#include <cmocka.h>

#include "base/out.h"
#include "query/pattern.h"

#define TEXT_MAX	4096

/* ---- the system ---- */

struct host {
	struct addrinfo		ai;
	union {
		struct sockaddr_in	in4;
		struct sockaddr_in6	in6;
	} addr;
};

static struct host	hosts[2];	/* `gate': one address a family */

int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **list)
{
	(void)service;
	(void)hints;
	if (strcmp(name, "gate") != 0)
		return (EAI_NONAME);
	memset(hosts, 0, sizeof(hosts));
	hosts[0].addr.in4.sin_family = AF_INET;
	inet_pton(AF_INET, "192.0.2.7", &hosts[0].addr.in4.sin_addr);
	hosts[0].ai.ai_family = AF_INET;
	hosts[0].ai.ai_addr = (struct sockaddr *)&hosts[0].addr;
	hosts[0].ai.ai_addrlen = sizeof(hosts[0].addr.in4);
	hosts[0].ai.ai_next = &hosts[1].ai;
	hosts[1].addr.in6.sin6_family = AF_INET6;
	inet_pton(AF_INET6, "2001:db8::7", &hosts[1].addr.in6.sin6_addr);
	hosts[1].ai.ai_family = AF_INET6;
	hosts[1].ai.ai_addr = (struct sockaddr *)&hosts[1].addr;
	hosts[1].ai.ai_addrlen = sizeof(hosts[1].addr.in6);
	*list = &hosts[0].ai;
	return (0);
}

void
freeaddrinfo(struct addrinfo *list)
{
	assert_ptr_equal(list, &hosts[0].ai);
}

struct netent *
getnetbyname(const char *name)
{
	static struct netent	net = { .n_addrtype = AF_INET };

	if (strcmp(name, "short") == 0)
		net.n_net = 0x0a02;		/* `10.2' */
	else if (strcmp(name, "long") == 0)
		net.n_net = 0x0a020000;		/* `10.2.0.0' */
	else
		return (NULL);
	return (&net);
}

struct servent *
getservbyname(const char *name, const char *proto)
{
	static struct servent	s;

	(void)proto;
	s.s_port = htons(80);
	return (strcmp(name, "www") == 0 ? &s : NULL);
}

struct protoent *
getprotobyname(const char *name)
{
	static struct protoent	p = { .p_proto = 200 };

	return (strcmp(name, "mine") == 0 ? &p : NULL);
}

/* ---- tables ---- */

static const struct table {
	const char	*text;
	const char	*table;		/* blanks squeezed; or NULL */
	const char	*error;
} tables[] = {
	{ "", "all all all all;", NULL },
	{ "from 10.1", "10.1.0.0/16 all all all;", NULL },
	{ "from 10", "10.0.0.0/8 all all all;", NULL },
	{ "from 10.1.2.3", "10.1.2.3/32 all all all;", NULL },
	{ "from 10.1.2.3 mask 255.255.0.0 to 10.2",
	    "10.1.0.0/16 10.2.0.0/16 all all;", NULL },
	{ "from 10.1.2.3 mask 0xffffff00", "10.1.2.0/24 all all all;",
	    NULL },
	{ "from 10 mask 0", "0.0.0.0/0 all all all;", NULL },
	{ "to fd00::1 mask 16", "all fd00::/16 all all;", NULL },
	{ "to fd00::1", "all fd00::1/128 all all;", NULL },
	{ "to fd00::/8", "all fd00::/8 all all;", NULL },
	{ "to gate", "all 192.0.2.7/32 2001:db8::7/128 all all;", NULL },
	{ "to short", "all 10.2.0.0/16 all all;", NULL },
	{ "to long", "all 10.2.0.0/16 all all;", NULL },
	{ "to long mask 8", "all 10.0.0.0/8 all all;", NULL },
	{ "PORT www Proto TCP", "all all 80 6;", NULL },
	{ "proto mine proto 255", "all all all 200;all all all 255;",
	    NULL },
	/* A word that is not greater than the last begins a row. */
	{ "from 10.1 port 80 port 25",
	    "10.1.0.0/16 all 80 all;10.1.0.0/16 all 25 all;", NULL },
	{ "from 10.1 to 10.2 from 10.3",
	    "10.1.0.0/16 10.2.0.0/16 all all;"
	    "10.3.0.0/16 10.2.0.0/16 all all;", NULL },
	{ "from 10.1 port 80 from all port all proto 1",
	    "10.1.0.0/16 all 80 all;all all all 1;", NULL },
	{ "proto 6 from 10.1", "all all all 6;10.1.0.0/16 all all 6;",
	    NULL },
	{ "# all\nport 1#one\n\n\tport 2 # two",
	    "all all 1 all;all all 2 all;", NULL },
	{ "host gate", NULL, "unknown keyword: host" },
	{ "from 10 and", NULL, "unknown keyword: and" },
	{ "from", NULL, "keyword without its argument: from" },
	{ "from 10 mask", NULL, "keyword without its argument: mask" },
	{ "mask 8", NULL, "unknown keyword: mask" },
	{ "from 10 mask 255.0.255.0", NULL, "unknown mask: 255.0.255.0" },
	{ "from 10 mask 0xff00ff00", NULL, "unknown mask: 0xff00ff00" },
	{ "from 10 mask x", NULL, "unknown mask: x" },
	{ "from 10 mask 33", NULL, "unknown mask: 10" },
	{ "from 10.1/16 mask 8", NULL, "unknown network: 10.1/16" },
	{ "from 10.1.2.3.4", NULL,
	    "unknown host or network: 10.1.2.3.4" },
	{ "from 10..1", NULL, "unknown host or network: 10..1" },
	{ "from nobody", NULL, "unknown host or network: nobody" },
	{ "port 65536", NULL, "unknown port: 65536" },
	{ "port -1", NULL, "unknown port: -1" },
	{ "port ftp", NULL, "unknown port: ftp" },
	{ "proto 256", NULL, "unknown protocol: 256" },
	{ "proto yours", NULL, "unknown protocol: yours" },
};

static struct pattern *
compile(const char *words, char *err, size_t len)
{
	char		*text = strdup(words);
	struct pattern	*p;

	assert_non_null(text);
	p = pattern_of_text(text, err, len);
	free(text);
	return (p);
}

/* The table without its head, one blank between columns, ; for newlines. */
static void
print(const struct pattern *p, char text[TEXT_MAX])
{
	char		 raw[TEXT_MAX], *to = text;
	const char	*from = raw;
	FILE		*f = tmpfile();
	struct out	*o;
	ssize_t		 n;

	assert_non_null(f);
	assert_non_null(o = out_new(fileno(f)));
	pattern_print(p, o);
	assert_int_equal(out_flush(o), 0);
	n = pread(fileno(f), raw, sizeof(raw) - 1, 0);
	assert_true(n > 0);
	raw[n] = '\0';
	from = strchr(raw, '\n') + 1;
	for (; *from != '\0'; from++)
		if (*from == '\n')
			*to++ = ';';
		else if (*from != ' ' || (to > text && to[-1] != ';' &&
		    to[-1] != ' '))
			*to++ = *from;
	*to = '\0';
	out_free(o);
	(void)fclose(f);
}

static void
compiles(void **state)
{
	char		 err[256], text[TEXT_MAX];
	struct pattern	*p;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		print_message("%s\n", tables[i].text);
		err[0] = '\0';
		p = compile(tables[i].text, err, sizeof(err));
		if (tables[i].table == NULL) {
			assert_null(p);
			assert_string_equal(err, tables[i].error);
			continue;
		}
		assert_string_equal(err, "");
		assert_non_null(p);
		print(p, text);
		assert_string_equal(text, tables[i].table);
		pattern_free(p);
	}
}

/* ---- matches ---- */

static struct flow_key
make_key(const char *src, uint16_t sport, const char *dst, uint16_t dport,
    uint8_t proto, uint8_t flags)
{
	struct flow_key	k;

	memset(&k, 0, sizeof(k));
	if (inet_pton(AF_INET, src, k.src + 12) == 1) {
		k.family = FLOW_FAMILY_IP4;
		memset(k.src + 10, 0xff, 2);
		memset(k.dst + 10, 0xff, 2);
		inet_pton(AF_INET, dst, k.dst + 12);
	} else {
		k.family = FLOW_FAMILY_IP6;
		inet_pton(AF_INET6, src, k.src);
		inet_pton(AF_INET6, dst, k.dst);
	}
	k.sport = sport;
	k.dport = dport;
	k.proto = proto;
	k.flags = flags;
	return (k);
}

/* Each pattern against the keys below: 1 for each that matches. */
static const struct match {
	const char	*text;
	const char	*keys;
} matches[] = {
	{ "", "11111111" },
	{ "from 10.1", "10011000" },
	{ "to 10.1", "01000100" },
	{ "port 80", "11010000" },
	{ "port 0", "00100010" },
	{ "port 1025", "11000000" },
	{ "proto icmp", "00100000" },
	{ "proto 0", "00000100" },
	{ "from all to all port all proto 17", "00010000" },
	{ "from 10.1 port 80 port 0", "10010000" },
	{ "from fd00::/8", "00000010" },
	{ "from 0.0.0.0 mask 0", "11111100" },
	{ "to 0.0.0.0 mask 0", "11110100" },
	{ "from 10.1 to 10.1", "00000000" },
	{ "from 10.1 from all to 10.1", "11011100" },
	{ "from 10.2 proto 1", "00000000" },
};

static void
match(void **state)
{
	const struct flow_key	keys[] = {
		make_key("10.1.0.1", 1025, "10.2.0.1", 80, 6, 0),
		make_key("10.2.0.1", 80, "10.1.0.1", 1025, 6, 0),
		make_key("10.3.0.1", 0, "10.3.0.2", 0, 1, 0),
		make_key("10.1.9.9", 0, "10.2.0.1", 80, 17,
		    FLOW_SPORT_CLIENT),
		make_key("10.1.0.1", 0, "0.0.0.0", 0, 6,
		    FLOW_NO_PORTS | FLOW_NO_DST),
		make_key("10.2.0.1", 0, "10.1.0.1", 0, 0, FLOW_NO_PROTO),
		make_key("fd00::1", 0, "fe00::1", 0, 58, 0),
		{ .family = FLOW_FAMILY_NONE, .proto = 132,
		    .flags = FLOW_OTHER | FLOW_NO_PORTS },
	};
	char		 err[256], got[16];
	struct pattern	*p;
	size_t		 i, k;

	(void)state;
	for (i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		print_message("%s\n", matches[i].text);
		p = compile(matches[i].text, err, sizeof(err));
		assert_non_null(p);
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			got[k] = pattern_match(p, &keys[k]) ? '1' : '0';
		got[k] = '\0';
		assert_string_equal(got, matches[i].keys);
		pattern_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(compiles),
		cmocka_unit_test(match),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
