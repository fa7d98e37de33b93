/*
 * Names of hosts, services and protocols, from the system's resolver and
 * files, kept in memory for one run.  Names are untrusted: those returned are
 * printable ASCII without spaces and never look like an address.
 *
 *	new -> [set_time, set_memory] -> [set_local, resolve, host]* -> free
 *
 * One thread at a time.
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
struct owners;

struct names_opts {
	bool	numeric;	/* neither host nor service names (-n) */
	bool	short_hosts;	/* hosts without their domain (-N) */
	bool	all;		/* network and broadcast addresses too (-A) */
	bool	local_only;	/* hosts of local networks only (-f) */
};

/* NULL with errno.  opts are copied. */
struct names	*names_new(const struct names_opts *);
void		 names_free(struct names *);

/*
 * Set the local networks, as a block lists them.  If it lists none, they are
 * the private ones of RFC 1918 and RFC 4193.
 */
void		 names_set_local(struct names *, const char *networks);

/*
 * Set the names of owners, which stand in the place of addresses in rows of
 * their account; borrowed.  NULL, as at first: they are shown by their ids.  An
 * owner is never resolved.
 */
void		 names_set_owners(struct names *, const struct owners *);

/* Is `numeric' set? */
bool		 names_is_numeric(const struct names *);

/* Call before the first host: the time limit; the cache (copied). */
void		 names_set_time(struct names *, unsigned int seconds);
void		 names_set_memory(struct names *,
		    const struct names_memory *);

/*
 * Resolve the names of many hosts at once, in that order.  names_host() alone
 * would wait for one after the other.
 */
void		 names_resolve(struct names *, const struct names_host *,
		    size_t nhosts);

/* How many hosts were not resolved in time. */
size_t		 names_late(const struct names *);

/*
 * The name of the host, or its address if it has none or was not resolved in
 * time.  If another address of this run has the same name, the address follows
 * in brackets, so that rows differ: `kid[192.0.2.7]'.  An owner is shown as
 * owner_text() does.  family and addr as in addr_format().  Returns buf.
 */
char	*names_host(struct names *, uint8_t family, const uint8_t addr[16],
	    char buf[NAMES_HOST_LEN]);

/* The same without brackets, to compare names. */
char	*names_host_alone(struct names *, uint8_t family,
	    const uint8_t addr[16], char buf[NAMES_HOST_LEN]);

/* The name of a port of this protocol, or its number.  Returns buf. */
char	*names_port(struct names *, uint8_t proto, uint16_t port,
	    char buf[NAMES_PORT_LEN]);

/*
 * The name of the protocol, even if `numeric' is set, or its number if it has
 * none.  Valid until names_free().
 */
const char	*names_proto(struct names *, uint8_t proto);

/* The number of the protocol of that name, in any case, or -1. */
int	names_proto_number(const char *name);

/* Does the protocol have ports? */
bool	names_has_ports(uint8_t proto);

#endif
