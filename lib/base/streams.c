/*
 * Standard streams that were closed by whoever started the program.
 */
#include <fcntl.h>
#include <unistd.h>

#include "streams.h"

/*
 * Not for writing: a report that nobody can get must be an error, not
 * vanish.
 */
void
streams_occupy(void)
{
	int	fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}
