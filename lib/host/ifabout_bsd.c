/*
 * BSD: the addresses of the link layer, which getifaddrs(3) lists.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <string.h>

#include "ifabout.h"

#define LINK_NULL	0
#define LINK_ETHERNET	1

static void
set_address(struct ifabout *about, const struct sockaddr_dl *dl)
{
	about->link = dl->sdl_type == IFT_ETHER ? LINK_ETHERNET :
	    dl->sdl_type == IFT_LOOP ? LINK_NULL : -1;
	about->has_mac = dl->sdl_type == IFT_ETHER &&
	    dl->sdl_alen == sizeof(about->mac);
	if (about->has_mac)
		memcpy(about->mac, LLADDR(dl), sizeof(about->mac));
}

const struct ifabout *
ifabout_find(unsigned int index, struct ifabout *about)
{
	struct ifaddrs		*list, *i;
	const struct sockaddr_dl *dl;
	const struct if_data	*data;
	bool			 found = false;

	if (getifaddrs(&list) == -1)
		return (NULL);
	memset(about, 0, sizeof(*about));
	for (i = list; i != NULL && !found; i = i->ifa_next) {
		if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_LINK)
			continue;
		dl = (const void *)i->ifa_addr;
		data = i->ifa_data;
		if (dl->sdl_index != index)
			continue;
		found = true;
		(void)strlcpy(about->name, i->ifa_name, sizeof(about->name));
		set_address(about, dl);
		about->speed = data == NULL ? 0 : data->ifi_baudrate;
	}
	freeifaddrs(list);
	errno = found ? errno : ENXIO;
	return (found ? about : NULL);
}
