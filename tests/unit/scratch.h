/*
 * A temporary directory for the tests of one file:
 *
 *	scratch_make -> scratch_remove
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdio.h>
#include <stdlib.h>

#define SCRATCH_LEN	64

/* Make it in TMPDIR, and its name in dir.  Returns 0, or -1 with errno. */
static inline int
scratch_make(char dir[SCRATCH_LEN])
{
	const char	*tmp = getenv("TMPDIR");

	(void)snprintf(dir, SCRATCH_LEN, "%.40s/trafd.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	return (mkdtemp(dir) == NULL ? -1 : 0);
}

/* Remove it with all that is in it.  Returns 0, or what rm(1) did. */
static inline int
scratch_remove(const char *dir)
{
	char	command[SCRATCH_LEN + 16];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return (system(command));
}

#endif
