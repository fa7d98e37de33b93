/*
 * Systems that know only whether the interface's name exists.  On these a read
 * from a deleted interface fails with ENXIO.
 */
#include "config.h"

#include "base/interface.h"
#include "attached.h"

bool
attached_to(int fd, const char *ifname, unsigned int index)
{
	(void)fd;
	return (index == 0 || interface_is(ifname, index));
}
