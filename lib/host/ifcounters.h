/*
 * Reads the system's counters of an interface, with the same functions on all
 * systems:
 *
 *	open -> read* -> close
 *
 * One thread at a time.  Open before entering a sandbox; reading works inside.
 */
#ifndef IFCOUNTERS_H
#define IFCOUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Counted since the interface was created; bytes include link headers. */
struct ifcounters {
	uint64_t	rx_packets, rx_bytes, rx_errors, rx_dropped;
	uint64_t	tx_packets, tx_bytes, tx_errors, tx_dropped;
	uint64_t	collisions;
};

struct ifcounters_source;

/* NULL with errno. */
struct ifcounters_source *ifcounters_open(const char *ifname);
void	ifcounters_close(struct ifcounters_source *);

/* False if there is no such interface. */
bool	ifcounters_read(struct ifcounters_source *, struct ifcounters *);

#endif
