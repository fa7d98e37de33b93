/*
 * What the system itself says of an interface: its counters, to hold beside
 * the account, and its networks.
 */
#ifndef IFSTAT_H
#define IFSTAT_H

#include <stdbool.h>

#include "ledger.h"
#include "nets.h"

struct ifcounts;

/*
 * Watch the counters of an interface.  Opened while the process may still
 * open files; NULL where the system has none.
 */
struct ifcounts	*ifstat_open(const char *ifname);
void		 ifstat_close(struct ifcounts *);

/*
 * Write the present counters to the BEGIN or END entries of the ledger;
 * false, and the entries 0, when the interface has none or is away.
 */
bool		 ifstat_read(struct ifcounts *, struct ledger *, bool begin);

/* Add the networks of the interface's addresses to the set. */
void		 ifstat_networks(const char *ifname, struct nets *);

#endif
