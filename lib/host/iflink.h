/*
 * Reports changes of interfaces, from the kernel's notifications (rtnetlink(7)
 * on Linux): created, deleted, renamed, moved, up or down.  With these, the
 * caller need not poll.
 *
 *	open -> [fd, select, read]* -> close
 *
 * One thread at a time.
 */
#ifndef IFLINK_H
#define IFLINK_H

#include <stdbool.h>

#include "packet/ledger.h"

struct iflink;

/*
 * NULL if this system has no notifications, or on failure.  All functions
 * below accept NULL and then report nothing.
 */
struct iflink	*iflink_open(void);
void		 iflink_close(struct iflink *);

/* Readable when there are notifications; -1 if the system has none. */
int		 iflink_fd(const struct iflink *);

/* Report the interface of this index only; 0: all interfaces. */
void		 iflink_select(struct iflink *, unsigned int index);

/*
 * Read all notifications.  True if an interface may have changed.  If the
 * interface of that index was deleted, *gone becomes true and v its last
 * counters, in the order of the ledger; otherwise *gone becomes false.
 */
bool		 iflink_read(struct iflink *, unsigned int index, bool *gone,
		    uint64_t v[LEDGER_IFACE_COUNTERS]);

#endif
