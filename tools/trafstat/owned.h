/*
 * trafstat --top of owners: the hosts that a daemon of owners knows, added up
 * by what they are part of.  One thread at a time.
 */
#ifndef TRAFSTAT_OWNED_H
#define TRAFSTAT_OWNED_H

#include "packet/owner.h"
#include "trafstat.h"

/* Kinds of groups behind those of the daemon (enum control_by). */
enum {
	TOP_OWNERS = CONTROL_BYS,
	TOP_PROGRAMS,
	TOP_USERS,
	TOP_UNITS,
	TOP_CONTAINERS,
	TOP_KINDS
};

/* Is a group of this kind of owners? */
static inline bool
owned_is(int by)
{
	return (by >= TOP_OWNERS);
}

/*
 * Replace the rows of hosts by the sums of a kind.  The keys are ids of owners
 * that have only that part, and which are added to `names'.  -1 with errno.
 */
int	owned_group(struct control_table *, int by, struct owners *names);

/* Leave out owners, which are no hosts. */
void	owned_drop(struct control_table *);

/* `nginx', `www-data', ...; the uid if numeric. */
char	*owned_label(const struct owners *, int by, const uint8_t *id,
	    bool numeric, char *buf, size_t len);

#endif
