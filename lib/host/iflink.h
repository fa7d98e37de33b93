/*
 * What happens to interfaces, as the kernel tells those who listen
 * (rtnetlink(7) on Linux): made, deleted, renamed, moved, up or down.  Who
 * listens need not look again and again.
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

/* NULL if this system tells nobody; all functions take it for silence. */
struct iflink	*iflink_open(void);
void		 iflink_close(struct iflink *);

/* Readable when something has happened; -1 if nobody is told. */
int		 iflink_fd(const struct iflink *);

/* Tell of the interface of this index only; 0: of all. */
void		 iflink_select(struct iflink *, unsigned int index);

/*
 * Take in what has happened.  True if the interface may have changed.  If the
 * one of that index is gone, *gone is true and v holds its last counters, in
 * the order of the ledger.
 */
bool		 iflink_read(struct iflink *, unsigned int index, bool *gone,
		    uint64_t v[LEDGER_IFACE_COUNTERS]);

#endif
