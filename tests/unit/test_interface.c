/*
 * Interfaces when the system cannot be asked: a process that has no free
 * descriptor and no memory must not take what it cannot see for gone.
 */
#include <net/if.h>
#include <sys/socket.h>
#include <errno.h>
#include <ifaddrs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/interface.h"
#include "host/ifcounters.h"
#include "host/ifstat.h"
#include "host/networks.h"

unsigned int	__wrap_if_nametoindex(const char *);
int		__wrap_socket(int, int, int);
int		__wrap_getifaddrs(struct ifaddrs **);
unsigned int	__real_if_nametoindex(const char *);
int		__real_socket(int, int, int);
int		__real_getifaddrs(struct ifaddrs **);

int		__wrap_ioctl(int, unsigned long, struct ifreq *);
int		__real_ioctl(int, unsigned long, struct ifreq *);

bool		__wrap_ifcounters_read(struct ifcounters_source *,
		    struct ifcounters *);

static int		failing;	/* errno of all of them, or 0 */
static int		pretended_down;
static unsigned int	pretended;	/* index of every name, or 0 */
static struct ifcounters pretended_counters;

unsigned int
__wrap_if_nametoindex(const char *name)
{
	errno = failing;
	return (failing != 0 ? 0 : pretended != 0 ? pretended :
	    __real_if_nametoindex(name));
}

int
__wrap_socket(int family, int type, int protocol)
{
	errno = failing;
	return (failing != 0 ? -1 : __real_socket(family, type, protocol));
}

int
__wrap_getifaddrs(struct ifaddrs **list)
{
	errno = failing;
	return (failing != 0 ? -1 : __real_getifaddrs(list));
}

/* Only flags are asked for here. */
int
__wrap_ioctl(int fd, unsigned long request, struct ifreq *ifr)
{
	int	rc = __real_ioctl(fd, request, ifr);

	ifr->ifr_flags = (short)(pretended_down ? 0 : ifr->ifr_flags | IFF_UP);
	return (rc);
}

bool
__wrap_ifcounters_read(struct ifcounters_source *s, struct ifcounters *c)
{
	(void)s;
	*c = pretended_counters;
	return (true);
}

static int
no_fault(void **state)
{
	(void)state;
	failing = pretended_down = 0;
	pretended = 0;
	return (0);
}

static void
only_two_errors_mean_gone(void **state)
{
	/* ENOENT: glibc, where it could open no socket. */
	static const int	others[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS,
	    EINTR, EPERM, EACCES, ENOENT, ENOSYS };
	unsigned int		index;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		failing = others[i];
		assert_int_equal(interface_find("lo", &index),
		    INTERFACE_UNKNOWN);
		assert_int_equal(index, 0);
		assert_true(interface_is("lo", 7));
	}
	failing = ENODEV;
	assert_int_equal(interface_find("lo", &index), INTERFACE_GONE);
	assert_false(interface_is("lo", 7));
	failing = ENXIO;
	assert_int_equal(interface_find("lo", &index), INTERFACE_GONE);
	assert_false(interface_is("lo", 7));
}

static void
another_index_is_another_one(void **state)
{
	unsigned int	index;

	(void)state;
	pretended = 7;
	assert_int_equal(interface_find("x", &index), INTERFACE_THERE);
	assert_int_equal(index, 7);
	assert_true(interface_is("x", 7));
	assert_false(interface_is("x", 8));
}

static void
state_stays_what_it_was(void **state)
{
	struct ifwatch	*s = ifstat_open("lo");
	int		 down;

	(void)state;
	assert_non_null(s);
	for (down = 0; down < 2; down++) {
		pretended_down = down;
		assert_int_equal(ifstat_up(s), !down);
		failing = EMFILE;
		assert_int_equal(ifstat_up(s), !down);
		failing = 0;
	}
	ifstat_close(s);
}

static void
set_counters(const uint64_t to[LEDGER_IFACE_COUNTERS])
{
	pretended_counters = (struct ifcounters){ .rx_packets = to[0],
	    .rx_bytes = to[1], .rx_dropped = to[2], .tx_packets = to[3],
	    .tx_bytes = to[4] };
}

/* What is reported goes on whatever the system's counters do. */
static void
counters_go_on(void **state)
{
#define G	((uint64_t)1 << 30)
	static const struct {
		uint64_t	before[LEDGER_IFACE_COUNTERS];
		uint64_t	after[LEDGER_IFACE_COUNTERS];
		uint64_t	sum[LEDGER_IFACE_COUNTERS];
	} cases[] = {
		/* They count. */
		{ { 10, 1000, 1, 5, 500 }, { 11, 1100, 1, 5, 500 },
		    { 11, 1100, 1, 5, 500 } },
		/* They were cleared. */
		{ { 10, 1000, 1, 5, 500 }, { 2, 200, 0, 6, 480 },
		    { 12, 1200, 1, 11, 980 } },
		{ { 10, 4 * G - 1, 0, 0, 0 }, { 2, 200, 0, 0, 0 },
		    { 12, 4 * G + 199, 0, 0, 0 } },
		/* One of 32 bits has wrapped, two have. */
		{ { 10, 4 * G - 100, 1, 5, 500 }, { 12, 50, 1, 6, 600 },
		    { 12, 4 * G + 50, 1, 6, 600 } },
		{ { 4 * G - 1, 1000, 1, 5, 4 * G - 1 }, { 4, 3000, 1, 6, 9 },
		    { 4 * G + 4, 3000, 1, 6, 4 * G + 9 } },
		/* One of 64 bits does not wrap. */
		{ { 10, 9 * G, 1, 5, 500 }, { 1, 90, 0, 1, 60 },
		    { 11, 9 * G + 90, 1, 6, 560 } },
	};
#undef G
	struct ledger	 l;
	struct ifwatch	*s;
	size_t		 i;

	(void)state;
	pretended = 7;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&l, 0, sizeof(l));
		set_counters(cases[i].before);
		assert_non_null(s = ifstat_open("lo"));
		ifstat_begin(s, &l);
		set_counters(cases[i].after);
		ifstat_end(s, &l);
		ifstat_close(s);
		assert_memory_equal(&l.v[LEDGER_RX_PACKETS_END], cases[i].sum,
		    sizeof(cases[i].sum));
	}
}

static void
networks_stay_what_they_were(void **state)
{
	static const int	errors[] = { EMFILE, ENOMEM, ENOBUFS };
	struct networks		*n = networks_open("lo", NULL, false);
	const struct nets	*set;
	char			 text[512];
	size_t			 i;

	(void)state;
	assert_non_null(n);
	set = networks_set(n);
	(void)strlcpy(text, networks_text(n), sizeof(text));
	pretended = 1;		/* the name can be asked, its addresses not */
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		failing = errors[i];
		assert_false(networks_update(n));
		assert_ptr_equal(networks_set(n), set);
		assert_string_equal(networks_text(n), text);
		assert_null(networks_open("lo", NULL, false));
	}
	failing = 0;
	assert_false(networks_update(n));
	networks_close(n);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_teardown(only_two_errors_mean_gone, no_fault),
		cmocka_unit_test_teardown(another_index_is_another_one,
		    no_fault),
		cmocka_unit_test_teardown(state_stays_what_it_was, no_fault),
		cmocka_unit_test_teardown(counters_go_on, no_fault),
		cmocka_unit_test_teardown(networks_stay_what_they_were,
		    no_fault),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
