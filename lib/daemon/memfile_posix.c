/*
 * Other systems: a temporary file that is unlinked at once.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "memfile.h"

int
memfile_open(const char *name)
{
	char	path[64];
	int	fd;

	(void)snprintf(path, sizeof(path), "/tmp/%.32s.XXXXXX", name);
	if ((fd = mkstemp(path)) == -1)
		return (-1);
	(void)unlink(path);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return (fd);
}
