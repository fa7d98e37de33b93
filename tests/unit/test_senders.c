/*
 * Who sent a frame, and what is remembered of it: which frames show the host
 * itself, and that nothing in them makes the memory grow.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"
#include "packet/addr.h"
#include "packet/nets.h"
#include "packet/sender.h"
#include "table/senders.h"

#define ETHERNET	1
#define SLL		113
#define SLL2		276
#define RAW		101

static const struct one {
	const char	*head;		/* of the frame, up to the IP header */
	size_t		 n;
	int		 link;
	uint8_t		 version;
	uint8_t		 hops;
	bool		 known;
	bool		 source;
} frames[] = {
#define MACS	"\2\0\0\0\0\1" "\2\0\0\0\0\7"
	{ MACS "\x08\x00", 14, ETHERNET, 4, 64, true, true },
	{ MACS "\x08\x00", 14, ETHERNET, 4, 128, true, true },
	{ MACS "\x08\x00", 14, ETHERNET, 4, 255, true, true },
	{ MACS "\x08\x00", 14, ETHERNET, 4, 63, true, false },
	{ MACS "\x08\x00", 14, ETHERNET, 4, 254, true, false },
	{ MACS "\x08\x00", 14, ETHERNET, 4, 1, true, false },
	{ MACS "\x86\xdd", 14, ETHERNET, 6, 64, true, true },
	{ MACS "\x86\xdd", 14, ETHERNET, 6, 127, true, false },
	{ MACS "\x81\x00\0\x14\x86\xdd", 18, ETHERNET, 6, 255, true, true },
	{ MACS "\x88\xa8\0\5\x81\x00\0\x14\x08\x00", 22, ETHERNET, 4, 64, true,
	    true },
	{ MACS "\x81\x00\0\x14\x08\x00", 18, ETHERNET, 4, 62, true, false },
	/* A tunnel's end, and a frame of IEEE 802.3. */
	{ MACS "\x88\x64\x11\0\0\1\0\x28\0\x21", 22, ETHERNET, 4, 64, false,
	    false },
	{ MACS "\0\x30\xaa\xaa\3\0\0\0\x08\x00", 22, ETHERNET, 4, 64, false,
	    false },
	{ "\0\0\0\1\0\6\2\0\0\0\0\7\0\0\x08\x00", 16, SLL, 4, 64, true, true },
	{ "\0\0\0\1\0\6\2\0\0\0\0\7\0\0\x86\xdd", 16, SLL, 6, 64, true, true },
	/* Not Ethernet, and a MAC address of another length. */
	{ "\0\0\2\0\0\6\2\0\0\0\0\7\0\0\x08\x00", 16, SLL, 4, 64, false,
	    false },
	{ "\0\0\0\1\0\5\2\0\0\0\0\7\0\0\x08\x00", 16, SLL, 4, 64, false,
	    false },
	{ "\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\7\0\0", 20, SLL2, 4, 64, true,
	    true },
	{ "\x08\0\0\0\0\0\0\2\0\1\0\x08\2\0\0\0\0\7\0\0", 20, SLL2, 4, 64,
	    false, false },
	{ "", 0, RAW, 4, 64, false, false },
};

static void
only_what_came_straight_from_a_host_shows_it(void **state)
{
	const uint8_t	 mac[MAC_LEN] = { 2, 0, 0, 0, 0, 7 };
	uint8_t		 octets[64];
	struct frame	 f = { .octets = octets };
	struct sender	 s, plain;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		memset(octets, 0, sizeof(octets));
		memcpy(octets, frames[i].head, frames[i].n);
		octets[frames[i].n] = (uint8_t)(frames[i].version << 4 | 5);
		octets[frames[i].n + (frames[i].version == 4 ? 8 : 7)] =
		    frames[i].hops;
		f.caplen = f.wirelen = (uint32_t)frames[i].n + 40;
		sender_find(decode_for_link(frames[i].link), &f, &s);
		assert_int_equal(s.known != 0, frames[i].known);
		assert_int_equal(sender_is_source(&s), frames[i].source);
		if (frames[i].known)
			assert_memory_equal(s.mac, mac, MAC_LEN);
		/* The short way, for most frames, says the same. */
		memset(&plain, 0, sizeof(plain));
		assert_int_equal(sender_plain(&f, &plain),
		    frames[i].link == ETHERNET && frames[i].n == 14);
		if (plain.known)
			assert_true(memcmp(s.mac, plain.mac, MAC_LEN) == 0 &&
			    s.hops == plain.hops);
		/* However little was captured of it. */
		for (f.caplen = 0; f.caplen < frames[i].n + 9; f.caplen++) {
			sender_find(decode_for_link(frames[i].link), &f, &s);
			assert_int_equal(s.known, 0);
		}
	}
}

/* ---- what is remembered ---- */

static struct nets	*local;

static int
begin(void **state)
{
	const char	*bad;

	(void)state;
	return ((local = nets_new()) == NULL ||
	    nets_add(local, "10.0.0.0/8 fd00::/16", &bad) == -1 ? -1 : 0);
}

static int
end(void **state)
{
	(void)state;
	nets_free(local);
	return (0);
}

static void
note(struct senders *s, const char *addr, uint32_t device)
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct flow_key		k = { .family = FLOW_FAMILY_IP4 };
	uint8_t			mac[MAC_LEN] = { 2 };

	if (strchr(addr, ':') != NULL) {
		k.family = FLOW_FAMILY_IP6;
		assert_int_equal(inet_pton(AF_INET6, addr, k.src), 1);
	} else {
		memcpy(k.src, mapped, sizeof(mapped));
		assert_int_equal(inet_pton(AF_INET, addr, k.src + 12), 1);
	}
	put_be32(mac + 2, device);
	senders_note(s, local, &k, mac);
}

/* All of it as text: `10.0.0.1 02:00:00:00:00:01;'. */
static char *
all(const struct senders *s)
{
	static char		text[4096];
	char			addr[ADDR_STRLEN], mac[MAC_STRLEN];
	struct sender_host	h;
	size_t			i, n = 0;

	text[0] = '\0';
	for (i = 0; i < senders_count(s); i++) {
		senders_at(s, i, &h);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %s;",
		    addr_format(h.family, h.addr, addr),
		    mac_format(h.mac, mac));
		assert_true(n < sizeof(text));
	}
	return (text);
}

static void
local_hosts_are_noted_and_the_newest_counts(void **state)
{
	struct senders	*s = senders_new(), *t = senders_new();
	struct flow_key	 k = { .family = FLOW_FAMILY_IP6, .src = { 0xfd } };

	(void)state;
	note(s, "10.0.0.1", 1);
	note(s, "fd00::1", 1);
	note(s, "10.0.0.2", 2);
	note(s, "192.0.2.1", 3);		/* not local */
	note(s, "2001:db8::1", 3);
	note(s, "10.0.0.2", 4);
	senders_note(s, local, &k, (const uint8_t *)"\0\0\0\0\0\0");
	senders_note(s, local, &k, (const uint8_t *)"\1\0\x5e\0\0\1");
	senders_note(s, local, &k, (const uint8_t *)"\xff\xff\xff\xff\xff\xff");
	assert_string_equal(all(s), "10.0.0.1 02:00:00:00:00:01;"
	    "fd00::1 02:00:00:00:00:01;10.0.0.2 02:00:00:00:00:04;");
	note(t, "10.0.0.1", 9);
	note(t, "10.0.0.3", 3);
	senders_take(s, t);
	assert_int_equal(senders_count(t), 0);
	assert_string_equal(all(s), "10.0.0.1 02:00:00:00:00:09;"
	    "fd00::1 02:00:00:00:00:01;10.0.0.2 02:00:00:00:00:04;"
	    "10.0.0.3 02:00:00:00:00:03;");
	note(t, "10.0.0.3", 4);			/* it can be used again */
	assert_string_equal(all(t), "10.0.0.3 02:00:00:00:00:04;");
	senders_free(s);
	senders_free(t);
}

static size_t
of_family(const struct senders *s, uint8_t family)
{
	struct sender_host	h;
	size_t			i, n = 0;

	for (i = 0; i < senders_count(s); i++) {
		senders_at(s, i, &h);
		n += h.family == family;
	}
	return (n);
}

/* One more than a device has, so that it is seen to be none. */
static void
a_router_takes_little_room(void **state)
{
	struct senders	*s = senders_new();
	char		 addr[40];
	unsigned int	 i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		(void)snprintf(addr, sizeof(addr), "10.1.%u.%u", i / 100,
		    i % 100);
		note(s, addr, 1);
		(void)snprintf(addr, sizeof(addr), "fd00::%x", i);
		note(s, addr, 1);
	}
	assert_int_equal(of_family(s, FLOW_FAMILY_IP4), MAC_MOST_IP4 + 1);
	assert_int_equal(of_family(s, FLOW_FAMILY_IP6), MAC_MOST_IP6 + 1);
	/* Others have their room, also after one of its hosts has left it. */
	note(s, "10.0.0.2", 2);
	note(s, "10.1.0.0", 3);
	assert_int_equal(of_family(s, FLOW_FAMILY_IP4), MAC_MOST_IP4 + 2);
	note(s, "10.1.50.50", 1);
	note(s, "10.1.50.51", 1);
	assert_int_equal(of_family(s, FLOW_FAMILY_IP4), MAC_MOST_IP4 + 3);
	senders_clear(s);
	note(s, "10.1.50.51", 1);
	assert_string_equal(all(s), "10.1.50.51 02:00:00:00:00:01;");
	senders_free(s);
}

static void
a_flood_is_bounded_and_who_was_there_stays(void **state)
{
	struct senders		*s = senders_new();
	struct sender_host	 h;
	char			 addr[40];
	uint32_t		 i;

	(void)state;
	note(s, "10.0.0.1", 1);
	note(s, "10.0.0.2", 2);
	for (i = 0; i < 1000000; i++) {
		(void)snprintf(addr, sizeof(addr), "10.%u.%u.%u", 1 + i / 65536,
		    i / 256 % 256, i % 256);
		note(s, addr, 1000 + i);
	}
	assert_int_equal(senders_count(s), SENDERS_MOST);
	/* One address with a million MAC addresses, and one with a new one. */
	for (i = 0; i < 1000000; i++)
		note(s, "10.0.0.2", 1000 + i);
	note(s, "10.0.0.1", 7);
	assert_int_equal(senders_count(s), SENDERS_MOST);
	senders_at(s, 0, &h);
	assert_int_equal(h.mac[5], 7);
	senders_free(s);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(only_what_came_straight_from_a_host_shows_it),
		cmocka_unit_test(local_hosts_are_noted_and_the_newest_counts),
		cmocka_unit_test(a_router_takes_little_room),
		cmocka_unit_test(a_flood_is_bounded_and_who_was_there_stays),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
