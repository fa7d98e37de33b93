/*
 * Zeroed memory mapped from the system, not from malloc(3): freed memory goes
 * back to the system at once, whichever thread frees it.  For
 * lib/table/table.c.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Map len octets.  `full' says that all of it will be used soon and lets the
 * system use huge pages: page faults then take a tenth of the time, and TLB
 * misses are fewer.  NULL on failure.
 */
void	*pages_new(size_t len, bool full);
void	 pages_free(void *, size_t len);

#endif
