/*
 * Who is at the other end of a Unix socket, by the word of the kernel.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/types.h>

/* The effective user when it connected; 0, or -1 with errno. */
int	peer_user(int fd, uid_t *uid);

#endif
