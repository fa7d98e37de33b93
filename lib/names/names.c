/*
 * Names of hosts, services and protocols, and which hosts may be resolved.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"
#include "base/printable.h"
#include "packet/addr.h"
#include "packet/flow.h"
#include "packet/nets.h"
#include "packet/owner_text.h"
#include "hosts.h"
#include "names.h"
#include "namesakes.h"

#define PORTS		65536

/* Protocols with ports, and the name under which services(5) lists them. */
static const struct ported {
	uint8_t		 proto;
	const char	*name;
} ported[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ 33, "dccp" },
	{ 132, "sctp" },
	{ 136, "udp" },		/* UDP-Lite uses the ports of UDP */
};

#define NPORTED	(sizeof(ported) / sizeof(ported[0]))

/*
 * Protocols with the same name on every system: programs compare these names,
 * so they must not depend on /etc/protocols.
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
	struct nets	*local;		/* NULL: no block yet, none is local */
	const struct owners *owners;	/* or NULL */
	struct hosts	*hosts;
	struct namesakes *namesakes;
	bool		 services_read;
	char		*services[NPORTED][PORTS];
	char		 protos[256][NAMES_PROTO_LEN];
};

struct names *
names_new(const struct names_opts *opts)
{
	struct names	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->hosts = hosts_new();
	n->namesakes = namesakes_new();
	if (n->hosts == NULL || n->namesakes == NULL) {
		names_free(n);
		return (NULL);
	}
	n->opts = *opts;
	return (n);
}

void
names_free(struct names *n)
{
	size_t	i, port;

	if (n == NULL)
		return;
	hosts_free(n->hosts);
	namesakes_free(n->namesakes);
	nets_free(n->local);
	for (i = 0; i < NPORTED; i++)
		for (port = 0; port < PORTS; port++)
			free(n->services[i][port]);
	free(n);
}

/* ---- hosts ---- */

/* Network and broadcast addresses, as far as the address alone shows them. */
static bool
is_network(uint8_t family, const uint8_t addr[16])
{
	return (family == FLOW_FAMILY_IP4 &&
	    (addr[15] == 0 || addr[15] == 255));
}

/* Networks before an invalid one count; if memory is short none is local. */
void
names_set_local(struct names *n, const char *networks)
{
	nets_free(n->local);
	n->local = nets_recorded(networks);
}

/* Should the host be resolved? */
static bool
wants_name(const struct names *n, uint8_t family, const uint8_t addr[16])
{
	if (n->opts.numeric || family == FLOW_FAMILY_NONE || owner_is(addr))
		return (false);
	if (!n->opts.all && is_network(family, addr))
		return (false);
	return (!n->opts.local_only || (n->local != NULL &&
	    nets_contains(n->local, family, addr)));
}

void
names_set_owners(struct names *n, const struct owners *owners)
{
	n->owners = owners;
}

bool
names_is_numeric(const struct names *n)
{
	return (n->opts.numeric);
}

void
names_set_time(struct names *n, unsigned int seconds)
{
	hosts_set_time(n->hosts, seconds);
}

void
names_set_memory(struct names *n, const struct names_memory *m)
{
	hosts_set_memory(n->hosts, m);
}

size_t
names_late(const struct names *n)
{
	return (hosts_late(n->hosts));
}

/* Cut off the domain, unless the rest would look like an address. */
static void
shorten(char name[NAMES_HOST_LEN])
{
	char	brief[NAMES_HOST_LEN];

	(void)strlcpy(brief, name, sizeof(brief));
	brief[strcspn(brief, ".")] = '\0';
	if (!looks_like_address(brief))
		(void)strlcpy(name, brief, NAMES_HOST_LEN);
}

/* Copy the name as it is shown, if the host has one. */
static bool
get_name(const struct names *n, const struct names_host *host,
    char buf[NAMES_HOST_LEN])
{
	const char	*name = hosts_find(n->hosts, host);

	if (name == NULL || name[0] == '\0')
		return (false);
	(void)strlcpy(buf, name, NAMES_HOST_LEN);
	if (n->opts.short_hosts)
		shorten(buf);
	return (true);
}

/* The first row of a name must differ from the second one already. */
static void
note_namesakes(struct names *n, const struct names_host *host, size_t nhosts)
{
	char	name[NAMES_HOST_LEN];
	size_t	i;

	for (i = 0; i < nhosts; i++)
		if (get_name(n, &host[i], name))
			(void)namesakes_note(n->namesakes, name, &host[i]);
}

void
names_resolve(struct names *n, const struct names_host *host, size_t nhosts)
{
	struct names_host	*wanted;
	size_t			 i, used = 0;

	if (n->opts.numeric ||
	    (wanted = reallocarray(NULL, nhosts + 1, sizeof(*wanted))) == NULL)
		return;
	for (i = 0; i < nhosts; i++)
		if (wants_name(n, host[i].family, host[i].addr))
			wanted[used++] = host[i];
	hosts_resolve(n->hosts, wanted, used);
	note_namesakes(n, wanted, used);
	free(wanted);
}

char *
names_host_alone(struct names *n, uint8_t family, const uint8_t addr[16],
    char buf[NAMES_HOST_LEN])
{
	struct names_host	host = { .family = family };

	if (family != FLOW_FAMILY_NONE && owner_is(addr))
		return (owner_text(n->owners, addr, n->opts.numeric, buf,
		    NAMES_HOST_LEN));
	if (!wants_name(n, family, addr))
		return (addr_format(family, addr, buf));
	memcpy(host.addr, addr, sizeof(host.addr));
	if (hosts_find(n->hosts, &host) == NULL)
		hosts_resolve(n->hosts, &host, 1);
	return (get_name(n, &host, buf) ? buf :
	    addr_format(family, addr, buf));
}

/* A long name gives way to the address. */
static void
append_address(char name[NAMES_HOST_LEN], const struct names_host *host)
{
	char	addr[ADDR_STRLEN];
	size_t	most;

	addr_format(host->family, host->addr, addr);
	most = NAMES_HOST_LEN - strlen(addr) - sizeof("[]");
	if (strlen(name) > most)
		name[most] = '\0';
	(void)strlcat(name, "[", NAMES_HOST_LEN);
	(void)strlcat(name, addr, NAMES_HOST_LEN);
	(void)strlcat(name, "]", NAMES_HOST_LEN);
}

char *
names_host(struct names *n, uint8_t family, const uint8_t addr[16],
    char buf[NAMES_HOST_LEN])
{
	struct names_host	host = { .family = family };

	memcpy(host.addr, addr, sizeof(host.addr));
	(void)names_host_alone(n, family, addr, buf);
	if (wants_name(n, family, addr) && get_name(n, &host, buf) &&
	    namesakes_note(n->namesakes, buf, &host))
		append_address(buf, &host);
	return (buf);
}

/* ---- services ---- */

/* getservbyport(3) reads the whole file on each call: read it once. */
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
		printable_word(s->s_name, clean, sizeof(clean));
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
	printable_word(known, buf, NAMES_PROTO_LEN);
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
