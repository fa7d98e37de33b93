/*
 * Standard streams that were closed when the program was started.
 */
#include <fcntl.h>
#include <unistd.h>

#include "streams.h"

/*
 * The replacements are opened for reading: output to a closed stream must
 * remain an error.
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
