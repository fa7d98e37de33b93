/*
 * The interfaces of this host and their addresses, as the system lists them,
 * and which networks are behind an interface.
 *
 *	{ NULL } -> [add_link, add_address, networks]* -> clear
 *
 * One thread at a time.
 */
#ifndef HOSTMAP_H
#define HOSTMAP_H

#include <stddef.h>
#include <stdint.h>

#include "packet/nets.h"

/* Frames of a device that another device shows, too; see once.h. */
#define HOSTMAP_REPEATS_IN	1u
#define HOSTMAP_REPEATS_OUT	2u

struct hostmap_link {
	unsigned int	index;
	unsigned int	master;		/* of a port or slave; 0: none */
	unsigned int	below;		/* of a VLAN, macvlan ...: the device
					   that it is on; 0: none */
	unsigned int	repeats;	/* HOSTMAP_REPEATS_ by its kind */
};

/* The network of an address; family and addr as in struct flow_key. */
struct hostmap_address {
	unsigned int	index;		/* of the interface */
	uint8_t		family;
	uint8_t		addr[16];
	unsigned int	bits;		/* of 32 or 128 */
};

struct hostmap {
	struct hostmap_link	*links;
	struct hostmap_address	*addresses;
	size_t			 nlinks, naddresses;
};

/* Add one.  Returns 0, or -1 with errno. */
int	hostmap_add_link(struct hostmap *, const struct hostmap_link *);
int	hostmap_add_address(struct hostmap *, const struct hostmap_address *);

/* Forget all of them, and free their memory. */
void	hostmap_clear(struct hostmap *);

/*
 * Add to the set the networks of the interface; with the index 0 those of all.
 * An interface without an address that is more than link-local has those of
 * the devices on it, or else those of its master.  Returns 0, or -1 with errno.
 */
int	hostmap_networks(const struct hostmap *, unsigned int index,
	    struct nets *);

/*
 * The interface and all that have a part in its networks: those on it, and its
 * masters, and those of these.  Returns how many there are, of which at most
 * `most' are in to[].
 */
size_t	hostmap_behind(const struct hostmap *, unsigned int index,
	    unsigned int *to, size_t most);

#endif
