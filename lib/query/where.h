/*
 * Conditions on rows: the expressions of traflog --where, in the words of
 * pcap-filter(7) where it has them.  Compiled to a flat list of tests.
 */
#ifndef WHERE_H
#define WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/flow.h"

struct where;

/*
 * Compile an expression.  Names are looked up now, hosts by the resolver.
 * NULL with a message of one line in err, which points at the offending
 * word.
 */
struct where	*where_new(const char *text, char *err, size_t errlen);
void		 where_free(struct where *);

/* Is the row meant? */
bool		 where_match(const struct where *, const struct flow *);

/* Does it ask for nothing but addresses and the version of IP? */
bool		 where_is_addresses(const struct where *);

/*
 * Is it `host A', one address on either side?  Then A is the source of the
 * key, which is 0 beside it.
 */
bool		 where_is_host(const struct where *, struct flow_key *);

#endif
