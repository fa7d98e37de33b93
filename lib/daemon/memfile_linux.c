/*
 * Linux: memory, which no sandbox has to allow a path for.
 */
#include "config.h"

#include <sys/mman.h>

#include "memfile.h"

int
memfile_open(const char *name)
{
	return (memfd_create(name, MFD_CLOEXEC));
}
