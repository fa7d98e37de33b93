/*
 * A cache of host names in a file of the user: names.db in the directory trafd
 * under XDG_CACHE_HOME or ~/.cache.  Entries expire; a damaged file is
 * deleted.
 *
 *	open -> memory -> close
 *
 * One thread at a time.
 */
#ifndef NAMECACHE_H
#define NAMECACHE_H

#include "host.h"

struct namecache;

/*
 * NULL if there is no directory that only this user can write to, or the
 * program was built without Berkeley DB.
 */
struct namecache	*namecache_open(void);

/* The callbacks for names_set_memory(); valid until namecache_close(). */
void			 namecache_memory(struct namecache *,
			    struct names_memory *);

/* Write the new names, as a new file, and free.  NULL is allowed. */
void			 namecache_close(struct namecache *);

#endif
