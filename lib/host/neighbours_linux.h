/*
 * Private to neighbours_linux.c, its tests and its fuzz harness.
 */
#ifndef NEIGHBOURS_LINUX_H
#define NEIGHBOURS_LINUX_H

#include <stddef.h>

#include "neighbours.h"

/* Whose neighbours, and in the answer to which request. */
struct neighbours_asked {
	unsigned int	 index;		/* of the interface */
	uint32_t	 sequence;
	neighbours_fn	*fn;
	void		*arg;
};

/*
 * Read the messages of one datagram of the kernel, which need not be valid.
 * Returns 1 if more datagrams follow, 0 after the last one, or -1 with errno
 * if the kernel reports an error.
 */
int	neighbours_parse(const struct neighbours_asked *, const void *octets,
	    size_t len);

#endif
