/*
 * Linux: SO_PEERCRED.
 */
#include "config.h"

#include <sys/socket.h>

#include "peer.h"

int
peer_user(int fd, uid_t *uid)
{
	struct ucred	who;
	socklen_t	len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return (-1);
	*uid = who.uid;
	return (0);
}
