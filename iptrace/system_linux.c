/*
 * Linux: file systems of other machines, by their magic numbers; a thread has a
 * priority of its own.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/vfs.h>
#include <stddef.h>

#include "system.h"

static const struct {
	unsigned long	 magic;
	const char	*name;
} kinds[] = {
	{ 0x6969, "NFS" }, { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB" },
	{ 0x517b, "SMB" }, { 0x5346414f, "AFS" }, { 0x00c36400, "Ceph" },
};

const char *
system_remote(int dirfd)
{
	struct statfs	fs;
	size_t		i;

	if (fstatfs(dirfd, &fs) == -1)
		return (NULL);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == kinds[i].magic)
			return (kinds[i].name);
	return (NULL);
}

void
system_be_nice(void)
{
	(void)setpriority(PRIO_PROCESS, 0, 19);
}
