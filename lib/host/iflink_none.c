/*
 * Systems without notifications: callers poll the interfaces.
 */
#include <stddef.h>

#include "iflink.h"

struct iflink *
iflink_open(void)
{
	return (NULL);
}

void
iflink_close(struct iflink *l)
{
	(void)l;
}

int
iflink_fd(const struct iflink *l)
{
	(void)l;
	return (-1);
}

void
iflink_select(struct iflink *l, unsigned int index)
{
	(void)l;
	(void)index;
}

bool
iflink_read(struct iflink *l, unsigned int index, bool *gone,
    uint64_t v[LEDGER_IFACE_COUNTERS])
{
	(void)l;
	(void)index;
	(void)v;
	*gone = false;
	return (false);
}
