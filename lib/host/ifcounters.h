/*
 * The system's own counters of an interface, errors and all, as they are now.
 */
#ifndef IFCOUNTERS_H
#define IFCOUNTERS_H

#include <stdbool.h>
#include <stdint.h>

struct ifcounters {
	uint64_t	mtu;
	uint64_t	rx_packets, rx_errors, rx_dropped;
	uint64_t	tx_packets, tx_errors, tx_dropped;
	uint64_t	collisions;
};

/* False when there is no such interface here. */
bool	ifcounters_get(const char *ifname, struct ifcounters *);

#endif
