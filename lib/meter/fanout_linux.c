/*
 * Groups of packet sockets.
 */
#include "config.h"

#include <sys/socket.h>
#include <linux/if_packet.h>

#include "fanout.h"

/* The first socket asks for a group number unused in the network namespace. */
int
fanout_join(int fd, int *group)
{
	int		arg = *group == FANOUT_NEW ?
	    (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16 :
	    *group | PACKET_FANOUT_HASH << 16;
	socklen_t	len = sizeof(arg);

	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &arg,
	    sizeof(arg)) == -1 || (*group == FANOUT_NEW &&
	    getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &arg, &len) == -1))
		return (-1);
	*group = arg & 0xffff;
	return (0);
}
