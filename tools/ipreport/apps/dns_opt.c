/*
 * The pseudo-record OPT: EDNS and its options (RFC 6891, 7871, 8914).
 */
#include <string.h>

#include "dns_impl.h"

static const struct item_name	options[] = {
	{ 1, "LLQ" }, { 2, "UL" }, { 3, "NSID" }, { 4, "OWNER" },
	{ 5, "DAU" }, { 6, "DHU" }, { 7, "N3U" }, { 8, "CLIENT-SUBNET" },
	{ 9, "EXPIRE" }, { 10, "COOKIE" }, { 11, "TCP-KEEPALIVE" },
	{ 12, "PADDING" }, { 13, "CHAIN" }, { 14, "KEY-TAG" },
	{ 15, "EXTENDED-ERROR" }, { 0, NULL }
};

/* The address has only as many octets as its prefix needs. */
static void
subnet(struct fields *f, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 4);
	uint8_t		 address[16] = { 0 };
	uint32_t	 n = cursor_left(c);

	if (p == NULL)
		return;
	memcpy(address, c->p, n < 16 ? n : 16);
	if (get_be16(p) == 1 && n <= 4)
		item_ip4(f, "address", address);
	else if (get_be16(p) == 2 && n <= 16)
		item_ip6(f, "address", address);
	else
		fields_note(f, "malformed address");
	fields_u64(f, "family", get_be16(p));
	fields_u64(f, "source_prefix", p[2]);
	fields_u64(f, "scope_prefix", p[3]);
}

static void
option(struct fields *f, uint16_t code, struct cursor c)
{
	const uint8_t	*p;

	item_named(f, "code", code, options);
	if (code == 8)
		subnet(f, &c);
	else if (code == 3)
		fields_octets(f, "nsid", c.p, cursor_left(&c));
	else if (code == 10)
		fields_opaque(f, "cookie", c.p, cursor_left(&c));
	else if (code == 15 && (p = cursor_take(&c, 2)) != NULL) {
		fields_u64(f, "info_code", get_be16(p));
		if (cursor_left(&c) > 0)
			fields_octets(f, "text", c.p, cursor_left(&c));
	} else
		fields_u64(f, "length", cursor_wire(&c));
}

void
dns_show_opt(const struct dns_message *m, uint16_t class, uint32_t ttl,
    struct cursor c)
{
	static const struct fields_bit	flags[] = {
		{ 0x8000, "DO" }, { 0, NULL }
	};
	struct fields			*f = m->fields;
	const uint8_t			*p;

	fields_u64(f, "udp_size", class);
	fields_u64(f, "extended_rcode", ttl >> 24);
	fields_u64(f, "version", ttl >> 16 & 255);
	fields_bits(f, "flags", ttl & 0xffff, flags);
	while ((p = cursor_take(&c, 4)) != NULL && !fields_full(f)) {
		fields_item(f, "option");
		option(f, get_be16(p), item_part(&c, get_be16(p + 2)));
		fields_end(f);
	}
}
