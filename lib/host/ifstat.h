/*
 * What the system knows about an interface: its counters, to compare with the
 * account, and its state.
 *
 *	open -> [fd, changed, update, begin, end, up]* -> close
 *
 * One thread at a time.
 */
#ifndef IFSTAT_H
#define IFSTAT_H

#include <stdbool.h>

#include "packet/ledger.h"

struct ifwatch;

/*
 * Watch an interface.  Call this before entering a sandbox.  Returns NULL if
 * the counters cannot be opened or memory is short.  All functions below accept
 * NULL, as an interface without counters.
 */
struct ifwatch	*ifstat_open(const char *ifname);
void		 ifstat_close(struct ifwatch *);

/*
 * Read the counters.  The reported counters never decrease: if the interface
 * was recreated, its counters are added to those of the old one; while it is
 * missing, they stay the same.  True if any counter has changed.
 */
bool		 ifstat_update(struct ifwatch *);

/*
 * Readable when an interface has changed; -1 if the system has no
 * notifications, so that the caller must poll.
 */
int		 ifstat_fd(const struct ifwatch *);

/*
 * May the interface have been replaced, or its state have changed, since the
 * last call?  `readable': ifstat_fd() is readable.
 */
bool		 ifstat_changed(struct ifwatch *, bool readable);

/*
 * Set the BEGIN entries of a ledger to the present counters.  A ledger that
 * was resumed keeps its BEGIN entries, and the counters continue from its END
 * entries.
 */
void		 ifstat_begin(struct ifwatch *, struct ledger *);

/* Read the counters, and set the END entries of a ledger. */
void		 ifstat_end(struct ifwatch *, struct ledger *);

/*
 * Is the interface up?  A missing interface counts as up.  If the process has
 * no descriptor left to ask, returns the last answer, at first true.
 */
bool		 ifstat_up(struct ifwatch *);

/*
 * Is it a loopback interface?  That counts each packet twice, as sent and as
 * received, and shows it to a capture once.
 */
bool		 ifstat_loopback(const char *ifname);

/* The MTU of the interface in bytes; 0 if unknown. */
unsigned int	 ifstat_mtu(const char *ifname);

#endif
