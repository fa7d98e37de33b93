/*
 * Names of hosts, services and protocols with caches that live as long as
 * struct names.  The host cache is bounded: when it is full it starts anew,
 * since a report tends to ask for the same hosts close together.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "addr.h"
#include "digits.h"
#include "flow.h"
#include "names.h"
#include "nets.h"

#define BUCKETS		4096
#define HOSTS_MAX	65536
#define PORTS		65536

/* A host that was looked up; name is its address where it has none. */
struct host {
	struct host	*next;
	uint8_t		 family;
	uint8_t		 addr[16];
	char		 name[];
};

/* Protocols with ports, and by which name services(5) lists them. */
static const struct ported {
	uint8_t		 proto;
	const char	*name;
} ported[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ 33, "dccp" },
	{ 132, "sctp" },
	{ 136, "udp" },		/* UDP-Lite shares UDP's registry */
};

#define NPORTED	(sizeof(ported) / sizeof(ported[0]))

/*
 * Protocols that read the same on every system: readers of reports compare
 * these names, so they must not hang on /etc/protocols.
 */
static const struct well_known {
	uint8_t		 proto;
	const char	*name;
} well_known[] = {
	{ 0, "ip" },
	{ 1, "icmp" },
	{ 2, "igmp" },
	{ 6, "tcp" },
	{ 17, "udp" },
	{ 33, "dccp" },
	{ 41, "ipv6" },
	{ 47, "gre" },
	{ 50, "esp" },
	{ 51, "ah" },
	{ 58, "ipv6-icmp" },
	{ 89, "ospf" },
	{ 132, "sctp" },
	{ 136, "udplite" },
};

#define NWELL_KNOWN	(sizeof(well_known) / sizeof(well_known[0]))

struct names {
	struct names_opts opts;
	struct nets	*local;		/* NULL: of no block yet */
	struct host	*hosts[BUCKETS];
	size_t		 nhosts;
	bool		 services_read;
	char		*services[NPORTED][PORTS];
	char		 protos[256][NAMES_PROTO_LEN];
};

struct names *
names_new(const struct names_opts *opts)
{
	struct names	*n;

	if ((n = calloc(1, sizeof(*n))) != NULL)
		n->opts = *opts;
	return (n);
}

static void
forget_hosts(struct names *n)
{
	struct host	*h, *next;
	size_t		 i;

	for (i = 0; i < BUCKETS; i++) {
		for (h = n->hosts[i]; h != NULL; h = next) {
			next = h->next;
			free(h);
		}
		n->hosts[i] = NULL;
	}
	n->nhosts = 0;
}

void
names_free(struct names *n)
{
	size_t	i, port;

	if (n == NULL)
		return;
	forget_hosts(n);
	nets_free(n->local);
	for (i = 0; i < NPORTED; i++)
		for (port = 0; port < PORTS; port++)
			free(n->services[i][port]);
	free(n);
}

char *
names_clean(const char *text, char *buf, size_t len)
{
	size_t	i;

	for (i = 0; i + 1 < len && text[i] != '\0'; i++)
		buf[i] = text[i] > ' ' && text[i] < 0x7f ? text[i] : '?';
	buf[i] = '\0';
	return (buf);
}

/* ---- hosts ---- */

/* Networks and broadcasts, as far as an address alone can tell. */
static bool
is_network(uint8_t family, const uint8_t addr[16])
{
	return (family == FLOW_FAMILY_IP4 &&
	    (addr[15] == 0 || addr[15] == 255));
}

/* The words before a bad one count; without memory nothing is local. */
void
names_set_local(struct names *n, const char *networks)
{
	const char	*bad;

	nets_free(n->local);
	if ((n->local = nets_new()) == NULL)
		return;
	(void)nets_add(n->local, networks, &bad);
	if (nets_count(n->local) == 0)
		(void)nets_add(n->local, NETS_PRIVATE, &bad);
}

/* May the resolver be asked? */
static bool
wants_name(const struct names *n, uint8_t family, const uint8_t addr[16])
{
	if (n->opts.numeric || family == FLOW_FAMILY_NONE)
		return (false);
	return (!n->opts.local_only || (n->local != NULL &&
	    nets_contains(n->local, family, addr)));
}

/* A name that reads as an address would be taken for that address. */
static bool
is_address(const char *name)
{
	uint8_t	scratch[16];

	return (inet_pton(AF_INET, name, scratch) == 1 ||
	    strchr(name, ':') != NULL);
}

/* Ask the resolver.  -1 if there is no name that can be shown. */
static int
resolve(uint8_t family, const uint8_t addr[16], char buf[NAMES_HOST_LEN])
{
	struct sockaddr_in	 in4;
	struct sockaddr_in6	 in6;
	struct sockaddr		*sa = (struct sockaddr *)&in4;
	socklen_t		 len = sizeof(in4);
	char			 name[NI_MAXHOST];

	memset(&in4, 0, sizeof(in4));
	memset(&in6, 0, sizeof(in6));
	in4.sin_family = AF_INET;
	memcpy(&in4.sin_addr, addr + 12, 4);
	if (family == FLOW_FAMILY_IP6) {
		in6.sin6_family = AF_INET6;
		memcpy(&in6.sin6_addr, addr, 16);
		sa = (struct sockaddr *)&in6;
		len = sizeof(in6);
	}
	if (getnameinfo(sa, len, name, sizeof(name), NULL, 0,
	    NI_NAMEREQD) != 0 || name[0] == '\0' || is_address(name))
		return (-1);
	names_clean(name, buf, NAMES_HOST_LEN);
	return (0);
}

static void
lookup(const struct names *n, uint8_t family, const uint8_t addr[16],
    char buf[NAMES_HOST_LEN])
{
	if ((!n->opts.all && is_network(family, addr)) ||
	    resolve(family, addr, buf) == -1)
		addr_format(family, addr, buf);
	else if (n->opts.short_hosts && buf[0] != '.')
		buf[strcspn(buf, ".")] = '\0';
}

/* Without memory the name is simply asked for again next time. */
static void
remember(struct names *n, struct host **bucket, uint8_t family,
    const uint8_t addr[16], const char *name)
{
	size_t		 len = strlen(name) + 1;
	struct host	*h;

	if (n->nhosts == HOSTS_MAX)
		forget_hosts(n);
	if ((h = malloc(sizeof(*h) + len)) == NULL)
		return;
	h->family = family;
	memcpy(h->addr, addr, sizeof(h->addr));
	memcpy(h->name, name, len);
	h->next = *bucket;
	*bucket = h;
	n->nhosts++;
}

char *
names_host(struct names *n, uint8_t family, const uint8_t addr[16],
    char buf[NAMES_HOST_LEN])
{
	struct host	**bucket, *h;

	if (!wants_name(n, family, addr))
		return (addr_format(family, addr, buf));
	bucket = &n->hosts[XXH3_64bits(addr, 16) % BUCKETS];
	for (h = *bucket; h != NULL; h = h->next)
		if (h->family == family && memcmp(h->addr, addr, 16) == 0) {
			strlcpy(buf, h->name, NAMES_HOST_LEN);
			return (buf);
		}
	lookup(n, family, addr, buf);
	remember(n, bucket, family, addr, buf);
	return (buf);
}

/* ---- services ---- */

/* getservbyport(3) reads the whole file each time: read it once. */
static void
read_services(struct names *n)
{
	struct servent	*s;
	char		*name;
	char		 clean[NAMES_PORT_LEN];
	size_t		 i;
	uint16_t	 port;

	setservent(1);
	while ((s = getservent()) != NULL) {
		port = ntohs((uint16_t)s->s_port);
		names_clean(s->s_name, clean, sizeof(clean));
		for (i = 0; i < NPORTED; i++) {
			if (strcmp(ported[i].name, s->s_proto) != 0 ||
			    n->services[i][port] != NULL)
				continue;
			if ((name = strdup(clean)) != NULL)
				n->services[i][port] = name;
		}
	}
	endservent();
	n->services_read = true;
}

static const struct ported *
find_ported(uint8_t proto)
{
	size_t	i;

	for (i = 0; i < NPORTED; i++)
		if (ported[i].proto == proto)
			return (&ported[i]);
	return (NULL);
}

bool
names_has_ports(uint8_t proto)
{
	return (find_ported(proto) != NULL);
}

char *
names_port(struct names *n, uint8_t proto, uint16_t port,
    char buf[NAMES_PORT_LEN])
{
	const struct ported	*p;
	const char		*name = NULL;
	char			 digits[DIGITS_LEN];

	if (!n->opts.numeric && (p = find_ported(proto)) != NULL) {
		if (!n->services_read)
			read_services(n);
		name = n->services[p - ported][port];
	}
	if (name == NULL)
		name = digits_format(port, digits);
	strlcpy(buf, name, NAMES_PORT_LEN);
	return (buf);
}

/* ---- protocols ---- */

static const char *
find_well_known(uint8_t proto)
{
	size_t	i;

	for (i = 0; i < NWELL_KNOWN; i++)
		if (well_known[i].proto == proto)
			return (well_known[i].name);
	return (NULL);
}

const char *
names_proto(struct names *n, uint8_t proto)
{
	char			*buf = n->protos[proto];
	char			 digits[DIGITS_LEN];
	const char		*known;
	const struct protoent	*p;

	if (buf[0] != '\0')
		return (buf);
	if ((known = find_well_known(proto)) == NULL &&
	    (p = getprotobynumber(proto)) != NULL && p->p_name[0] != '\0')
		known = p->p_name;
	if (known == NULL)
		known = digits_format(proto, digits);
	names_clean(known, buf, NAMES_PROTO_LEN);
	return (buf);
}

int
names_proto_number(const char *name)
{
	const struct protoent	*p;
	size_t			 i;

	for (i = 0; i < NWELL_KNOWN; i++)
		if (strcasecmp(well_known[i].name, name) == 0)
			return (well_known[i].proto);
	if ((p = getprotobyname(name)) == NULL || p->p_proto < 0 ||
	    p->p_proto > UINT8_MAX)
		return (-1);
	return (p->p_proto);
}
