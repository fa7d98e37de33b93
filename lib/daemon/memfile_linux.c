/*
 * Linux: a file in memory, for which the sandbox need not allow a path.
 */
#include "config.h"

#include <sys/mman.h>

#include "memfile.h"

int
memfile_open(const char *name)
{
	return (memfd_create(name, MFD_CLOEXEC));
}
