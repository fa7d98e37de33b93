/*
 * Counters of an interface on BSD: the link-level entry of getifaddrs(3).
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "ifstat.h"

struct ifcounts {
	char	ifname[IF_NAMESIZE];
};

struct ifcounts *
ifcounts_open(const char *ifname)
{
	struct ifcounts	*s;

	if ((s = calloc(1, sizeof(*s))) != NULL)
		(void)strlcpy(s->ifname, ifname, sizeof(s->ifname));
	return (s);
}

void
ifcounts_close(struct ifcounts *s)
{
	free(s);
}

bool
ifcounts_read(struct ifcounts *s, uint64_t v[LEDGER_IFACE_COUNTERS])
{
	struct ifaddrs	*list, *a;
	struct if_data	*d;
	bool		 found = false;

	if (getifaddrs(&list) == -1)
		return (false);
	for (a = list; a != NULL && !found; a = a->ifa_next) {
		if (a->ifa_addr == NULL || a->ifa_data == NULL ||
		    a->ifa_addr->sa_family != AF_LINK ||
		    strcmp(a->ifa_name, s->ifname) != 0)
			continue;
		d = a->ifa_data;
		v[0] = d->ifi_ipackets;
		v[1] = d->ifi_ibytes;
		v[2] = d->ifi_iqdrops;
		v[3] = d->ifi_opackets;
		v[4] = d->ifi_obytes;
		found = true;
	}
	freeifaddrs(list);
	return (found);
}
