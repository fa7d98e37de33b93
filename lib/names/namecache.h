/*
 * Names of hosts remembered from one run to the next, in a file of the user's
 * own: names.db in the directory trafd below XDG_CACHE_HOME or ~/.cache.  What
 * is in it counts for a while only, and a file that is not as it should be
 * is thrown away.
 */
#ifndef NAMECACHE_H
#define NAMECACHE_H

#include "host.h"

struct namecache;

/*
 * NULL if there is no place for it that belongs to this user alone, or the
 * program was built without Berkeley DB.
 */
struct namecache	*namecache_open(void);

/* How names.h gets at it; valid until namecache_close(). */
void			 namecache_memory(struct namecache *,
			    struct names_memory *);

/* Write what is new, as a new file, and free.  NULL is allowed. */
void			 namecache_close(struct namecache *);

#endif
