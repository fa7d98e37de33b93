/*
 * Options of DHCP: a table of what each is made of (RFC 2132 and later ones).
 */
#include <stdio.h>
#include <string.h>

#include "dhcp_impl.h"
#include "dns.h"

typedef void option_fn(struct fields *, struct cursor *);

static const struct item_name	types[] = {
	{ 1, "DISCOVER" }, { 2, "OFFER" }, { 3, "REQUEST" },
	{ 4, "DECLINE" }, { 5, "ACK" }, { 6, "NAK" }, { 7, "RELEASE" },
	{ 8, "INFORM" }, { 9, "FORCERENEW" }, { 10, "LEASEQUERY" },
	{ 11, "LEASEUNASSIGNED" }, { 12, "LEASEUNKNOWN" },
	{ 13, "LEASEACTIVE" }, { 0, NULL }
};

static void
addresses(struct fields *f, struct cursor *c)
{
	const uint8_t	*p;

	while ((p = cursor_take(c, 4)) != NULL && !fields_full(f))
		item_ip4(f, "address", p);
}

static void
number(struct fields *f, struct cursor *c)
{
	uint32_t	n = cursor_left(c);

	if (n >= 1 && n <= 4)
		fields_u64(f, "value", get_be(cursor_take(c, n), n));
}

static void
numbers16(struct fields *f, struct cursor *c)
{
	const uint8_t	*p;

	while ((p = cursor_take(c, 2)) != NULL && !fields_full(f))
		fields_u64(f, "value", get_be16(p));
}

static void
seconds(struct fields *f, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 4);

	if (p != NULL)
		fields_named(f, "seconds", get_be32(p),
		    get_be32(p) == UINT32_MAX ? "infinite" : NULL);
}

static void
text(struct fields *f, struct cursor *c)
{
	fields_octets(f, "value", c->p, cursor_left(c));
	c->p = c->end;
}

static void
type(struct fields *f, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 1);

	if (p != NULL)
		item_named(f, "type", *p, types);
}

/* A hardware address, or opaque octets. */
static void
client(struct fields *f, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 1);
	uint32_t	 n = cursor_left(c);

	if (p == NULL)
		return;
	fields_u64(f, "hardware_type", *p);
	if (*p == 1 && n == 6)
		item_mac(f, "client", c->p, n);
	else
		fields_opaque(f, "client", c->p, n);
	c->p = c->end;
}

/* A route: bits of the network, as many octets as it needs, the router. */
static void
routes(struct fields *f, struct cursor *c)
{
	const uint8_t	*bits, *p;
	uint8_t		 network[4];
	uint32_t	 octets;

	while ((bits = cursor_take(c, 1)) != NULL && !fields_full(f)) {
		octets = (*bits + 7u) / 8;
		if (octets > 4 || (p = cursor_take(c, octets + 4)) == NULL) {
			fields_note(f, "malformed route");
			return;
		}
		memset(network, 0, sizeof(network));
		memcpy(network, p, octets);
		fields_item(f, "route");
		item_ip4(f, "network", network);
		fields_u64(f, "prefix", *bits);
		item_ip4(f, "router", p + octets);
		fields_end(f);
	}
}

static void
relay(struct fields *f, struct cursor *c)
{
	static const struct item_name	parts[] = {
		{ 1, "circuit-id" }, { 2, "remote-id" }, { 5, "link" },
		{ 6, "subscriber-id" }, { 9, "vendor" }, { 11, "server" },
		{ 12, "relay-id" }, { 151, "vss" }, { 0, NULL }
	};
	const uint8_t			*p, *value;

	while ((p = cursor_take(c, 2)) != NULL && !fields_full(f)) {
		if ((value = cursor_take(c, p[1])) == NULL) {
			fields_note(f, "malformed part");
			return;
		}
		fields_item(f, "part");
		item_named(f, "code", p[0], parts);
		if ((p[0] == 5 || p[0] == 11) && p[1] == 4)
			item_ip4(f, "address", value);
		else
			fields_octets(f, "value", value, p[1]);
		fields_end(f);
	}
}

static void
fqdn(struct fields *f, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 3);

	if (p == NULL)
		return;
	fields_hex(f, "flags", p[0]);
	if ((p[0] & 4) != 0)
		dhcp_show_domains(f, "name", *c);
	else
		fields_octets(f, "name", c->p, cursor_left(c));
	c->p = c->end;
}

static void
domains(struct fields *f, struct cursor *c)
{
	dhcp_show_domains(f, "domain", *c);
	c->p = c->end;
}

static void	requested(struct fields *, struct cursor *);

static const struct option {
	uint8_t		 code;
	const char	*name;
	option_fn	*show;
} table[] = {
	{ 1, "subnet-mask", addresses },
	{ 2, "time-offset", number },
	{ 3, "router", addresses },
	{ 4, "time-server", addresses },
	{ 5, "name-server", addresses },
	{ 6, "domain-name-server", addresses },
	{ 7, "log-server", addresses },
	{ 9, "lpr-server", addresses },
	{ 12, "host-name", text },
	{ 13, "boot-file-size", number },
	{ 15, "domain-name", text },
	{ 17, "root-path", text },
	{ 18, "extensions-path", text },
	{ 19, "ip-forwarding", number },
	{ 22, "max-reassembly", number },
	{ 23, "default-ttl", number },
	{ 26, "interface-mtu", number },
	{ 28, "broadcast-address", addresses },
	{ 31, "router-discovery", number },
	{ 33, "static-route", addresses },
	{ 35, "arp-timeout", seconds },
	{ 40, "nis-domain", text },
	{ 41, "nis-server", addresses },
	{ 42, "ntp-server", addresses },
	{ 43, "vendor-specific", NULL },
	{ 44, "netbios-name-server", addresses },
	{ 45, "netbios-dd-server", addresses },
	{ 46, "netbios-node-type", number },
	{ 47, "netbios-scope", text },
	{ 50, "requested-address", addresses },
	{ 51, "lease-time", seconds },
	{ 52, "overload", number },
	{ 53, "message-type", type },
	{ 54, "server-id", addresses },
	{ 55, "parameter-list", requested },
	{ 56, "message", text },
	{ 57, "max-message-size", number },
	{ 58, "renewal-time", seconds },
	{ 59, "rebinding-time", seconds },
	{ 60, "vendor-class", text },
	{ 61, "client-id", client },
	{ 64, "nis+-domain", text },
	{ 65, "nis+-server", addresses },
	{ 66, "tftp-server-name", text },
	{ 67, "boot-file-name", text },
	{ 69, "smtp-server", addresses },
	{ 70, "pop3-server", addresses },
	{ 72, "www-server", addresses },
	{ 77, "user-class", text },
	{ 80, "rapid-commit", NULL },
	{ 81, "client-fqdn", fqdn },
	{ 82, "relay-agent", relay },
	{ 93, "client-architecture", numbers16 },
	{ 94, "client-interface", NULL },
	{ 95, "ldap", text },
	{ 97, "client-uuid", NULL },
	{ 100, "posix-timezone", text },
	{ 101, "tz-timezone", text },
	{ 108, "ipv6-only-preferred", seconds },
	{ 114, "captive-portal", text },
	{ 116, "auto-configure", number },
	{ 118, "subnet-selection", addresses },
	{ 119, "domain-search", domains },
	{ 120, "sip-server", NULL },
	{ 121, "classless-route", routes },
	{ 125, "vendor-information", NULL },
	{ 150, "tftp-server", addresses },
	{ 160, "captive-portal", text },
	{ 249, "classless-route-microsoft", routes },
	{ 252, "web-proxy-discovery", text },
	{ 255, "end", NULL }
};

static const struct option *
find(uint8_t code)
{
	size_t	i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return (&table[i]);
	return (NULL);
}

/* Which options the client would like to have. */
static void
requested(struct fields *f, struct cursor *c)
{
	const struct option	*o;
	const uint8_t		*p;

	fields_words(f, "options");
	while ((p = cursor_take(c, 1)) != NULL) {
		char	code[8];

		o = find(*p);
		(void)snprintf(code, sizeof(code), "%u", *p);
		fields_word(f, o != NULL ? o->name : code);
	}
	fields_words_end(f);
}

void
dhcp_show_option(struct fields *f, uint8_t code, struct cursor c)
{
	const struct option	*o = find(code);

	fields_named(f, "code", code, o != NULL ? o->name : NULL);
	if (o != NULL && o->show != NULL)
		o->show(f, &c);
	else if (cursor_left(&c) > 0)
		fields_opaque(f, "octets", c.p, cursor_left(&c));
	if (o != NULL && o->show != NULL && cursor_left(&c) > 0 &&
	    c.uncaptured == 0)
		fields_u64(f, "not_decoded", cursor_left(&c));
}

void
dhcp_show_domains(struct fields *f, const char *name, struct cursor c)
{
	const uint8_t	*begin = c.p;
	char		 text[DNS_NAME];

	while (cursor_left(&c) > 0 && !fields_full(f)) {
		if (dns_name(&c, begin, text) == -1) {
			fields_note(f, "malformed name");
			return;
		}
		fields_text(f, name, text);
	}
}
