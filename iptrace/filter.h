/*
 * The options that choose packets, as one expression of pcap-filter(7).
 */
#ifndef FILTER_H
#define FILTER_H

#include "options.h"

/* "" chooses all packets. */
struct filters {
	char	*plain;
	char	*tagged;	/* also with VLAN tags in the frame, for
				 * Ethernet; NULL: the same as plain */
};

/* Look names up and put both together.  0, or -1 after a message. */
int	filters_make(const struct options *, struct filters *);
void	filters_free(struct filters *);

#endif
