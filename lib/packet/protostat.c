/*
 * Counters by protocol: sums.
 */
#include <stddef.h>

#include "protostat.h"

void
protostat_add(struct protostat *a, const struct protostat *b)
{
	size_t	i;

	for (i = 0; i < PROTOSTAT_ENTRIES; i++)
		a->v[i] += b->v[i];
}
