/*
 * BSD: the mount says whether the file system is of this machine.
 */
#include "config.h"

#include <sys/param.h>
#include <sys/mount.h>
#include <stddef.h>
#include <string.h>

#include "system.h"

const char *
system_remote(int dirfd)
{
	struct statfs	fs;

	if (fstatfs(dirfd, &fs) == -1 || (fs.f_flags & MNT_LOCAL) != 0)
		return (NULL);
	return (strcmp(fs.f_fstypename, "nfs") == 0 ? "NFS" :
	    "a file system of another machine");
}

/* A priority is that of the whole process. */
void
system_be_nice(void)
{
}
