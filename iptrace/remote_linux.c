/*
 * Linux: file systems of other machines, by their magic numbers.
 */
#include "config.h"

#include <sys/vfs.h>
#include <stddef.h>

#include "target.h"

static const struct {
	unsigned long	 magic;
	const char	*name;
} kinds[] = {
	{ 0x6969, "NFS" }, { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB" },
	{ 0x517b, "SMB" }, { 0x5346414f, "AFS" }, { 0x00c36400, "Ceph" },
};

const char *
target_remote(const struct target *t)
{
	struct statfs	fs;
	size_t		i;

	if (fstatfs(t->dirfd, &fs) == -1)
		return (NULL);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == kinds[i].magic)
			return (kinds[i].name);
	return (NULL);
}
