/*
 * Systems on which only the name of the interface tells; reading says ENXIO
 * there when it has gone.
 */
#include "config.h"

#include "attached.h"
#include "base/interface.h"

bool
attached_to(int fd, const char *ifname, unsigned int index)
{
	(void)fd;
	return (index == 0 || interface_is(ifname, index));
}
