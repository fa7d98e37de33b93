/*
 * The devices on the network of an interface, as the kernel knows them: the
 * MAC addresses behind IP addresses, from its table of neighbours, and those of
 * the interface itself.  The kernel believes what devices say of themselves,
 * so a device can claim the address of another.
 *
 *	open -> [read]* -> close
 *
 * One thread at a time.
 */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include <stdint.h>

#include "packet/mac.h"

struct neighbour {
	uint8_t	family;			/* as in struct flow_key */
	uint8_t	addr[16];		/* likewise */
	uint8_t	mac[MAC_LEN];	/* of one device */
};

typedef void	neighbours_fn(void *arg, const struct neighbour *);

struct neighbours;

/* Open the table; no privilege is needed.  NULL with errno. */
struct neighbours *neighbours_open(void);
void		 neighbours_close(struct neighbours *);

/*
 * Pass what is known now of the interface's neighbours to fn, each address
 * once.  Nothing is passed if there is no such interface.  Returns 0, or -1
 * with errno; then some may have been passed.
 */
int		 neighbours_read(struct neighbours *, const char *ifname,
		    neighbours_fn *, void *arg);

#endif
