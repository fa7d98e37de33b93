/*
 * Landlock: files that a process may still open, on Linux from 5.13 on.  Paths
 * are allowed one by one; then everything else is closed for good.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdint.h>

/*
 * Begin a set of rules.  *handled are the rights that this kernel can take
 * away, LANDLOCK_ACCESS_FS_ bits.  A descriptor, or -1 with errno, ENOSYS
 * where there is no Landlock.
 */
int	landlock_begin(uint64_t *handled);

/* Leave `rights' to what is there at path.  0, or -1 with errno. */
int	landlock_allow(int ruleset, const char *path, uint64_t rights);

/*
 * From now on there is nothing but what was allowed; needs no_new_privs.
 * Closes the set.  0, or -1 with errno and the set still open.
 */
int	landlock_enforce(int ruleset);

#endif
