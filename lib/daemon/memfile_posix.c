/*
 * Elsewhere: a temporary file whose name is removed at once.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "memfile.h"

int
memfile_open(void)
{
	char	name[] = "/tmp/trafd.XXXXXX";
	int	fd;

	if ((fd = mkstemp(name)) == -1)
		return (-1);
	(void)unlink(name);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return (fd);
}
