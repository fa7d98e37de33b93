/*
 * Which addresses are one device: those with the same MAC address.  An address
 * without one belongs to the device that has its host name; without a name it
 * is a device of its own.  With --apart every address is.
 *
 *	new -> [set_names, add]* -> [find, ...]* -> [restart ->] ... -> free
 *
 * One thread at a time.
 */
#ifndef DEVICE_MAP_H
#define DEVICE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names/names.h"
#include "packet/mac.h"

struct device_map;

/* apart: each address alone, whatever its MAC address.  NULL with errno. */
struct device_map *device_map_new(bool apart);
void		 device_map_free(struct device_map *);

/*
 * Names for addresses without a MAC address; borrowed.  NULL: none, as at
 * first.  Call it before find().
 */
void		 device_map_set_names(struct device_map *, struct names *);

/* Set the local networks of these names, as names_set_local(). */
void		 device_map_set_local(struct device_map *,
		    const char *networks);

/* The address has this MAC address.  -1 with errno ENOMEM. */
int		 device_map_add(struct device_map *, const struct names_host *,
		    const uint8_t mac[MAC_LEN]);

/* Forget which addresses have occurred, but not what was added. */
void		 device_map_restart(struct device_map *);

/*
 * The device of an address that has occurred: an address of the device that
 * identifies it.  Without memory, the address itself; device_map_failed()
 * then returns true.
 */
struct names_host device_map_find(struct device_map *,
		    const struct names_host *);
bool		 device_map_failed(const struct device_map *);

/* The MAC address of an address, or NULL if it is not known. */
const uint8_t	*device_map_mac(const struct device_map *,
		    const struct names_host *);

/*
 * The first `most' addresses that have occurred of the device that this address
 * identifies: IPv4 before IPv6, in the order of addresses.  Returns how many
 * there are in all, which may be more.
 */
size_t		 device_map_addresses(const struct device_map *,
		    const struct names_host *, struct names_host *to,
		    size_t most);

#endif
