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
 * Rows of hosts become sums of a kind of owners; their keys are ids of owners
 * that have only that part, and which are added to `names'.  For hosts, owners
 * are left out, which are none.  Other rows stay, and their owners are added.
 * -1 with errno.
 */
int	owned_take(struct control_table *, int by, struct owners *names);

/* `nginx', `www-data', ...; the uid if numeric. */
char	*owned_label(const struct owners *, int by, const uint8_t *id,
	    bool numeric, char *buf, size_t len);

#endif
