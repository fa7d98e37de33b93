/*
 * DHCPv6: messages, those of relays with a message in an option, and options
 * in options (dhcp.h).
 */
#include <stdio.h>

#include "dhcp_impl.h"

#define DEEPEST	8		/* options in options, relays of relays */

static const struct item_name	types[] = {
	{ 1, "SOLICIT" }, { 2, "ADVERTISE" }, { 3, "REQUEST" },
	{ 4, "CONFIRM" }, { 5, "RENEW" }, { 6, "REBIND" }, { 7, "REPLY" },
	{ 8, "RELEASE" }, { 9, "DECLINE" }, { 10, "RECONFIGURE" },
	{ 11, "INFORMATION-REQUEST" }, { 12, "RELAY-FORW" },
	{ 13, "RELAY-REPL" }, { 14, "LEASEQUERY" },
	{ 15, "LEASEQUERY-REPLY" }, { 0, NULL }
};

#define RELAY_FORW	12
#define RELAY_REPL	13

typedef void option_fn(struct fields *, struct cursor *, unsigned depth);

static void	message(struct fields *, struct cursor *, unsigned depth);
static void	options(struct fields *, struct cursor *, unsigned depth);

/* An identifier of a client or server: its type, and what it is made of. */
static void
duid(struct fields *f, struct cursor *c, unsigned depth)
{
	static const struct item_name	kinds[] = {
		{ 1, "link-layer address and time" }, { 2, "enterprise" },
		{ 3, "link-layer address" }, { 4, "UUID" }, { 0, NULL }
	};
	const uint8_t			*p = cursor_take(c, 2);

	(void)depth;
	if (p == NULL)
		return;
	item_named(f, "duid_type", get_be16(p), kinds);
	fields_opaque(f, "duid", p, cursor_left(c) + 2);
	c->p = c->end;
}

static void
times(struct fields *f, const uint8_t *p, const char *first,
    const char *second)
{
	fields_named(f, first, get_be32(p),
	    get_be32(p) == UINT32_MAX ? "infinite" : NULL);
	fields_named(f, second, get_be32(p + 4),
	    get_be32(p + 4) == UINT32_MAX ? "infinite" : NULL);
}

static void
association(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p = cursor_take(c, 12);

	if (p == NULL)
		return;
	fields_hex(f, "iaid", get_be32(p));
	times(f, p + 4, "t1", "t2");
	options(f, c, depth + 1);
}

static void
temporary(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p = cursor_take(c, 4);

	if (p == NULL)
		return;
	fields_hex(f, "iaid", get_be32(p));
	options(f, c, depth + 1);
}

static void
address(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p = cursor_take(c, 24);

	if (p == NULL)
		return;
	item_ip6(f, "address", p);
	times(f, p + 16, "preferred", "valid");
	options(f, c, depth + 1);
}

static void
prefix(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p = cursor_take(c, 25);

	if (p == NULL)
		return;
	times(f, p, "preferred", "valid");
	item_ip6(f, "network", p + 9);
	fields_u64(f, "prefix", p[8]);
	options(f, c, depth + 1);
}

static void	requested(struct fields *, struct cursor *, unsigned depth);

static void
number(struct fields *f, struct cursor *c, unsigned depth)
{
	uint32_t	n = cursor_left(c);

	(void)depth;
	if (n >= 1 && n <= 4)
		fields_u64(f, "value", get_be(cursor_take(c, n), n));
}

static void
addresses(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p;

	(void)depth;
	while ((p = cursor_take(c, 16)) != NULL && !fields_full(f))
		item_ip6(f, "address", p);
}

static void
status(struct fields *f, struct cursor *c, unsigned depth)
{
	static const struct item_name	codes[] = {
		{ 0, "Success" }, { 1, "UnspecFail" }, { 2, "NoAddrsAvail" },
		{ 3, "NoBinding" }, { 4, "NotOnLink" }, { 5, "UseMulticast" },
		{ 6, "NoPrefixAvail" }, { 0, NULL }
	};
	const uint8_t			*p = cursor_take(c, 2);

	(void)depth;
	if (p == NULL)
		return;
	item_named(f, "status", get_be16(p), codes);
	if (cursor_left(c) > 0)
		fields_octets(f, "text", c->p, cursor_left(c));
	c->p = c->end;
}

static void
domains(struct fields *f, struct cursor *c, unsigned depth)
{
	(void)depth;
	dhcp_show_domains(f, "domain", *c);
	c->p = c->end;
}

static void
fqdn(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p = cursor_take(c, 1);

	if (p == NULL)
		return;
	fields_hex(f, "flags", *p);
	domains(f, c, depth);
}

static void
text(struct fields *f, struct cursor *c, unsigned depth)
{
	(void)depth;
	fields_octets(f, "value", c->p, cursor_left(c));
	c->p = c->end;
}

static void
relayed(struct fields *f, struct cursor *c, unsigned depth)
{
	fields_begin(f, "message");
	message(f, c, depth + 1);
	fields_end(f);
}

static const struct option {
	uint16_t	 code;
	const char	*name;
	option_fn	*show;
} table[] = {
	{ 1, "client-id", duid },
	{ 2, "server-id", duid },
	{ 3, "ia-na", association },
	{ 4, "ia-ta", temporary },
	{ 5, "ia-address", address },
	{ 6, "option-request", requested },
	{ 7, "preference", number },
	{ 8, "elapsed-time", number },
	{ 9, "relay-message", relayed },
	{ 11, "authentication", NULL },
	{ 12, "server-unicast", addresses },
	{ 13, "status-code", status },
	{ 14, "rapid-commit", NULL },
	{ 15, "user-class", NULL },
	{ 16, "vendor-class", NULL },
	{ 17, "vendor-options", NULL },
	{ 18, "interface-id", text },
	{ 19, "reconfigure-message", number },
	{ 20, "reconfigure-accept", NULL },
	{ 21, "sip-domain", domains },
	{ 22, "sip-server", addresses },
	{ 23, "dns-server", addresses },
	{ 24, "domain-list", domains },
	{ 25, "ia-pd", association },
	{ 26, "ia-prefix", prefix },
	{ 27, "nis-server", addresses },
	{ 31, "sntp-server", addresses },
	{ 32, "information-refresh-time", number },
	{ 37, "remote-id", NULL },
	{ 38, "subscriber-id", text },
	{ 39, "client-fqdn", fqdn },
	{ 56, "ntp-server", NULL },
	{ 59, "boot-file-url", text },
	{ 61, "client-architecture", NULL },
	{ 64, "aftr-name", domains },
	{ 79, "client-link-layer-address", NULL },
	{ 82, "sol-max-rt", number },
	{ 83, "inf-max-rt", number },
	{ 103, "captive-portal", text }
};

static const struct option *
find(uint16_t code)
{
	size_t	i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return (&table[i]);
	return (NULL);
}

static void
requested(struct fields *f, struct cursor *c, unsigned depth)
{
	const struct option	*o;
	const uint8_t		*p;
	char			 code[8];

	(void)depth;
	fields_words(f, "options");
	while ((p = cursor_take(c, 2)) != NULL) {
		o = find(get_be16(p));
		(void)snprintf(code, sizeof(code), "%u", get_be16(p));
		fields_word(f, o != NULL ? o->name : code);
	}
	fields_words_end(f);
}

static void
option(struct fields *f, uint16_t code, uint16_t len, struct cursor c,
    unsigned depth)
{
	const struct option	*o = find(code);
	bool			 cut = cursor_left(&c) < len;

	fields_named(f, "code", code, o != NULL ? o->name : NULL);
	if (o != NULL && o->show != NULL) {
		o->show(f, &c, depth);
		if (cursor_left(&c) > 0 && !cut)
			fields_u64(f, "not_decoded", cursor_left(&c));
	} else if (cursor_left(&c) > 0)
		fields_opaque(f, "octets", c.p, cursor_left(&c));
	if (cut)
		item_short(f, &c);
}

static void
options(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p;
	uint16_t	 len;

	if (depth > DEEPEST) {
		fields_note(f, "nested too deeply");
		c->p = c->end;
		return;
	}
	while ((p = cursor_take(c, 4)) != NULL && !fields_full(f)) {
		len = get_be16(p + 2);
		fields_item(f, "option");
		option(f, get_be16(p), len, item_part(c, len), depth);
		fields_end(f);
	}
	if (cursor_wire(c) > 0 && !fields_full(f)) {
		item_short(f, c);
		c->p = c->end;
	}
}

static void
message(struct fields *f, struct cursor *c, unsigned depth)
{
	const uint8_t	*p = cursor_peek(c, 4);
	bool		 relay;

	if (p == NULL) {
		item_short(f, c);
		return;
	}
	item_named(f, "type", p[0], types);
	relay = p[0] == RELAY_FORW || p[0] == RELAY_REPL;
	if (!relay) {
		fields_hex(f, "xid", get_be32(p) & 0xffffff);
		cursor_skip(c, 4);
	} else if ((p = cursor_take(c, 34)) != NULL) {
		fields_u64(f, "hops", p[1]);
		item_ip6(f, "link", p + 2);
		item_ip6(f, "peer", p + 18);
	} else {
		item_short(f, c);
		return;
	}
	options(f, c, depth);
}

void
dhcp6_show(struct fields *f, struct cursor c)
{
	fields_begin(f, "dhcpv6");
	message(f, &c, 0);
	fields_end(f);
}
