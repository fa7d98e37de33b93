/*
 * Private to the counters of Linux and the harness that fuzzes their parser.
 */
#ifndef IFSTAT_LINUX_H
#define IFSTAT_LINUX_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/ledger.h"

/*
 * Find the line that begins with label ("eth0:") in the text of
 * /proc/net/dev; false if there is none or it does not hold the counters,
 * then v is undefined.  In the order of the ledger: packets, bytes and drops
 * received, packets and bytes sent.
 */
bool	ifstat_parse(const char *text, const char *label,
	    uint64_t v[LEDGER_IFACE_COUNTERS]);

#endif
