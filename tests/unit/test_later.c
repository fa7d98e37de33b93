/*
 * Names that come later: from a process of their own, without waiting for it,
 * in a table that does not grow.  getnameinfo(3) is replaced, also for that
 * process.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "names/later.h"
#include "packet/flow.h"

#define WAIT_MS	20000

/* 192.0.2.N is hN.example, .66 is hostile, .77 has none, .99 never answers. */
int
getnameinfo(const struct sockaddr *sa, socklen_t salen, char *host,
    NAMEINFO_LEN hostlen, char *serv, NAMEINFO_LEN servlen, int flags)
{
	struct sockaddr_in	in4;
	unsigned int		last;

	(void)salen;
	(void)serv;
	(void)servlen;
	(void)flags;
	memcpy(&in4, sa, sizeof(in4));
	last = ntohl(in4.sin_addr.s_addr) & 0xff;
	if (last == 99)
		for (;;)
			(void)pause();
	if (last == 77)
		return (EAI_NONAME);
	if (last == 66)
		(void)snprintf(host, hostlen, "<b>\x1b[1m & \"x\"");
	else
		(void)snprintf(host, hostlen, "h%u.example", last);
	return (0);
}

static const uint8_t *
address(unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
	static uint8_t	addr[16];

	memset(addr, 0, sizeof(addr));
	addr[10] = addr[11] = 0xff;
	addr[12] = (uint8_t)a;
	addr[13] = (uint8_t)b;
	addr[14] = (uint8_t)c;
	addr[15] = (uint8_t)d;
	return (addr);
}

static const char *
name(struct later *l, unsigned int last)
{
	return (later_name(l, FLOW_FAMILY_IP4, address(192, 0, 2, last)));
}

/* Run until nobody waits for a name. */
static void
settle(struct later *l)
{
	int64_t	end = now_mono_ms() + WAIT_MS;

	do {
		later_run(l);
		(void)usleep(1000);
	} while (later_waiting(l) > 0 && now_mono_ms() < end);
	assert_int_equal(later_waiting(l), 0);
}

static void
names_come_later(void **state)
{
	struct later	*l = later_new(NULL, NULL);

	(void)state;
	assert_non_null(l);
	assert_string_equal(name(l, 1), "");
	assert_string_equal(name(l, 77), "");
	assert_int_equal(later_waiting(l), 2);
	settle(l);
	assert_string_equal(name(l, 1), "h1.example");
	assert_string_equal(name(l, 77), "");
	/* What has none is not queried again at once. */
	assert_int_equal(later_waiting(l), 0);
	assert_string_equal(later_known(l, FLOW_FAMILY_IP4,
	    address(192, 0, 2, 2)), "");
	assert_int_equal(later_waiting(l), 0);
	assert_string_equal(later_name(l, FLOW_FAMILY_NONE,
	    address(0, 0, 0, 0)), "");
	assert_int_equal(later_waiting(l), 0);
	later_free(l);
}

static void
hostile_names_are_clean(void **state)
{
	struct later	*l = later_new(NULL, NULL);
	const char	*p;

	(void)state;
	assert_non_null(l);
	(void)name(l, 66);
	settle(l);
	assert_true(name(l, 66)[0] != '\0');
	for (p = name(l, 66); *p != '\0'; p++)
		assert_non_null(strchr("?b1mx", *p));
	later_free(l);
}

static void
a_resolver_that_hangs_stops_nobody(void **state)
{
	struct later	*l = later_new(NULL, NULL);
	int64_t		 begin = now_mono_ms(), end = begin + WAIT_MS;
	int		 i;

	(void)state;
	assert_non_null(l);
	(void)name(l, 99);
	for (i = 0; i < 1000; i++)
		later_run(l);
	/* The query alone takes three seconds. */
	assert_in_range(now_mono_ms() - begin, 0, 2000);
	assert_int_equal(later_waiting(l), 1);
	/* The next one is answered. */
	(void)name(l, 1);
	while (name(l, 1)[0] == '\0' && now_mono_ms() < end) {
		later_run(l);
		(void)usleep(1000);
	}
	assert_string_equal(name(l, 1), "h1.example");
	later_free(l);
}

static void
many_hosts_take_their_places(void **state)
{
	struct later	*l = later_new(NULL, NULL);
	unsigned int	 i;

	(void)state;
	assert_non_null(l);
	for (i = 0; i < 100000; i++)
		(void)later_name(l, FLOW_FAMILY_IP4, address(10, i >> 16,
		    i >> 8 & 0xff, i & 0xff));
	assert_in_range(later_waiting(l), 4000, 8192);
	/* Those asked for last come first. */
	(void)name(l, 1);
	later_run(l);
	while (later_waiting(l) > 8000)
		later_run(l);
	for (i = 0; i < WAIT_MS && name(l, 1)[0] == '\0'; i++) {
		later_run(l);
		(void)usleep(1000);
	}
	assert_string_equal(name(l, 1), "h1.example");
	assert_true(later_waiting(l) > 1000);
	later_free(l);
}

static int
refuse(const void *arg)
{
	(void)arg;
	return (-1);
}

static void
without_the_process_there_are_no_names(void **state)
{
	struct later	*l = later_new(refuse, NULL);
	int64_t		 end = now_mono_ms() + WAIT_MS;

	(void)state;
	assert_non_null(l);
	(void)name(l, 1);
	while (later_waiting(l) > 0 && now_mono_ms() < end) {
		later_run(l);
		(void)usleep(1000);
	}
	assert_int_equal(later_waiting(l), 0);
	assert_string_equal(name(l, 1), "");
	later_free(l);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(names_come_later),
		cmocka_unit_test(hostile_names_are_clean),
		cmocka_unit_test(a_resolver_that_hangs_stops_nobody),
		cmocka_unit_test(many_hosts_take_their_places),
		cmocka_unit_test(without_the_process_there_are_no_names),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
