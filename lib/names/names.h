/*
 * Names of hosts, services and protocols, from the system's resolver and
 * files, remembered for one run.  Names come from strangers: whatever is
 * returned is printable ASCII without blanks and never looks like an address.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

/* Longest texts, with the terminating NUL. */
#define NAMES_PORT_LEN	32
#define NAMES_PROTO_LEN	32

struct names;

struct names_opts {
	bool	numeric;	/* neither host nor service names (-n) */
	bool	short_hosts;	/* hosts without their domain (-N) */
	bool	all;		/* networks and broadcasts too (-A) */
	bool	local_only;	/* hosts of local networks only (-f) */
};

/* NULL with errno.  opts are copied. */
struct names	*names_new(const struct names_opts *);
void		 names_free(struct names *);

/*
 * Which networks are local from here on, as a block lists them.  If it lists
 * none they are those that RFC 1918 and RFC 4193 set aside.
 */
void		 names_set_local(struct names *, const char *networks);

/* Before any host: other than the default time; a memory (copied). */
void		 names_set_time(struct names *, unsigned int seconds);
void		 names_set_memory(struct names *,
		    const struct names_memory *);

/*
 * Ask for the names of many hosts at once, the first ones first: names_host()
 * of each alone would wait for one after the other.
 */
void		 names_resolve(struct names *, const struct names_host *,
		    size_t nhosts);

/* How many hosts the resolver had no time for. */
size_t		 names_late(const struct names *);

/*
 * The host's name, or its address where it has none or none in time.
 * family and addr as in addr_format().  Returns buf.
 */
char	*names_host(struct names *, uint8_t family, const uint8_t addr[16],
	    char buf[NAMES_HOST_LEN]);

/* The name of a port of this protocol, or its number.  Returns buf. */
char	*names_port(struct names *, uint8_t proto, uint16_t port,
	    char buf[NAMES_PORT_LEN]);

/*
 * The protocol's name, with `numeric' too, or its number where it has none.
 * Valid until names_free().
 */
const char	*names_proto(struct names *, uint8_t proto);

/* The number of a protocol by its name in any case, or -1. */
int	names_proto_number(const char *name);

/* Does the protocol have ports at all? */
bool	names_has_ports(uint8_t proto);

#endif
