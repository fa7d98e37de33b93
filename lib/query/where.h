/*
 * Conditions on rows: the expressions of traflog --where, similar to those of
 * pcap-filter(7).  They are compiled to a list of tests.
 *
 *	new -> [match]* -> free
 *
 * Any thread may match.
 */
#ifndef WHERE_H
#define WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/flow.h"
#include "packet/owner.h"

struct where;

/*
 * Compile an expression.  Names of hosts, networks, ports and protocols are
 * resolved now, once.  NULL with a one-line message in err that quotes the
 * word in error.
 */
struct where	*where_new(const char *text, char *err, size_t errlen);
void		 where_free(struct where *);

/*
 * The names of owners and interfaces of a row; map: from the row's number of an
 * interface to the one in names, or NULL if they are the same.  Instead of the
 * set there may be the one owner whose row it is.
 */
struct where_owners {
	const struct owners	*names;
	const uint16_t		*map;
	const struct owner	*owner;
};

/*
 * Does the row match?  Without owners, which may be NULL, no row has a program,
 * user, unit, container or interface.
 */
bool		 where_match(const struct where *, const struct flow *,
		    const struct where_owners *);

/* Does it test owners or interfaces, which only their account has? */
bool		 where_is_owned(const struct where *);

/* Does it test interfaces? */
bool		 where_is_of_interfaces(const struct where *);

/* Does it test nothing except addresses, owners and the IP version? */
bool		 where_is_addresses(const struct where *);

/* Does it test counters, which a row has but a packet has not? */
bool		 where_is_counted(const struct where *);

/*
 * Is it `host A', one address on either side?  If so, *key has A as its source
 * and is 0 otherwise.
 */
bool		 where_is_host(const struct where *, struct flow_key *);

#endif
