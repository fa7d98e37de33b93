/*
 * Counters of an interface on BSD: the link-level entry of getifaddrs(3).
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "ifcounters.h"

struct ifcounters_source {
	char	ifname[IF_NAMESIZE];
};

struct ifcounters_source *
ifcounters_open(const char *ifname)
{
	struct ifcounters_source	*s;

	if ((s = calloc(1, sizeof(*s))) != NULL)
		(void)strlcpy(s->ifname, ifname, sizeof(s->ifname));
	return (s);
}

void
ifcounters_close(struct ifcounters_source *s)
{
	free(s);
}

bool
ifcounters_read(struct ifcounters_source *s, struct ifcounters *c)
{
	struct ifaddrs	*list, *a;
	struct if_data	*d;
	bool		 found = false;

	memset(c, 0, sizeof(*c));
	if (getifaddrs(&list) == -1)
		return (false);
	for (a = list; a != NULL && !found; a = a->ifa_next) {
		if (a->ifa_addr == NULL || a->ifa_data == NULL ||
		    a->ifa_addr->sa_family != AF_LINK ||
		    strcmp(a->ifa_name, s->ifname) != 0)
			continue;
		d = a->ifa_data;
		c->rx_packets = d->ifi_ipackets;
		c->rx_bytes = d->ifi_ibytes;
		c->rx_errors = d->ifi_ierrors;
		c->rx_dropped = d->ifi_iqdrops;
		c->tx_packets = d->ifi_opackets;
		c->tx_bytes = d->ifi_obytes;
		c->tx_errors = d->ifi_oerrors;
		c->collisions = d->ifi_collisions;
		found = true;
	}
	freeifaddrs(list);
	return (found);
}
