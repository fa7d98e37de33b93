/*
 * The kernel's table of neighbours: what of its messages is a device, and
 * messages that no kernel would send.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/neighbours_linux.h"
#include "packet/addr.h"
#include "netlink_text.h"

#define INDEX		7
#define SEQUENCE	42

static char	heard[1024];

static void
on_neighbour(void *arg, const struct neighbour *n)
{
	char	addr[ADDR_STRLEN], mac[MAC_STRLEN];

	(void)arg;
	(void)strcat(strcat(strcat(heard, addr_format(n->family, n->addr,
	    addr)), " "), mac_format(n->mac, mac));
	(void)strcat(heard, ";");
}

static const struct neighbours_asked	asked = {
	INDEX, SEQUENCE, on_neighbour, NULL
};

static const struct one {
	const char	*addr;
	uint8_t		 mac[MAC_LEN];
	int32_t		 index;
	uint16_t	 state;
	uint8_t		 flags;
	uint8_t		 type;
	size_t		 maclen;
} entries[] = {
	{ "192.168.1.2", { 2, 0, 0, 0, 0, 1 }, INDEX, NUD_REACHABLE, 0,
	    RTN_UNICAST, 6 },
	{ "fd00::2", { 2, 0, 0, 0, 0, 1 }, INDEX, NUD_STALE, NTF_ROUTER,
	    RTN_UNICAST, 6 },
	{ "fd00::3", { 2, 0, 0, 0, 0, 3 }, INDEX, NUD_PERMANENT, 0,
	    RTN_UNICAST, 6 },
	{ "fd00::4", { 2, 0, 0, 0, 0, 4 }, INDEX, NUD_DELAY, 0,
	    RTN_UNICAST, 6 },
	{ "fd00::5", { 2, 0, 0, 0, 0, 5 }, INDEX, NUD_PROBE, 0,
	    RTN_UNICAST, 6 },
	/* From here on none is a device of ours. */
	{ "fd00::10", { 2, 0, 0, 0, 0, 9 }, INDEX + 1, NUD_STALE, 0,
	    RTN_UNICAST, 6 },
	{ "fd00::11", { 2, 0, 0, 0, 0, 9 }, INDEX, NUD_INCOMPLETE, 0,
	    RTN_UNICAST, 6 },
	{ "fd00::12", { 2, 0, 0, 0, 0, 9 }, INDEX, NUD_FAILED, 0,
	    RTN_UNICAST, 6 },
	{ "ff02::1", { 0x33, 0x33, 0, 0, 0, 1 }, INDEX, NUD_NOARP, 0,
	    RTN_MULTICAST, 6 },
	{ "fd00::13", { 0x33, 0x33, 0, 0, 0, 1 }, INDEX, NUD_STALE, 0,
	    RTN_UNICAST, 6 },
	{ "192.168.1.255", { 255, 255, 255, 255, 255, 255 }, INDEX,
	    NUD_PERMANENT, 0, RTN_UNICAST, 6 },
	{ "127.0.0.1", { 0 }, INDEX, NUD_PERMANENT, 0, RTN_UNICAST, 6 },
	{ "fd00::14", { 2, 0, 0, 0, 0, 9 }, INDEX, NUD_STALE, NTF_PROXY,
	    RTN_UNICAST, 6 },
	{ "fd00::15", { 2, 0, 0, 0, 0, 9 }, INDEX, NUD_STALE, 0,
	    RTN_UNICAST, 5 },
	{ "fd00::16", { 2, 0, 0, 0, 0, 9 }, INDEX, NUD_STALE, 0,
	    RTN_UNICAST, 0 },
};

static void
add_entry(struct text *t, const struct one *e)
{
	struct text	body = { .len = 0 };
	bool		v6 = strchr(e->addr, ':') != NULL;
	struct ndmsg	nd = { .ndm_family = v6 ? AF_INET6 : AF_INET,
			    .ndm_ifindex = e->index, .ndm_state = e->state,
			    .ndm_flags = e->flags, .ndm_type = e->type };
	uint8_t		addr[16];

	assert_int_equal(inet_pton(nd.ndm_family, e->addr, addr), 1);
	add(&body, &nd, sizeof(nd));
	add_attribute(&body, NDA_PROBES, "\1\0\0\0", 4);
	add_attribute(&body, NDA_DST, addr, v6 ? 16 : 4);
	if (e->maclen > 0)
		add_attribute(&body, NDA_LLADDR, e->mac, e->maclen);
	wrap(t, RTM_NEWNEIGH, 0, SEQUENCE, &body);
}

static int
parse(const struct text *t, size_t len)
{
	/* A copy of just that size, for the sanitizers. */
	uint8_t	*octets = malloc(len + 1);
	int	 rc;

	assert_non_null(octets);
	memcpy(octets, t->octets, len);
	heard[0] = '\0';
	rc = neighbours_parse(&asked, octets, len);
	free(octets);
	return (rc);
}

static void
devices_of_the_interface_and_no_others(void **state)
{
	struct text	t = { .len = 0 }, none = { .len = 0 };
	size_t		i;

	(void)state;
	for (i = 0; i < 5; i++)
		add_entry(&t, &entries[i]);
	assert_int_equal(parse(&t, t.len), 1);
	assert_string_equal(heard, "192.168.1.2 02:00:00:00:00:01;"
	    "fd00::2 02:00:00:00:00:01;fd00::3 02:00:00:00:00:03;"
	    "fd00::4 02:00:00:00:00:04;fd00::5 02:00:00:00:00:05;");
	for (t.len = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		add_entry(&t, &entries[i]);
	wrap(&t, NLMSG_DONE, 0, SEQUENCE, &none);
	add_entry(&t, &entries[0]);	/* behind the end */
	assert_int_equal(parse(&t, t.len), 0);
	assert_string_equal(heard, "");
}

static void
answers_to_other_requests_are_passed_over(void **state)
{
	struct text	t = { .len = 0 }, none = { .len = 0 };

	(void)state;
	wrap(&t, NLMSG_DONE, 0, SEQUENCE - 1, &none);
	wrap(&t, NLMSG_ERROR, 0, SEQUENCE - 1, &none);
	wrap(&t, RTM_NEWLINK, 0, SEQUENCE, &none);
	add_entry(&t, &entries[0]);
	assert_int_equal(parse(&t, t.len), 1);
	assert_string_equal(heard, "192.168.1.2 02:00:00:00:00:01;");
}

static void
errors_of_the_kernel(void **state)
{
	static const int	errors[][2] = {
		{ -EPERM, EPERM }, { -EBUSY, EBUSY }, { 0, EIO }, { 5, EIO },
		{ INT32_MIN, EIO }
	};
	struct text		t, body;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		t.len = body.len = 0;
		add(&body, errors[i], sizeof(int));
		wrap(&t, NLMSG_ERROR, 0, SEQUENCE, &body);
		assert_int_equal(parse(&t, t.len), -1);
		assert_int_equal(errno, errors[i][1]);
	}
	t.len = body.len = 0;
	wrap(&t, NLMSG_ERROR, 0, SEQUENCE, &body);
	assert_int_equal(parse(&t, t.len), -1);
	assert_int_equal(errno, EIO);
}

/* Cut anywhere, and with each octet changed: never more is read than there. */
static void
hostile_messages(void **state)
{
	struct text	t = { .len = 0 }, u;
	size_t		i;
	int		v;

	(void)state;
	add_entry(&t, &entries[0]);
	add_entry(&t, &entries[1]);
	for (i = 0; i < t.len; i++) {
		(void)parse(&t, i);
		assert_null(strstr(heard, "fd00::2 "));
	}
	for (i = 0; i < t.len; i++)
		for (v = 0; v < 256; v++) {
			u = t;
			u.octets[i] = (uint8_t)v;
			(void)parse(&u, u.len);
		}
	/* A length that leads nowhere must not be followed for ever. */
	u = t;
	memset(u.octets, 0, 4);
	assert_int_equal(parse(&u, u.len), -1);
	assert_int_equal(errno, EBADMSG);
	memset(u.octets, 0xff, 4);
	assert_int_equal(parse(&u, u.len), -1);
}

static void
the_kernel_answers(void **state)
{
	struct neighbours	*n = neighbours_open();

	(void)state;
	assert_non_null(n);
	heard[0] = '\0';
	assert_int_equal(neighbours_read(n, "lo", on_neighbour, NULL), 0);
	assert_string_equal(heard, "");		/* it has no MAC address */
	assert_int_equal(neighbours_read(n, "no such one", on_neighbour,
	    NULL), 0);
	assert_int_equal(neighbours_read(n, "lo", on_neighbour, NULL), 0);
	neighbours_close(n);
	neighbours_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(devices_of_the_interface_and_no_others),
		cmocka_unit_test(answers_to_other_requests_are_passed_over),
		cmocka_unit_test(errors_of_the_kernel),
		cmocka_unit_test(hostile_messages),
		cmocka_unit_test(the_kernel_answers),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
