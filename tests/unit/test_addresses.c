/*
 * Addresses and interfaces as the kernel's messages list them: which network
 * an address stands for, what an interface is connected with, and messages
 * that no kernel would send.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/addresses_linux.h"
#include "host/once.h"
#include "netlink_text.h"

#define INDEX		7
#define SEQUENCE	42

static unsigned short	link_type;	/* of the links that are added */

static void
add_ip(struct text *t, uint16_t type, int family, const char *addr)
{
	uint8_t	octets[16];

	if (addr == NULL)
		return;
	assert_int_equal(inet_pton(family, addr, octets), 1);
	add_attribute(t, type, octets, family == AF_INET ? 4 : 16);
}

/* An address of the interface INDEX. */
static void
add_address(struct text *t, const char *address, const char *own,
    unsigned int bits, const char *label)
{
	struct ifaddrmsg	msg = { .ifa_index = INDEX,
				    .ifa_prefixlen = (uint8_t)bits };
	struct text		body = { .len = 0 };
	const char		*any = address != NULL ? address : own;

	msg.ifa_family = strchr(any, ':') != NULL ? AF_INET6 : AF_INET;
	add(&body, &msg, sizeof(msg));
	add_ip(&body, IFA_ADDRESS, msg.ifa_family, address);
	add_ip(&body, IFA_LOCAL, msg.ifa_family, own);
	if (label != NULL)
		add_attribute(&body, IFA_LABEL, label, strlen(label) + 1);
	wrap(t, RTM_NEWADDR, 0, SEQUENCE, &body);
}

static void
add_link(struct text *t, int index, uint32_t master, uint32_t link,
    const char *kind, bool elsewhere)
{
	struct ifinfomsg	msg = { .ifi_index = index,
				    .ifi_type = link_type };
	struct text		body = { .len = 0 }, info = { .len = 0 };
	int32_t			netns = 0;

	add(&body, &msg, sizeof(msg));
	if (master != 0)
		add_attribute(&body, IFLA_MASTER, &master, sizeof(master));
	if (link != 0)
		add_attribute(&body, IFLA_LINK, &link, sizeof(link));
	if (kind != NULL) {
		add_attribute(&info, IFLA_INFO_KIND, kind, strlen(kind) + 1);
		/* The kernel may set the flag of nested attributes. */
		add_attribute(&body, IFLA_LINKINFO | NLA_F_NESTED, info.octets,
		    info.len);
	}
	if (elsewhere)
		add_attribute(&body, IFLA_LINK_NETNSID, &netns, sizeof(netns));
	wrap(t, RTM_NEWLINK, 0, SEQUENCE, &body);
}

static void
assert_behind(const struct hostmap *m, unsigned int index, const char *text)
{
	struct nets	*s = nets_new();
	char		 buf[512];

	assert_int_equal(hostmap_networks(m, index, s), 0);
	nets_tidy(s);
	assert_string_equal(nets_format(s, buf, sizeof(buf)), text);
	nets_free(s);
}

static void
the_network_of_an_address(void **state)
{
	static const struct {
		const char	*address, *own;
		unsigned int	 bits;
		const char	*label, *network;
	} cases[] = {
		{ "10.0.0.1", "10.0.0.1", 24, "eth0", "10.0.0.0/24" },
		{ "10.0.0.1", "10.0.0.1", 24, "eth0:1", "10.0.0.0/24" },
		{ "10.0.0.1", "10.0.0.1", 24, "wrong", "10.0.0.0/24" },
		{ "10.0.0.1", "10.0.0.1", 32, NULL, "10.0.0.1/32" },
		{ NULL, "10.0.0.1", 24, NULL, "10.0.0.0/24" },
		{ "2001:db8::1", NULL, 64, NULL, "2001:db8::/64" },
		{ "2001:db8::1", NULL, 128, NULL, "2001:db8::1/128" },
		{ "192.0.2.1", "10.0.0.1", 32, NULL, "10.0.0.1/32" },
		{ "192.0.2.1", "10.0.0.1", 24, NULL, "10.0.0.1/32" },
		{ "10.0.0.9", "10.0.0.1", 24, NULL, "10.0.0.0/24" },
		{ "2001:db8::9", "2001:db8:1::1", 128, NULL,
		    "2001:db8:1::1/128" },
		{ "fd00::9", "fd00::1", 64, NULL, "fd00::/64" },
		{ "10.0.0.1", "10.0.0.1", 0, NULL, "10.0.0.1/32" },
		{ "fd00::1", NULL, 0, NULL, "fd00::1/128" },
		{ "10.0.0.1", "10.0.0.1", 33, NULL, "" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hostmap	m = { .links = NULL };
		struct text	t = { .len = 0 };

		add_address(&t, cases[i].address, cases[i].own,
		    cases[i].bits, cases[i].label);
		assert_int_equal(addresses_parse(&m, SEQUENCE, t.octets,
		    t.len), 1);
		assert_behind(&m, INDEX, cases[i].network);
		assert_behind(&m, INDEX + 1, "");
		assert_behind(&m, 0, cases[i].network);
		hostmap_clear(&m);
	}
}

static void
what_interfaces_are_connected_with(void **state)
{
	struct hostmap	m = { .links = NULL };
	struct text	t = { .len = 0 };

	(void)state;
	add_address(&t, "10.0.0.1", "10.0.0.1", 24, NULL);
	add_link(&t, INDEX, 0, 0, "bridge", false);
	add_link(&t, 20, INDEX, 0, NULL, false);	/* a port */
	add_link(&t, 21, 0, 0, NULL, false);		/* no port */
	add_link(&t, INDEX, 0, 22, "vlan", false);
	add_link(&t, INDEX, 0, 23, "veth", false);
	add_link(&t, INDEX, 0, 24, NULL, false);
	add_link(&t, INDEX, 0, 25, "macvlan", true);
	add_link(&t, INDEX, 0, 26, "vlans", false);
	assert_int_equal(addresses_parse(&m, SEQUENCE, t.octets, t.len), 1);
	assert_behind(&m, INDEX, "10.0.0.0/24");
	assert_behind(&m, 20, "10.0.0.0/24");
	assert_behind(&m, 21, "");
	assert_behind(&m, 22, "10.0.0.0/24");
	assert_behind(&m, 23, "");	/* the other end of a veth */
	assert_behind(&m, 24, "");
	assert_behind(&m, 25, "");	/* a device of another namespace */
	assert_behind(&m, 26, "");
	hostmap_clear(&m);
}

/* Bit 0: what comes in is counted elsewhere; bit 1: what goes out. */
static unsigned int
repeats_of(int type, uint32_t link, const char *kind, bool elsewhere,
    uint32_t master_of)
{
	struct hostmap	 m = { .links = NULL };
	struct once	*o = once_new();
	struct text	 t = { .len = 0 };
	unsigned int	 bits;

	assert_non_null(o);
	link_type = (unsigned short)type;
	add_link(&t, INDEX, 0, link, kind, elsewhere);
	if (master_of != 0)
		add_link(&t, (int)master_of, INDEX, 0, NULL, false);
	assert_int_equal(addresses_parse(&m, SEQUENCE, t.octets, t.len), 1);
	once_set(o, &m);
	bits = once_repeats(o, INDEX, 0, false) +
	    2u * once_repeats(o, INDEX, 4, false);
	/* Every packet type but the outgoing one is incoming. */
	assert_int_equal(once_repeats(o, INDEX, 3, false), bits & 1);
	assert_false(once_repeats(o, INDEX + 1, 0, false));
	assert_false(once_repeats(o, INDEX - 1, 4, false));
	hostmap_clear(&m);
	once_set(o, &m);
	assert_false(once_repeats(o, INDEX, 0, false));
	once_free(o);
	link_type = 0;
	return (bits);
}

static void
which_frames_are_repetitions(void **state)
{
	struct once	*o = once_new();
	uint64_t	*table = calloc(ONCE_WORDS, sizeof(*table));
	struct hostmap	 m = { .links = NULL };

	(void)state;
	assert_int_equal(repeats_of(1, 0, NULL, false, 0), 0);
	assert_int_equal(repeats_of(1, 0, NULL, false, 9), 3);
	assert_int_equal(repeats_of(1, 0, "bridge", false, 0), 3);
	assert_int_equal(repeats_of(1, 9, "vlan", false, 0), 3);
	assert_int_equal(repeats_of(1, 9, "vlan", true, 0), 0);
	assert_int_equal(repeats_of(1, 9, "veth", false, 0), 1);
	assert_int_equal(repeats_of(1, 9, "veth", true, 0), 0);
	assert_int_equal(repeats_of(1, 0, "vxlan", false, 0), 3);
	assert_int_equal(repeats_of(1, 0, "wireguard", false, 0), 3);
	assert_int_equal(repeats_of(1, 0, "tun", false, 0), 0);	/* tap */
	assert_int_equal(repeats_of(ARPHRD_NONE, 0, "tun", false, 0), 3);
	assert_int_equal(repeats_of(1, 0, "dummy", false, 0), 0);
	assert_int_equal(repeats_of(ARPHRD_LOOPBACK, 0, NULL, false, 0), 2);
	/* What is forwarded was counted as it came in, on any device. */
	assert_true(once_repeats(o, INDEX, 4, true));
	assert_false(once_repeats(o, INDEX, 0, true));
	/* A program has the same table, now and later. */
	assert_int_equal(hostmap_add_link(&m, &(struct hostmap_link){
	    .index = 33, .repeats = HOSTMAP_REPEATS_OUT }), 0);
	assert_int_equal(hostmap_add_link(&m, &(struct hostmap_link){
	    .index = ONCE_DEVICES, .repeats = HOSTMAP_REPEATS_OUT }), 0);
	once_share(o, table);
	once_set(o, &m);
	assert_true(table[1] == UINT64_C(1) << 3);
	assert_false(once_repeats(o, ONCE_DEVICES, 4, false));
	table[1] = 0;
	once_share(o, table);
	assert_true(table[1] == UINT64_C(1) << 3);
	once_share(o, NULL);
	hostmap_clear(&m);
	once_set(o, &m);
	assert_true(table[1] == UINT64_C(1) << 3);
	once_free(o);
	free(table);
}

static void
the_end_of_an_answer(void **state)
{
	struct hostmap	m = { .links = NULL };
	struct text	t = { .len = 0 }, body = { .len = 0 }, error = t;
	int		code = -EPERM;

	(void)state;
	add_address(&t, "10.0.0.1", "10.0.0.1", 24, NULL);
	wrap(&t, NLMSG_DONE, 0, SEQUENCE, &body);
	assert_int_equal(addresses_parse(&m, SEQUENCE, t.octets, t.len), 0);
	assert_behind(&m, INDEX, "10.0.0.0/24");
	hostmap_clear(&m);
	/* Of another request. */
	assert_int_equal(addresses_parse(&m, SEQUENCE + 1, t.octets, t.len),
	    1);
	assert_behind(&m, INDEX, "");
	/* It changed while it was listed: it must be asked for again. */
	t.len = 0;
	wrap(&t, NLMSG_DONE, NLM_F_DUMP_INTR, SEQUENCE, &body);
	assert_int_equal(addresses_parse(&m, SEQUENCE, t.octets, t.len), -1);
	assert_int_equal(errno, EINTR);
	add(&body, &code, sizeof(code));
	wrap(&error, NLMSG_ERROR, 0, SEQUENCE, &body);
	assert_int_equal(addresses_parse(&m, SEQUENCE, error.octets,
	    error.len), -1);
	assert_int_equal(errno, EPERM);
}

/* Each length and each octet may be wrong: nothing beyond is read. */
static void
hostile_messages(void **state)
{
	struct hostmap	m = { .links = NULL };
	struct text	t = { .len = 0 };
	uint8_t		*copy;
	size_t		i, cut;

	(void)state;
	add_address(&t, "10.0.0.1", "10.0.0.1", 24, "eth0:1");
	add_link(&t, 20, INDEX, 3, "macvlan", true);
	for (cut = 0; cut <= t.len; cut++) {
		copy = malloc(cut + 1);
		memcpy(copy, t.octets, cut);
		(void)addresses_parse(&m, SEQUENCE, copy, cut);
		free(copy);
	}
	for (i = 0; i < t.len; i++)
		for (cut = 0; cut < 256; cut += 51) {
			copy = malloc(t.len);
			memcpy(copy, t.octets, t.len);
			copy[i] = (uint8_t)cut;
			(void)addresses_parse(&m, SEQUENCE, copy, t.len);
			free(copy);
		}
	hostmap_clear(&m);
}

static void
the_kernel_answers(void **state)
{
	struct addresses	*a = addresses_open();
	struct nets		*s = nets_new();

	(void)state;
	assert_non_null(a);
	assert_true(addresses_fd(a) >= 0);
	assert_int_equal(addresses_read(a, 1, s), 0);
	assert_int_equal(addresses_read(a, 0, s), 0);
	assert_int_equal(addresses_read(a, (unsigned int)-1, s), 0);
	(void)addresses_heard(a);
	nets_free(s);
	addresses_close(a);
	addresses_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(the_network_of_an_address),
		cmocka_unit_test(what_interfaces_are_connected_with),
		cmocka_unit_test(which_frames_are_repetitions),
		cmocka_unit_test(the_end_of_an_answer),
		cmocka_unit_test(hostile_messages),
		cmocka_unit_test(the_kernel_answers),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
