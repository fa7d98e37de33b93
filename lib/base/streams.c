/*
 * Standard streams that were closed when the program was started, and signals
 * that take the place of errors.
 */
#include <fcntl.h>
#include <signal.h>
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

static void
handle(void (*how)(int))
{
	(void)signal(SIGPIPE, how);
	(void)signal(SIGXFSZ, how);
}

void
streams_ignore_signals(void)
{
	handle(SIG_IGN);
}

void
streams_restore_signals(void)
{
	handle(SIG_DFL);
}
