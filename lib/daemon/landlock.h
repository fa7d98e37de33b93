/*
 * Landlock, on Linux from 5.13 on: limits the files that a process can open.
 *
 *	begin -> [allow]* -> enforce
 *
 * After that all files except the allowed ones are forbidden for good.  Applies
 * to the calling thread and threads that it starts later.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdint.h>

/*
 * Begin a set of rules.  *handled becomes the LANDLOCK_ACCESS_FS_ bits of the
 * rights that this kernel can restrict.  Returns a descriptor, or -1 with
 * errno, ENOSYS if the kernel has no Landlock.
 */
int	landlock_begin(uint64_t *handled);

/* Allow `rights' for the file, or below the directory.  0, or -1 with errno. */
int	landlock_allow(int ruleset, const char *path, uint64_t rights);

/*
 * Forbid everything that was not allowed; needs no_new_privs.  Closes the
 * descriptor and returns 0; or returns -1 with errno, the descriptor open.
 */
int	landlock_enforce(int ruleset);

#endif
