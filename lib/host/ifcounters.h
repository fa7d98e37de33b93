/*
 * The system's own counters of an interface, read in one way on each system:
 *
 *	open -> read* -> close
 *
 * One thread at a time.  Opened while the process may still open files; it
 * can be read from inside a sandbox.
 */
#ifndef IFCOUNTERS_H
#define IFCOUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Since the interface was made; bytes with link headers. */
struct ifcounters {
	uint64_t	rx_packets, rx_bytes, rx_errors, rx_dropped;
	uint64_t	tx_packets, tx_bytes, tx_errors, tx_dropped;
	uint64_t	collisions;
};

struct ifcounters_source;

/* NULL with errno. */
struct ifcounters_source *ifcounters_open(const char *ifname);
void	ifcounters_close(struct ifcounters_source *);

/* False when there is no such interface here. */
bool	ifcounters_read(struct ifcounters_source *, struct ifcounters *);

#endif
