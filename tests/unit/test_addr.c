/*
 * Addresses as text: compared with inet_ntop(3).
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "packet/addr.h"
#include "packet/flow.h"

static void
ip4(void **state)
{
	uint8_t	addr[16] = { 0 };
	char	got[ADDR_STRLEN], want[ADDR_STRLEN];
	int	v, i;

	(void)state;
	for (v = 0; v < 256; v++)
		for (i = 12; i < 16; i++) {
			memset(addr + 12, 255 - v, 4);
			addr[i] = (uint8_t)v;
			assert_non_null(inet_ntop(AF_INET, addr + 12, want,
			    sizeof(want)));
			assert_string_equal(addr_format(FLOW_FAMILY_IP4, addr,
			    got), want);
		}
}

static void
others(void **state)
{
	uint8_t	addr[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	char	got[ADDR_STRLEN];

	(void)state;
	assert_string_equal(addr_format(FLOW_FAMILY_IP6, addr, got),
	    "2001:db8::1");
	memset(addr, 0xff, sizeof(addr));
	assert_string_equal(addr_format(FLOW_FAMILY_IP6, addr, got),
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	assert_string_equal(addr_format(FLOW_FAMILY_NONE, addr, got), "other");
	assert_string_equal(addr_format(99, addr, got), "other");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(ip4),
		cmocka_unit_test(others),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
