/*
 * BSD: what getifaddrs(3) has behind an interface's link address.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <ifaddrs.h>
#include <string.h>

#include "ifcounters.h"

bool
ifcounters_get(const char *ifname, struct ifcounters *c)
{
	const struct if_data	*d;
	struct ifaddrs		*list, *a;
	bool			 found = false;

	memset(c, 0, sizeof(*c));
	if (getifaddrs(&list) == -1)
		return (false);
	for (a = list; a != NULL && !found; a = a->ifa_next) {
		if (a->ifa_addr == NULL || a->ifa_addr->sa_family != AF_LINK ||
		    a->ifa_data == NULL || strcmp(a->ifa_name, ifname) != 0)
			continue;
		d = a->ifa_data;
		c->mtu = d->ifi_mtu;
		c->rx_packets = d->ifi_ipackets;
		c->rx_errors = d->ifi_ierrors;
		c->rx_dropped = d->ifi_iqdrops;
		c->tx_packets = d->ifi_opackets;
		c->tx_errors = d->ifi_oerrors;
		c->collisions = d->ifi_collisions;
		found = true;
	}
	freeifaddrs(list);
	return (found);
}
