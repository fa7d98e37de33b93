/*
 * Linux: which notifications of rtnetlink(7) wake the process.  On a host with
 * many containers there are always some of other interfaces.
 */
#ifndef HEAR_LINUX_H
#define HEAR_LINUX_H

#include <stdbool.h>
#include <stddef.h>

#include "hostmap.h"

/* The most interfaces that can be told from others. */
#define HEAR_MOST	32

/* What reaches a socket; all zeros: everything. */
struct hear {
	unsigned int	list[HEAR_MOST];
	size_t		n;		/* 0: everything */
};

/*
 * From now on, only what can change the networks of the interface reaches the
 * socket: what is about it, or about one that has a part in them, or about a
 * device that is made on one of these.  If the index is 0 or ADDRESSES_NONE, or
 * too many have a part, everything does.  True if that is not what it was
 * before.  Without memory in the kernel nothing changes there.
 */
bool	hear_only(struct hear *, int fd, const struct hostmap *,
	    unsigned int index);

#endif
