/*
 * Sockets that are older than the programs.  For watch.c.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdint.h>

#include "cgroups.h"
#include "sock_layout.h"

/*
 * Look into all processes and write the owner into the storage of each socket
 * of IP that has none.  The first process that has it is taken for its maker.
 * Returns how many, or -1 with errno if sockets of others cannot be had.
 */
int	owner_scan(struct cgroups *, int map, const struct owner_setup *);

/* The cookie of a socket's namespace; 0: this kernel does not tell. */
uint64_t owner_netns(int fd);

#endif
