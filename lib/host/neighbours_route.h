/*
 * Private to neighbours_bsd.c, its tests and its fuzz harness: the messages of
 * route(4), with the layout that a system gives them, so that they can be read
 * on any other one.
 */
#ifndef NEIGHBOURS_ROUTE_H
#define NEIGHBOURS_ROUTE_H

#include <stddef.h>

#include "neighbours.h"

/* How a system writes its messages: struct rt_msghdr, then addresses. */
struct route_layout {
	size_t	header;			/* octets of it */
	size_t	flags;			/* offsets of two of its members */
	size_t	addrs;
	size_t	align;			/* of each address */
	int	proxy;			/* the flag of what is not a host's */
	uint8_t	inet, inet6, link;	/* AF_ */
};

/* Whose neighbours. */
struct route_asked {
	unsigned int	 index;		/* of the interface */
	neighbours_fn	*fn;
	void		*arg;
};

/* Read messages, which need not be valid: it ends at one that is not. */
void	neighbours_route_parse(const struct route_layout *,
	    const struct route_asked *, const void *octets, size_t len);

#endif
