/*
 * Linux: a packet socket is detached from an interface that is deleted or
 * moved to another network namespace, and stays so even if an interface of the
 * same name and index appears again.
 */
#include "config.h"

#include <sys/socket.h>
#include <linux/if_packet.h>

#include "base/interface.h"
#include "attached.h"

/* The kernel then sets the socket's index to -1.  Needs no new descriptor. */
static bool
is_cut_off(int fd)
{
	struct sockaddr_ll	ll = { .sll_family = AF_UNSPEC };
	socklen_t		len = sizeof(ll);

	return (getsockname(fd, (struct sockaddr *)&ll, &len) == 0 &&
	    ll.sll_family == AF_PACKET && ll.sll_ifindex == -1);
}

bool
attached_to(int fd, const char *ifname, unsigned int index)
{
	return (index == 0 ||
	    (!is_cut_off(fd) && interface_is(ifname, index)));
}
