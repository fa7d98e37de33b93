/*
 * Linux: memory, which no sandbox has to allow a path for.
 */
#include "config.h"

#include <sys/mman.h>

#include "memfile.h"

int
memfile_open(void)
{
	return (memfd_create("trafd", MFD_CLOEXEC));
}
