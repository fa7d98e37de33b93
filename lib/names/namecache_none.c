/*
 * No Berkeley DB: names are remembered for one run only.
 */
#include <stddef.h>

#include "namecache.h"

struct namecache *
namecache_open(void)
{
	return (NULL);
}

void
namecache_memory(struct namecache *c, struct names_memory *m)
{
	(void)c;
	(void)m;
}

void
namecache_close(struct namecache *c)
{
	(void)c;
}
