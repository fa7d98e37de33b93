/*
 * Standard streams that were closed by whoever started the program, and
 * signals that take the place of errors.
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
