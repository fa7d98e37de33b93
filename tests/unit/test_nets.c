/*
 * Sets of networks: the fewest that are the same addresses, and wider ones if
 * these do not fit; and which texts of networks may share a block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/hostmap.h"
#include "host/networks.h"
#include "packet/addr.h"
#include "packet/nets.h"

static struct nets *
set_of(const char *list)
{
	struct nets	*s = nets_new();
	const char	*bad;

	assert_non_null(s);
	assert_int_equal(nets_add(s, list, &bad), 0);
	return (s);
}

static void
assert_text(const struct nets *s, const char *text)
{
	char	buf[4096];

	assert_string_equal(nets_format(s, buf, sizeof(buf)), text);
}

static void
tidy_sets_have_the_fewest_networks(void **state)
{
	static const char *const	cases[][2] = {
		{ "", "" },
		{ "10.0.0.1/24 10.0.0.2/24", "10.0.0.0/24" },
		{ "10.0.0.0/24 10.0.0.7 10.0.0.128/25", "10.0.0.0/24" },
		{ "10.0.1.0/24 10.0.0.0/24", "10.0.0.0/23" },
		/* Touching is not enough: the two are no network. */
		{ "10.0.1.0/24 10.0.2.0/24", "10.0.1.0/24 10.0.2.0/24" },
		{ "10.0.0.0/25 10.0.0.128/26 10.0.0.192/27 10.0.0.224/27",
		    "10.0.0.0/24" },
		{ "0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0" },
		{ "::/1 8000::/1", "::/0" },
		{ "fd00::1/64 fd00:0:0:1::/64 fe80::1/64",
		    "fd00::/63 fe80::/64" },
		/* IPv4 is no part of IPv6. */
		{ "::/0 10.0.0.0/8", "10.0.0.0/8 ::/0" },
		{ "192.0.2.1/32 192.0.2.0/32 192.0.2.2/31", "192.0.2.0/30" },
	};
	size_t				i;
	struct nets			*s;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = set_of(cases[i][0]);
		nets_tidy(s);
		assert_text(s, cases[i][1]);
		nets_free(s);
	}
}

static void
what_fits_is_not_widened(void **state)
{
	struct nets	*s = set_of("10.0.0.0/24 10.0.2.0/24");

	(void)state;
	assert_false(nets_widen(s, sizeof("10.0.0.0/24 10.0.2.0/24")));
	assert_text(s, "10.0.0.0/24 10.0.2.0/24");
	assert_true(nets_widen(s, sizeof("10.0.0.0/24 10.0.2.0/24") - 1));
	assert_text(s, "10.0.0.0/22");
	nets_free(s);
}

static void
those_are_joined_that_add_the_fewest(void **state)
{
	struct nets	*s = set_of("10.0.0.0/24 10.0.3.0/24 10.9.0.0/24 "
			    "10.9.2.0/25 fd00::/64 fd00:0:0:2::/64 "
			    "fd77::/64");

	(void)state;
	assert_true(nets_widen(s, 56));
	assert_text(s, "10.0.0.0/22 10.9.0.0/22 fd00::/62 fd77::/64");
	assert_false(nets_widen(s, 56));
	/* No more than one of each family can be had. */
	assert_true(nets_widen(s, 1));
	assert_text(s, "10.0.0.0/12 fd00::/9");
	nets_free(s);
}

/* All that was in it is in it afterwards. */
static void
a_wider_set_has_all_of_the_old(void **state)
{
	struct nets	*s = nets_new();
	char		 text[4096];
	uint8_t		 family, addr[16];
	uint32_t	 n = 1;
	int		 i;

	(void)state;
	for (i = 0; i < 3000; i++, n = n * 1664525 + 1013904223) {
		(void)snprintf(text, sizeof(text), i % 3 == 0 ? "fd%02x:%x::" :
		    "10.%u.%u.0", n >> 24, n >> 16 & 255);
		assert_int_equal(addr_parse(text, &family, addr), 0);
		assert_int_equal(nets_add_net(s, family, addr,
		    i % 3 == 0 ? 48 : 24), 0);
	}
	assert_true(nets_widen(s, sizeof(text)));
	for (i = 0, n = 1; i < 3000; i++, n = n * 1664525 + 1013904223) {
		(void)snprintf(text, sizeof(text), i % 3 == 0 ? "fd%02x:%x::" :
		    "10.%u.%u.0", n >> 24, n >> 16 & 255);
		assert_int_equal(addr_parse(text, &family, addr), 0);
		assert_true(nets_contains(s, family, addr));
	}
	assert_true(strlen(nets_format(s, text, sizeof(text))) > 3900);
	nets_free(s);
}

static void
which_texts_may_share_a_block(void **state)
{
	static const struct {
		const char	*a, *b;
		bool		 differ;
	} cases[] = {
		{ "", "", false },
		{ "", "10.0.0.0/24", false },
		{ "10.0.0.0/24", "", false },
		{ "10.0.0.0/24", "10.0.0.0/24", false },
		{ "10.0.0.0/25 10.0.0.128/25", "10.0.0.0/24", false },
		{ "10.0.0.0/24 fe80::/64", "10.0.0.0/24", false },
		{ "10.0.0.0/24", "fe80::/64", false },
		{ "10.0.0.0/24", "10.0.1.0/24", true },
		{ "10.0.0.0/24", "10.0.0.0/24 10.0.1.0/24", true },
		{ "10.0.0.0/24 10.0.1.0/24", "10.0.0.0/24", true },
		{ "2001:db8:1::/64 fe80::/64", "2001:db8:2::/64 fe80::/64",
		    true },
		{ "10.0.0.0/24", "10.0.0.0/25", true },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(networks_differ(cases[i].a, cases[i].b),
		    cases[i].differ);
}

static void
texts_are_joined(void **state)
{
	char	text[32] = "10.0.0.0/25";

	(void)state;
	networks_join(text, sizeof(text), "10.0.0.128/25 fd00::/64");
	assert_string_equal(text, "10.0.0.0/24 fd00::/64");
	networks_join(text, sizeof(text), "");
	assert_string_equal(text, "10.0.0.0/24 fd00::/64");
	networks_join(text, sizeof(text), "10.0.2.0/24");
	assert_string_equal(text, "10.0.0.0/22 fd00::/64");
}

/* ---- interfaces ---- */

static void
add_link(struct hostmap *m, unsigned int index, unsigned int master,
    unsigned int below)
{
	const struct hostmap_link	l = {
		.index = index, .master = master, .below = below,
	};

	assert_int_equal(hostmap_add_link(m, &l), 0);
}

static void
add_net(struct hostmap *m, unsigned int index, const char *text,
    unsigned int bits)
{
	struct hostmap_address	a = { .index = index, .bits = bits };

	assert_int_equal(addr_parse(text, &a.family, a.addr), 0);
	assert_int_equal(hostmap_add_address(m, &a), 0);
}

static void
assert_behind(const struct hostmap *m, unsigned int index, const char *text)
{
	struct nets	*s = nets_new();

	assert_int_equal(hostmap_networks(m, index, s), 0);
	nets_tidy(s);
	assert_text(s, text);
	nets_free(s);
}

static void
networks_behind_an_interface(void **state)
{
	struct hostmap	m = { .links = NULL };

	(void)state;
	add_link(&m, 1, 0, 0);
	add_link(&m, 2, 5, 0);		/* a slave of a bond */
	add_link(&m, 5, 6, 0);		/* which is a port of a bridge */
	add_link(&m, 6, 0, 0);
	add_link(&m, 7, 6, 0);		/* another port, with an address */
	add_link(&m, 8, 0, 9);		/* VLANs on a device without one */
	add_link(&m, 9, 0, 0);
	add_link(&m, 10, 0, 9);
	add_link(&m, 11, 12, 0);	/* a circle, which must end */
	add_link(&m, 12, 11, 0);
	add_link(&m, 13, 14, 0);	/* a VLAN of the bridge has it */
	add_link(&m, 14, 0, 0);
	add_link(&m, 15, 0, 14);
	add_net(&m, 1, "127.0.0.1", 8);
	add_net(&m, 6, "10.6.0.1", 16);
	add_net(&m, 2, "fe80::2", 64);
	add_net(&m, 7, "10.7.0.1", 16);
	add_net(&m, 8, "10.8.0.1", 16);
	add_net(&m, 10, "10.10.0.1", 16);
	add_net(&m, 15, "10.15.0.1", 16);
	assert_behind(&m, 1, "127.0.0.0/8");
	assert_behind(&m, 2, "10.6.0.0/16 fe80::/64");
	assert_behind(&m, 5, "10.6.0.0/16");
	assert_behind(&m, 7, "10.7.0.0/16");
	assert_behind(&m, 8, "10.8.0.0/16");
	assert_behind(&m, 9, "10.8.0.0/16 10.10.0.0/16");
	assert_behind(&m, 11, "");
	assert_behind(&m, 13, "10.15.0.0/16");
	assert_behind(&m, 99, "");
	assert_behind(&m, 0, "10.6.0.0/15 10.8.0.0/16 10.10.0.0/16 "
	    "10.15.0.0/16 127.0.0.0/8 fe80::/64");
	hostmap_clear(&m);
	assert_behind(&m, 1, "");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(tidy_sets_have_the_fewest_networks),
		cmocka_unit_test(what_fits_is_not_widened),
		cmocka_unit_test(those_are_joined_that_add_the_fewest),
		cmocka_unit_test(a_wider_set_has_all_of_the_old),
		cmocka_unit_test(which_texts_may_share_a_block),
		cmocka_unit_test(texts_are_joined),
		cmocka_unit_test(networks_behind_an_interface),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
