/*
 * The table of neighbours as FreeBSD 14 on amd64 writes it: which messages are
 * a neighbour of the interface, and what no kernel would write.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/neighbours_route.h"
#include "packet/addr.h"

#define INDEX		7
#define ANNOUNCE	0x2000
#define INET6		28
#define LINK		18
#define HEADER		152

static const struct route_layout	layout = {
	.header = HEADER, .flags = 8, .addrs = 12, .align = 8,
	.proxy = ANNOUNCE, .inet = 2, .inet6 = INET6, .link = LINK
};

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

static const struct one {
	const char	*addr;
	const char	*name;		/* of the interface, in the address */
	uint8_t		 mac[MAC_LEN];
	uint8_t		 maclen;
	uint16_t	 index;
	int		 flags;
	int		 addrs;
} entries[] = {
	{ "192.168.1.2", "", { 2, 0, 0, 0, 0, 1 }, 6, INDEX, 0x405, 3 },
	{ "fd00::2", "", { 2, 0, 0, 0, 0, 1 }, 6, INDEX, 0x405, 3 },
	{ "fe80:7::3", "", { 2, 0, 0, 0, 0, 3 }, 6, INDEX, 0x405, 3 },
	{ "192.168.1.4", "em0", { 2, 0, 0, 0, 0, 4 }, 6, INDEX, 0x405, 7 },
	/* From here on none is a device of ours. */
	{ "192.168.1.10", "", { 2, 0, 0, 0, 0, 9 }, 6, INDEX + 1, 0x405, 3 },
	{ "192.168.1.11", "", { 2, 0, 0, 0, 0, 9 }, 0, INDEX, 0x405, 3 },
	{ "192.168.1.12", "", { 2, 0, 0, 0, 0, 9 }, 6, INDEX, ANNOUNCE, 3 },
	{ "192.168.1.13", "", { 2, 0, 0, 0, 0, 9 }, 6, INDEX, 0x405, 1 },
	{ "192.168.1.14", "", { 1, 0, 0, 0, 0, 9 }, 6, INDEX, 0x405, 3 },
	{ "192.168.1.15", "", { 2, 0, 0, 0, 0, 9 }, 8, INDEX, 0x405, 3 },
	{ "fd00::16", "toolong", { 2, 0, 0, 0, 0, 9 }, 6, INDEX, 0x405, 3 },
	{ "fd00::5", "", { 2, 0, 0, 0, 0, 5 }, 6, INDEX, 0x405, 3 },
};

#define WANTED	"192.168.1.2 02:00:00:00:00:01;fd00::2 02:00:00:00:00:01;" \
		"fe80::3 02:00:00:00:00:03;192.168.1.4 02:00:00:00:00:04;" \
		"fd00::5 02:00:00:00:00:05;"

struct text {
	uint8_t	octets[4096];
	size_t	len;
};

static void
put16(uint8_t *at, uint16_t v)
{
	memcpy(at, &v, sizeof(v));
}

static size_t
put_host(uint8_t *at, const char *addr)
{
	bool	v6 = strchr(addr, ':') != NULL;

	at[0] = v6 ? 28 : 16;
	at[1] = v6 ? INET6 : 2;
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, addr,
	    at + (v6 ? 8 : 4)), 1);
	return (v6 ? 32 : 16);
}

static size_t
put_link(uint8_t *at, const struct one *e)
{
	/* A name that reaches past the address says a wrong length. */
	size_t	name = strcmp(e->name, "toolong") == 0 ? 41 : strlen(e->name);

	at[0] = 54;
	at[1] = LINK;
	put16(at + 2, e->index);
	at[5] = (uint8_t)name;
	at[6] = e->maclen;
	if (name < 41) {
		memcpy(at + 8, e->name, name);
		memcpy(at + 8 + name, e->mac, MAC_LEN);
	}
	return (56);
}

static void
add(struct text *t, const struct one *e)
{
	uint8_t	*at = t->octets + t->len;
	size_t	 n = HEADER;

	assert_true(t->len + HEADER + 88 <= sizeof(t->octets));
	memset(at, 0, HEADER + 88);
	memcpy(at + 8, &e->flags, sizeof(e->flags));
	memcpy(at + 12, &e->addrs, sizeof(e->addrs));
	n += put_host(at + n, e->addr);
	n += put_link(at + n, e);
	put16(at, (uint16_t)n);
	t->len += n;
}

static struct text
table(void)
{
	struct text	t = { .len = 0 };
	size_t		i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		add(&t, &entries[i]);
	return (t);
}

static const char *
parse(const struct text *t, size_t len)
{
	const struct route_asked	asked = { INDEX, on_neighbour, NULL };
	/* A copy of just that size, for the sanitizers. */
	uint8_t				*octets = malloc(len + 1);

	assert_non_null(octets);
	memcpy(octets, t->octets, len);
	heard[0] = '\0';
	neighbours_route_parse(&layout, &asked, octets, len);
	free(octets);
	return (heard);
}

static void
neighbours_of_the_interface_are_passed(void **state)
{
	struct text	t = table();

	(void)state;
	assert_string_equal(parse(&t, t.len), WANTED);
	assert_string_equal(parse(&t, 0), "");
}

static void
what_is_cut_or_wrong_ends_it(void **state)
{
	struct text	t = table();
	size_t		len, i;
	uint8_t		was;

	(void)state;
	for (len = 0; len < t.len; len++)
		assert_memory_equal(parse(&t, len), WANTED, strlen(heard));
	put16(t.octets, HEADER - 1);
	assert_string_equal(parse(&t, t.len), "");
	put16(t.octets, 0);
	assert_string_equal(parse(&t, t.len), "");
	put16(t.octets, 0xffff);
	assert_string_equal(parse(&t, t.len), "");
	/* Whatever one octet is: nothing but devices, and no octet too far. */
	t = table();
	for (i = 0; i < t.len; i++) {
		was = t.octets[i];
		for (len = 0; len < 256; len += 17) {
			t.octets[i] = (uint8_t)len;
			(void)parse(&t, t.len);
		}
		t.octets[i] = was;
	}
	assert_string_equal(parse(&t, t.len), WANTED);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(neighbours_of_the_interface_are_passed),
		cmocka_unit_test(what_is_cut_or_wrong_ends_it),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
