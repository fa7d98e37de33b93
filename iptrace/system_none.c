/*
 * Systems that do not tell what a file system is.
 */
#include "config.h"

#include <stddef.h>

#include "system.h"

const char *
system_remote(int dirfd)
{
	(void)dirfd;
	return (NULL);
}

/* A priority is that of the whole process. */
void
system_be_nice(void)
{
}
