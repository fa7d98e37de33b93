/*
 * Packets of one interface dealt out among sockets by the hash of their flow:
 * PACKET_FANOUT of packet(7).  Linux.
 */
#ifndef FANOUT_H
#define FANOUT_H

/* A group that no other process has. */
#define FANOUT_NEW	(-1)

/*
 * Let the packet socket join the group, which becomes a number if it is
 * FANOUT_NEW.  0, or -1 with errno.
 */
int	fanout_join(int fd, int *group);

#endif
