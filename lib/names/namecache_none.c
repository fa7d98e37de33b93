/*
 * Built without Berkeley DB: there is no cache of names.
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
