/*
 * Users of trafstatd: files that are refused, right and wrong passwords, and
 * how long a wrong one keeps an address out.
 */
#include "config.h"

#include <sys/stat.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tools/trafstatd/auth.h"

/* SHA-crypt of `secret', 1000 rounds. */
#define HASH	"$5$rounds=1000$abcdefgh$XIppta5rT8zJUu4vAOKQXrwq9uY4Ijlz6VjyOmkx5i4"
static struct sockaddr_storage	here, there, near;

static struct auth *
load(const char *text, mode_t mode)
{
	char		 path[] = "/tmp/test_auth.XXXXXX";
	struct auth	*a;
	int		 fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
	a = auth_load(path);
	(void)unlink(path);
	return (a);
}

static enum auth_verdict
try(struct auth *a, const char *name, const char *password,
    const struct sockaddr_storage *peer, uint64_t ms)
{
	return (auth_check(a, name, password,
	    (const struct sockaddr *)(const void *)peer, ms));
}

static void
refused_files(void **state)
{
	static const char *const	bad[] = {
		"", "# nobody\n", "ann\n", ":" HASH "\n",
		"ann:secret\n",				/* as it is */
		"ann:$apr1$abcdefgh$abcdefghijklmnopqrstu.\n",
		"ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
		"ann:abJnggxhB/yWI\n",			/* DES */
		"ann:$1$abcdefgh$abcdefghijklmnopqrstu.\n",
		"ann:$5$\n",
		"ann:" HASH "\nben\n",
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (load(bad[i], 0600) != NULL)
			fail_msg("%s", bad[i]);
	assert_null(load("ann:" HASH "\n", 0644));
	assert_null(load("ann:" HASH "\n", 0660));
	assert_null(auth_load("/nonexistent/file"));
	assert_null(auth_load("/dev/null"));
}

static void
passwords(void **state)
{
	static const char *const	bad[][2] = {
		{ NULL, NULL }, { "ann", NULL }, { NULL, "secret" },
		{ "", "" }, { "ann", "" }, { "", "secret" },
		{ "ann", "secreT" }, { "ann", "secret " }, { "ben", "secret" },
		{ "ann", HASH }, { "bob:x", "secret" }, { "Ann", "secret" },
		{ "# users", "secret" },
	};
	struct auth			*a;
	uint64_t			 ms = 1;
	size_t				 i;

	(void)state;
	a = load("# users\n\nbob:" HASH ":x\nann:" HASH "\r\n", 0640);
	assert_non_null(a);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++, ms += 5000)
		if (try(a, bad[i][0], bad[i][1], &here, ms) != AUTH_WRONG)
			fail_msg("%zu", i);
	assert_int_equal(try(a, "ann", "secret", &here, ms), AUTH_OK);
	/* From memory now, and still no other one. */
	assert_int_equal(try(a, "ann", "secret", &here, ms), AUTH_OK);
	assert_int_equal(try(a, "ann", "secreT", &here, ms), AUTH_WRONG);
	assert_int_equal(try(a, "bob", "secret", &here, ms + 5000), AUTH_OK);
	auth_free(a);
}

static void
long_password(void **state)
{
	struct auth	*a = load("ann:" HASH "\n", 0600);
	char		 text[2000];

	(void)state;
	memset(text, 'Q', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(try(a, "ann", text, &here, 1), AUTH_WRONG);
	/* It was not hashed, so nobody has to wait for that. */
	assert_int_equal(try(a, "ann", "secret", &here, 2), AUTH_OK);
	auth_free(a);
}

/* After a wrong one the address waits, unless it knows a right one. */
static void
waits(void **state)
{
	struct auth	*a = load("ann:" HASH "\n", 0600);

	(void)state;
	assert_int_equal(try(a, "ann", "secret", &near, 1), AUTH_OK);
	assert_int_equal(try(a, "ann", "secreT", &here, 1000), AUTH_WRONG);
	assert_int_equal(try(a, "ben", "secret", &here, 1999), AUTH_WAIT);
	assert_int_equal(try(a, "ann", "secret", &here, 1999), AUTH_OK);
	assert_int_equal(try(a, "ben", "secret", &there, 1999), AUTH_WRONG);
	assert_int_equal(try(a, "ben", "secret", &here, 2000), AUTH_WRONG);
	auth_free(a);
}

static void
set_address(struct sockaddr_storage *ss, const char *text)
{
	struct sockaddr_in6	in6 = { .sin6_family = AF_INET6 };

	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	memcpy(ss, &in6, sizeof(in6));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(refused_files),
		cmocka_unit_test(passwords),
		cmocka_unit_test(long_password),
		cmocka_unit_test(waits),
	};

	set_address(&here, "::ffff:192.0.2.1");
	set_address(&there, "::ffff:192.0.2.2");
	set_address(&near, "2001:db8::1");
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
