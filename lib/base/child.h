/*
 * A process beside this one for what may block or what a sandbox forbids: the
 * resolver, for example.  The two exchange messages through a pair of sockets
 * that keep their boundaries (SOCK_SEQPACKET).
 */
#ifndef CHILD_H
#define CHILD_H

/*
 * What the process does: it gets its end of the pair, and exits when this
 * returns, which it must when the other end is closed.
 */
typedef void	child_fn(int fd, const void *arg);

/*
 * Start the process.  It has no other descriptors and /dev/null as standard
 * streams, and is not a child of this one in the sense of wait(2).  Returns
 * this side's end, which does not block, or -1 with errno.  Call before
 * threads are started.
 */
int	child_start(child_fn *run, const void *arg);

#endif
