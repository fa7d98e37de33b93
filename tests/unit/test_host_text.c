/*
 * Addresses that trafstatd listens on, and Host headers that it accepts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tools/trafstatd/host_text.h"

static const struct {
	const char	*text;
	bool		 valid;
	bool		 loopback;
} addresses[] = {
	{ "9990", true, true },
	{ "0", true, true },
	{ "127.0.0.1:9990", true, true },
	{ "127.8.9.1:9990", true, true },
	{ "[::1]:9990", true, true },
	{ "0.0.0.0:80", true, false },
	{ "10.0.0.1:80", true, false },
	{ "128.0.0.1:80", true, false },
	{ "[::]:80", true, false },
	{ "[2001:db8::1]:65535", true, false },
	{ "[::ffff:127.0.0.1]:80", true, false },
	{ "65536", false, false },
	{ "", false, false },
	{ ":80", false, false },
	{ "127.0.0.1", false, false },
	{ "127.0.0.1:", false, false },
	{ "127.0.0.1:x", false, false },
	{ "127.0.0.1:80x", false, false },
	{ "localhost:80", false, false },
	{ "::1:80", false, false },
	{ "[::1]", false, false },
	{ "[::1", false, false },
	{ "[127.0.0.1]:80", false, false },
	{ "-1", false, false },
};

static void
listening(void **state)
{
	struct sockaddr_storage	ss;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		if ((host_text_address(addresses[i].text, &ss) != 0) !=
		    addresses[i].valid)
			fail_msg("%s", addresses[i].text);
		if (addresses[i].valid &&
		    host_text_is_loopback(&ss) != addresses[i].loopback)
			fail_msg("%s: loopback?", addresses[i].text);
	}
}

static const struct {
	const char	*header;
	bool		 ours;
} hosts[] = {
	{ "127.0.0.1", true },
	{ "127.0.0.1:9990", true },
	{ "192.0.2.1:80", true },
	{ "[::1]:9990", true },
	{ "[2001:db8::1]", true },
	{ "localhost", true },
	{ "LOCALHOST:1", true },
	{ "gate.example.org", true },
	{ "Gate.Example.Org:8080", true },
	{ NULL, false },
	{ "", false },
	{ ":80", false },
	{ "evil.example", false },
	{ "evil.example:9990", false },
	{ "localhost.evil.example", false },
	{ "127.0.0.1.evil.example", false },
	{ "gate.example.org.", false },
	{ "gate.example.org@evil.example", false },
	{ "gate.example.org:", false },
	{ "gate.example.org:80:80", false },
	{ "127.0.0.1:99999", false },
	{ "[::1", false },
	{ "[::1]x", false },
	{ "0x7f000001", false },
	{ "2130706433", false },
};

static void
meant(void **state)
{
	static const char *const	names[] = { "gate.example.org", NULL };
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (host_text_is_ours(hosts[i].header, names) != hosts[i].ours)
			fail_msg("%s", hosts[i].header);
}

static void
long_host(void **state)
{
	static const char *const	none[] = { NULL };
	char				text[4096];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(host_text_is_ours(text, none));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(listening),
		cmocka_unit_test(meant),
		cmocka_unit_test(long_host),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
