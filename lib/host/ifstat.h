/*
 * What the system itself says of an interface: its counters, to hold beside
 * the account, and its networks.
 */
#ifndef IFSTAT_H
#define IFSTAT_H

#include <stdbool.h>

#include "packet/ledger.h"
#include "packet/nets.h"

struct ifwatch;

/*
 * Watch an interface.  Opened while the process may still open files; NULL
 * when out of memory, which all functions below take for an interface
 * without counters.
 */
struct ifwatch	*ifstat_open(const char *ifname);
void		 ifstat_close(struct ifwatch *);

/*
 * Read the counters.  What is reported never goes back: the counters of an
 * interface that was made anew are added to those of the one before, and
 * while it is away they stand still.  True if any has changed.
 */
bool		 ifstat_update(struct ifwatch *);

/*
 * Readable when something has happened to an interface; -1 if the system
 * tells nobody, so that the interface has to be looked at again and again.
 */
int		 ifstat_fd(const struct ifwatch *);

/*
 * May the interface be another one, or in another state, than at the last
 * call?  `readable': ifstat_fd() is.
 */
bool		 ifstat_changed(struct ifwatch *, bool readable);

/*
 * The present counters become the BEGIN entries of a ledger.  One that was
 * resumed keeps them, and its END entries are where counting goes on.
 */
void		 ifstat_begin(struct ifwatch *, struct ledger *);

/* Update, and write the END entries. */
void		 ifstat_end(struct ifwatch *, struct ledger *);

/*
 * Is the interface up?  If the system cannot be asked now, what it was the
 * last time, which is up at first.
 */
bool		 ifstat_up(struct ifwatch *);

/*
 * Add the networks of the interface's addresses to the set.  0, or -1 with
 * errno and only some of them added.
 */
int		 ifstat_networks(const char *ifname, struct nets *);

/* The MTU of the interface, octets; 0 if it cannot be asked. */
unsigned int	 ifstat_mtu(const char *ifname);

#endif
