/*
 * What interfaces are, by index; and which can be captured one by one.
 * each.bats has those of other kinds.
 */
#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "capture/capturable.h"
#include "capture/frames_opts.h"
#include "host/ifabout.h"

static const char	loopback[] = "lo";

static void
the_loopback_interface(void **state)
{
	unsigned int	index = if_nametoindex(loopback);
	struct ifabout	a;

	(void)state;
	if (index == 0)
		skip();
	assert_ptr_equal(ifabout_find(index, &a), &a);
	assert_string_equal(a.name, loopback);
	assert_int_equal(a.link, 1);
	assert_false(a.has_mac);
	assert_int_equal(a.speed, 0);
}

static void
an_index_that_no_interface_has(void **state)
{
	static const unsigned int	none[] = { 0, 0x7ffffff0, 0xfffffff0 };
	struct ifabout			a;
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		errno = 0;
		assert_null(ifabout_find(none[i], &a));
		assert_true(errno == ENODEV || errno == ENXIO);
	}
}

static void
only_interfaces_of_the_network_can_be_captured(void **state)
{
	char	  err[FRAMES_ERRLEN] = "";
	size_t	  n, i;
	char	**names = capturable_list(&n, err);
	int	  loopbacks = 0;

	(void)state;
	if (names == NULL) {	/* without the privilege, or in no network */
		assert_non_null(strstr(err, "cannot list the interfaces: "));
		assert_int_equal(n, 0);
		skip();
	}
	for (i = 0; i < n; i++) {
		assert_int_not_equal(if_nametoindex(names[i]), 0);
		assert_string_not_equal(names[i], "any");
		loopbacks += strcmp(names[i], loopback) == 0;
	}
	assert_int_equal(loopbacks, 1);
	capturable_free(names, n);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(the_loopback_interface),
		cmocka_unit_test(an_index_that_no_interface_has),
		cmocka_unit_test(
		    only_interfaces_of_the_network_can_be_captured),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
