/*
 * BSD: getpeereid(3).
 */
#include "config.h"

#include <unistd.h>

#include "peer.h"

int
peer_user(int fd, uid_t *uid)
{
	gid_t	gid;

	return (getpeereid(fd, uid, &gid));
}
