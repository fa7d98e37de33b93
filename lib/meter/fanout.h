/*
 * Distributes the packets of one interface to several sockets by the hash of
 * their flow: PACKET_FANOUT of packet(7).  Linux only.
 */
#ifndef FANOUT_H
#define FANOUT_H

/* A new group, which no other process uses. */
#define FANOUT_NEW	(-1)

/*
 * Add the packet socket fd to the group.  If *group is FANOUT_NEW, create one
 * and store its number in *group.  Returns 0, or -1 with errno.
 */
int	fanout_join(int fd, int *group);

#endif
