/*
 * Standard streams that were closed by whoever started the program.
 */
#include <fcntl.h>
#include <signal.h>
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

void
streams_ignore_signals(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

void
streams_default_signals(void)
{
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
}
