/*
 * DHCP: the header of BOOTP, and where options lie (dhcp.h).
 */
#include <string.h>

#include "dhcp_impl.h"

/* Offsets in the header, and sizes, in octets. */
enum {
	AT_CIADDR = 12,
	AT_CHADDR = 28,
	AT_SNAME = 44,
	AT_FILE = 108,
	HEADER = 236,
	SNAME = 64,
	FILE_NAME = 128
};

#define COOKIE	0x63825363

/* Which fields have options too: bits of option 52. */
#define IN_FILE		1
#define IN_SNAME	2

/*
 * Options up to the end; gives those of the fields `file' and `sname' that have
 * options, if option 52 is among them.
 */
static unsigned
options(struct fields *f, struct cursor *c)
{
	const uint8_t	*code, *len;
	struct cursor	 data;
	unsigned	 overload = 0;

	while ((code = cursor_take(c, 1)) != NULL && !fields_full(f)) {
		if (*code == DHCP_OPTION_PAD)
			continue;
		if (*code == DHCP_OPTION_END)
			return (overload);
		if ((len = cursor_take(c, 1)) == NULL)
			break;
		data = item_part(c, *len);
		fields_item(f, "option");
		dhcp_show_option(f, *code, data);
		if (cursor_left(&data) < *len)
			item_short(f, &data);
		fields_end(f);
		if (*code == DHCP_OPTION_OVERLOAD && cursor_left(&data) == 1)
			overload = *data.p;
	}
	if (!fields_full(f))
		fields_note(f, c->uncaptured > 0 ?
		    "the rest was not captured" : "options without an end");
	return (overload);
}

static void
field_options(struct fields *f, const uint8_t *p, uint32_t n)
{
	struct cursor	c = cursor_open(p, n, n);

	options(f, &c);
}

static void
field_text(struct fields *f, const char *name, const uint8_t *p, uint32_t n)
{
	size_t	len = strnlen((const char *)p, n);

	if (len > 0)
		fields_octets(f, name, p, len);
}

static void
addresses(struct fields *f, const uint8_t *head)
{
	static const char	*names[] = {
		"ciaddr", "yiaddr", "siaddr", "giaddr"
	};
	uint32_t		 n = head[2];
	size_t			 i;

	for (i = 0; i < 4; i++)
		item_ip4(f, names[i], head + AT_CIADDR + 4 * i);
	item_mac(f, "chaddr", head + AT_CHADDR, n < 16 ? n : 16);
	if (n > 16)
		fields_note(f, "malformed length of chaddr");
}

static void
header(struct fields *f, const uint8_t *head)
{
	static const struct item_name	ops[] = {
		{ 1, "BOOTREQUEST" }, { 2, "BOOTREPLY" }, { 0, NULL }
	};
	static const struct item_name	types[] = {
		{ 1, "Ethernet" }, { 6, "IEEE 802" }, { 7, "ARCNET" },
		{ 32, "InfiniBand" }, { 0, NULL }
	};
	static const struct fields_bit	flags[] = {
		{ 0x8000, "BROADCAST" }, { 0, NULL }
	};

	item_named(f, "op", head[0], ops);
	item_named(f, "htype", head[1], types);
	fields_u64(f, "hlen", head[2]);
	fields_u64(f, "hops", head[3]);
	fields_hex(f, "xid", get_be32(head + 4));
	fields_u64(f, "secs", get_be16(head + 8));
	fields_bits(f, "flags", get_be16(head + 10), flags);
	addresses(f, head);
}

static void
message(struct fields *f, struct cursor c)
{
	const uint8_t	*head = cursor_take(&c, HEADER), *cookie;
	unsigned	 overload = 0;

	if (head == NULL) {
		item_short(f, &c);
		return;
	}
	header(f, head);
	cookie = cursor_take(&c, 4);
	if (cookie != NULL && get_be32(cookie) == COOKIE)
		overload = options(f, &c);
	else if (cookie == NULL && cursor_wire(&c) > 0)
		item_short(f, &c);
	else
		fields_note(f, "BOOTP without options of DHCP");
	if ((overload & IN_FILE) != 0)
		field_options(f, head + AT_FILE, FILE_NAME);
	else
		field_text(f, "file", head + AT_FILE, FILE_NAME);
	if ((overload & IN_SNAME) != 0)
		field_options(f, head + AT_SNAME, SNAME);
	else
		field_text(f, "sname", head + AT_SNAME, SNAME);
}

void
dhcp_show(struct fields *f, struct cursor c)
{
	fields_begin(f, "dhcp");
	message(f, c);
	fields_end(f);
}
