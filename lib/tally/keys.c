/*
 * Keys taken from rows, and the table of them all.  An address is a rank
 * (IPv4, IPv6, then what was given up) and 16 octets, so that keys compare
 * as flow_key_cmp() orders rows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/endian.h"
#include "base/options.h"
#include "packet/addr.h"
#include "keys.h"

#define ADDR_WIDTH	((size_t)17)
#define RANK_NONE	255	/* given up */

#define TEXT_COLUMN(name, title)					\
	{ name, title, RESULT_TEXT, CALENDAR_INSTANT, true, false }

static int
set_text(struct result *r, union result_value *v, const char *text)
{
	return ((v->text = result_text(r, text)) == NULL ? -1 : 0);
}

/* ---- addresses ---- */

static void
put_address(const struct flow_key *k, bool destination, uint8_t *to)
{
	uint16_t	folded = destination ? FLOW_NO_DST : FLOW_NO_SRC;

	if (k->family == FLOW_FAMILY_NONE || (k->flags & folded)) {
		memset(to, 0, ADDR_WIDTH);
		to[0] = RANK_NONE;
		return;
	}
	to[0] = k->family;
	memcpy(to + 1, destination ? k->dst : k->src, 16);
}

static uint8_t
family_of(const uint8_t *from)
{
	return (from[0] == RANK_NONE ? FLOW_FAMILY_NONE : from[0]);
}

void
key_host(const uint8_t *value, size_t i, struct names_host *h)
{
	value += i * ADDR_WIDTH;
	h->family = family_of(value);
	memcpy(h->addr, value + 1, sizeof(h->addr));
}

static int
show_address(const uint8_t *from, struct names *names, struct result *r,
    union result_value *to)
{
	char	buf[NAMES_HOST_LEN];

	return (set_text(r, to, names_host(names, family_of(from), from + 1,
	    buf)));
}

static void
host_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	(void)key;
	put_address(k, destination, to);
}

static void
src_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	(void)key;
	(void)destination;
	put_address(k, false, to);
}

static void
dst_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	(void)key;
	(void)destination;
	put_address(k, true, to);
}

static int
host_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	(void)key;
	return (show_address(from, names, r, to));
}

static const struct result_column host_columns[] = {
	TEXT_COLUMN("host", "Host")
};
static const struct result_column src_columns[] = {
	TEXT_COLUMN("src", "From")
};
static const struct result_column dst_columns[] = {
	TEXT_COLUMN("dst", "To")
};

static const struct key_ops key_of_host = {
	"host", ADDR_WIDTH, true, false, false, false, 1, host_columns, 1,
	NULL, NULL, NULL, host_row, host_show
};
static const struct key_ops key_src = {
	"src", ADDR_WIDTH, false, false, false, false, 1, src_columns, 1,
	NULL, NULL, NULL, src_row, host_show
};
static const struct key_ops key_dst = {
	"dst", ADDR_WIDTH, false, false, false, false, 1, dst_columns, 1,
	NULL, NULL, NULL, dst_row, host_show
};

/* Both directions are one pair: the smaller address comes first. */
static void
pair_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	uint8_t	other[ADDR_WIDTH];

	(void)key;
	(void)destination;
	put_address(k, false, to);
	put_address(k, true, other);
	if (memcmp(to, other, ADDR_WIDTH) > 0) {
		memcpy(to + ADDR_WIDTH, to, ADDR_WIDTH);
		memcpy(to, other, ADDR_WIDTH);
	} else
		memcpy(to + ADDR_WIDTH, other, ADDR_WIDTH);
}

static int
pair_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	(void)key;
	if (show_address(from, names, r, to) == -1)
		return (-1);
	return (show_address(from + ADDR_WIDTH, names, r, to + 1));
}

static const struct result_column pair_columns[] = {
	TEXT_COLUMN("host1", "Host"), TEXT_COLUMN("host2", "Peer")
};

static const struct key_ops key_pair = {
	"pair", 2 * ADDR_WIDTH, false, false, false, false, 2, pair_columns, 2,
	NULL, NULL, NULL, pair_row, pair_show
};

/* ---- networks ---- */

/* A number up to `most', and where it ends; -1 if there is none. */
static int
parse_length(const char **text, unsigned int most, unsigned int *length)
{
	char		*end;
	unsigned long	 v;

	if (**text < '0' || **text > '9')
		return (-1);
	v = strtoul(*text, &end, 10);
	if (v > most)
		return (-1);
	*text = end;
	*length = (unsigned int)v;
	return (0);
}

/* net/24, net/48 (IPv6), net/24/48. */
static const char *
net_open(struct key *key, const char *arg)
{
	static const char	wrong[] =
	    "expected net/LENGTH, or net/LENGTH4/LENGTH6";

	key->length4 = 32;
	key->length6 = 64;
	if (arg == NULL || parse_length(&arg, 128, &key->length4) == -1)
		return (wrong);
	if (*arg == '/') {
		arg++;
		if (key->length4 > 32 ||
		    parse_length(&arg, 128, &key->length6) == -1)
			return (wrong);
	} else if (key->length4 > 32) {
		key->length6 = key->length4;
		key->length4 = 32;
	}
	return (*arg == '\0' ? NULL : wrong);
}

static void
net_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	unsigned int	keep, whole;

	put_address(k, destination, to);
	if (to[0] == RANK_NONE)
		return;
	keep = to[0] == FLOW_FAMILY_IP4 ? 96 + key->length4 : key->length6;
	if (keep == 128)
		return;
	whole = keep / 8;
	to[1 + whole] &= (uint8_t)(0xff00 >> (keep % 8));
	memset(to + 2 + whole, 0, 15 - whole);
}

static int
net_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char		buf[ADDR_STRLEN + 8];
	size_t		used;

	(void)names;
	addr_format(family_of(from), from + 1, buf);
	used = strlen(buf);
	if (from[0] != RANK_NONE)
		(void)snprintf(buf + used, sizeof(buf) - used, "/%u",
		    from[0] == FLOW_FAMILY_IP4 ? key->length4 : key->length6);
	return (set_text(r, to, buf));
}

static const struct result_column net_columns[] = {
	TEXT_COLUMN("net", "Network")
};

static const struct key_ops key_net = {
	"net", ADDR_WIDTH, true, false, false, true, 0, net_columns, 1,
	net_open, NULL, NULL, net_row, net_show
};

/* ---- ports, services, protocols ---- */

/* What there is of a port; known ones come first. */
enum {
	PORT_KNOWN,
	PORT_CLIENT,		/* --ports service did not keep it */
	PORT_OTHER,		/* given up with the rest */
	PORT_NONE		/* the protocol has none */
};

static const char *const port_words[] = {
	[PORT_CLIENT] = "client", [PORT_OTHER] = "other", [PORT_NONE] = "-"
};

/* Kind and number of a port of which `client' says that it was dropped. */
static void
put_port(const struct flow_key *k, uint16_t port, bool client, uint8_t *to)
{
	uint8_t	kind = PORT_KNOWN;

	if (!names_has_ports(k->proto) && !(k->flags & FLOW_NO_PROTO) &&
	    !(flow_is_other(k) && k->proto == 0))
		kind = PORT_NONE;
	else if ((k->flags & (FLOW_NO_PORTS | FLOW_NO_PROTO)) ||
	    flow_is_other(k))
		kind = PORT_OTHER;
	else if (client)
		kind = PORT_CLIENT;
	if (kind != PORT_KNOWN)
		port = 0;
	to[0] = kind;
	put_be16(to + 1, port);
}

static void
port_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	(void)key;
	if (destination)
		put_port(k, k->dport, (k->flags & FLOW_DPORT_CLIENT) != 0, to);
	else
		put_port(k, k->sport, (k->flags & FLOW_SPORT_CLIENT) != 0, to);
}

static int
port_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char	digits[DIGITS_LEN];

	(void)key;
	(void)names;
	return (set_text(r, to, from[0] == PORT_KNOWN ?
	    digits_format(get_be16(from + 1), digits) : port_words[from[0]]));
}

static const struct result_column port_columns[] = {
	TEXT_COLUMN("port", "Port")
};

static const struct key_ops key_port = {
	"port", 3, true, false, false, false, 0, port_columns, 1,
	NULL, NULL, NULL, port_row, port_show
};

static void
service_row(const struct key *key, const struct flow_key *k,
    bool destination, uint8_t *to)
{
	(void)key;
	(void)destination;
	put_port(k, flow_server_port(k), false, to);
	to[3] = k->proto;
}

static int
service_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char		 port[NAMES_PORT_LEN];
	char		 text[NAMES_PORT_LEN + NAMES_PROTO_LEN];
	const char	*proto = names_proto(names, from[3]);

	(void)key;
	if (from[0] == PORT_NONE)
		return (set_text(r, to, proto));
	(void)snprintf(text, sizeof(text), "%s/%s", from[0] == PORT_KNOWN ?
	    names_port(names, from[3], get_be16(from + 1), port) :
	    port_words[from[0]], proto);
	return (set_text(r, to, text));
}

static const struct result_column service_columns[] = {
	TEXT_COLUMN("service", "Service")
};

static const struct key_ops key_service = {
	"service", 4, false, false, false, false, 0, service_columns, 1,
	NULL, NULL, NULL, service_row, service_show
};

static void
proto_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	(void)key;
	(void)destination;
	to[0] = k->proto;
}

static int
proto_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	(void)key;
	return (set_text(r, to, names_proto(names, from[0])));
}

static const struct result_column proto_columns[] = {
	TEXT_COLUMN("proto", "Protocol")
};

static const struct key_ops key_proto = {
	"proto", 1, false, false, false, false, 0, proto_columns, 1,
	NULL, NULL, NULL, proto_row, proto_show
};

/* ---- VLANs ---- */

static void
vlan_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	(void)key;
	(void)destination;
	put_be16(to, k->vlan);
}

static int
vlan_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	unsigned int	id = get_be16(from);
	char		digits[DIGITS_LEN];

	(void)key;
	(void)names;
	if (id == FLOW_VLAN_NONE)
		return (set_text(r, to, "untagged"));
	if (id == FLOW_VLAN_MIXED)
		return (set_text(r, to, port_words[PORT_OTHER]));
	return (set_text(r, to, digits_format(id, digits)));
}

static const struct result_column vlan_columns[] = {
	TEXT_COLUMN("vlan", "VLAN")
};

static const struct key_ops key_vlan = {
	"vlan", 2, false, false, false, false, 0, vlan_columns, 1,
	NULL, NULL, NULL, vlan_row, vlan_show
};

/* ---- all of them ---- */

static const struct key_ops *const keys[] = {
	&key_of_host, &key_local, &key_mac, &key_src, &key_dst, &key_pair,
	&key_net, &key_vlan, &key_port, &key_service, &key_proto, &key_minute,
	&key_hour, &key_day, &key_week, &key_month, &key_block, &key_country,
	&key_asn, &key_owner, &key_program, &key_user, &key_unit,
	&key_container, &key_interface
};

#define NKEYS	(sizeof(keys) / sizeof(keys[0]))

const char *
key_open(struct key *key, const char *word)
{
	size_t		 len = strcspn(word, "/"), i;
	const char	*arg = word[len] == '/' ? word + len + 1 : NULL;

	memset(key, 0, sizeof(*key));
	for (i = 0; i < NKEYS; i++) {
		if (strlen(keys[i]->name) != len ||
		    strncmp(keys[i]->name, word, len) != 0)
			continue;
		key->ops = keys[i];
		if (arg != NULL && !key->ops->argument)
			return ("takes no length");
		return (key->ops->open == NULL ? NULL :
		    key->ops->open(key, arg));
	}
	return (KEY_UNKNOWN);
}

void
key_close(struct key *key)
{
	if (key->ops->close != NULL)
		key->ops->close(key);
}

bool
key_is_time(const struct key *key)
{
	return (key->ops->block != NULL);
}

const char *
key_meant(const char *word)
{
	static const struct {
		const char	*word;
		const char	*key;
	} also[] = {
		{ "address", "host" }, { "client", "host" }, { "ip", "host" },
		{ "device", "local" }, { "lan", "local" }, { "ether", "mac" },
		{ "network", "net/24" }, { "subnet", "net/24" },
		{ "protocol", "proto" }, { "process", "program" },
		{ "comm", "program" }, { "uid", "user" }, { "cgroup", "unit" },
		{ "remote", "host" }, { "peer", "host" }, { "pod", "container" },
		{ "dev", "interface" }, { "iface", "interface" }, { "tag", "vlan" }, { "vid", "vlan" },
		{ "date", "day" }, { "time", "hour" }, { "app", "service" },
	};
	const char	*names[NKEYS];
	size_t		 i;

	for (i = 0; i < sizeof(also) / sizeof(also[0]); i++)
		if (strcmp(also[i].word, word) == 0)
			return (also[i].key);
	for (i = 0; i < NKEYS; i++)
		names[i] = keys[i]->name;
	return (options_nearest(word, names, NKEYS));
}

char *
keys_list(char *buf, size_t len)
{
	size_t	i;

	buf[0] = '\0';
	for (i = 0; i < NKEYS; i++) {
		if (i > 0)
			strlcat(buf, ", ", len);
		strlcat(buf, keys[i]->name, len);
		if (keys[i]->argument)
			strlcat(buf, "/LENGTH", len);
	}
	return (buf);
}
