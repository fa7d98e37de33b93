/*
 * Linux: which notifications of rtnetlink(7) wake the process.  On a host with
 * many containers there are always some of other interfaces.  No state.
 */
#ifndef HEAR_LINUX_H
#define HEAR_LINUX_H

#include <stddef.h>

/* The most interfaces that can be told from others. */
#define HEAR_MOST	32

/*
 * From now on, only what is about one of n <= HEAR_MOST interfaces reaches the
 * socket, or about a device that is made on one of them; n 0: everything.
 * Without memory in the kernel, nothing changes.
 */
void	hear_only(int fd, const unsigned int *indexes, size_t n);

#endif
