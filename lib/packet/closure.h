/*
 * Closure: what the interface itself has counted, next to the account of it, in
 * the same units: packets, and their bytes with the headers of the link layer.
 * No state; any thread.
 */
#ifndef CLOSURE_H
#define CLOSURE_H

#include <stdbool.h>

#include "ledger.h"

struct closure {
	uint64_t	iface_packets;	/* received and sent */
	uint64_t	iface_bytes;
	uint64_t	packets;	/* that trafd has received */
	uint64_t	bytes;
};

/* False if the ledger has no counters of the interface. */
bool	closure_get(const struct ledger *, struct closure *);

#define CLOSURE_LEN	384

/*
 * Both as a sentence and, if they differ, by how much and why, probably.
 * `filtered': the account leaves packets out on purpose.  Returns buf, or NULL
 * if the ledger has no counters of the interface.
 */
char	*closure_format(const struct ledger *, bool filtered,
	    char buf[CLOSURE_LEN]);

#endif
