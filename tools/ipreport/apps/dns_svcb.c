/*
 * Records HTTPS and SVCB (RFC 9460).
 */
#include "dns_impl.h"

static const struct item_name	keys[] = {
	{ 0, "mandatory" }, { 1, "alpn" }, { 2, "no-default-alpn" },
	{ 3, "port" }, { 4, "ipv4hint" }, { 5, "ech" }, { 6, "ipv6hint" },
	{ 7, "dohpath" }, { 0, NULL }
};

static void
addresses(struct fields *f, struct cursor *value, uint32_t size)
{
	const uint8_t	*p;

	while ((p = cursor_take(value, size)) != NULL && !fields_full(f)) {
		if (size == 4)
			item_ip4(f, "address", p);
		else
			item_ip6(f, "address", p);
	}
}

static void
protocols(struct fields *f, struct cursor *value)
{
	const uint8_t	*n, *name;

	while ((n = cursor_take(value, 1)) != NULL && !fields_full(f) &&
	    (name = cursor_take(value, *n)) != NULL)
		fields_octets(f, "protocol", name, *n);
}

static void
parameter(struct fields *f, uint16_t key, struct cursor value)
{
	const uint8_t	*p;

	item_named(f, "key", key, keys);
	if (key == 1)
		protocols(f, &value);
	else if (key == 3 && (p = cursor_take(&value, 2)) != NULL)
		fields_u64(f, "port", get_be16(p));
	else if (key == 4)
		addresses(f, &value, 4);
	else if (key == 6)
		addresses(f, &value, 16);
	else if (key == 7)
		fields_octets(f, "path", value.p, cursor_left(&value));
	else if (cursor_wire(&value) > 0)
		fields_u64(f, "length", cursor_wire(&value));
}

void
dns_show_svcb(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 2);

	if (p == NULL)
		return;
	fields_u64(m->fields, "priority", get_be16(p));
	if (dns_show_name(m, c, "target") == -1)
		return;
	while ((p = cursor_take(c, 4)) != NULL && !fields_full(m->fields)) {
		fields_item(m->fields, "parameter");
		parameter(m->fields, get_be16(p),
		    item_part(c, get_be16(p + 2)));
		fields_end(m->fields);
	}
}
