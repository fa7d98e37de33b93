/*
 * Zeroed memory straight from the system: what is given back leaves nothing
 * behind in the heap of some thread.  For lib/table/table.c.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * `full': all of it will be used soon, so that the system may use large
 * pages where it has them: a tenth of the faults' time, and fewer misses.
 * NULL when the system refuses.
 */
void	*pages_new(size_t len, bool full);
void	 pages_free(void *, size_t len);

#endif
