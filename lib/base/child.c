/*
 * Starts a process with a pair of sockets (child.h).  It is started by a
 * process in between that ends at once, so that init looks after it: who
 * started it need not wait for it and may be forbidden to send signals.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "child.h"

#define PEER	3	/* the descriptor of the process */

/* Leave nothing open that belongs to others, such as a listening socket. */
static int
keep_only(int fd)
{
	int	null, i;

	if ((null = open("/dev/null", O_RDWR)) == -1)
		return (-1);
	for (i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (dup2(null, i) == -1)
			return (-1);
	if (fd != PEER && dup2(fd, PEER) == -1)
		return (-1);
	closefrom(PEER + 1);
	return (0);
}

static void
begin(child_fn *run, const void *arg, int fd)
{
	pid_t	pid = fork();

	if (pid != 0)
		_exit(pid == -1);
	if (keep_only(fd) == 0)
		run(PEER, arg);
	_exit(0);
}

int
child_start(child_fn *run, const void *arg)
{
	int	fd[2], saved;
	pid_t	pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1)
		return (-1);
	(void)fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd[0], F_SETFL, O_NONBLOCK);
	if ((pid = fork()) == 0)
		begin(run, arg, fd[1]);
	saved = errno;
	(void)close(fd[1]);
	if (pid == -1) {
		(void)close(fd[0]);
		errno = saved;
		return (-1);
	}
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	return (fd[0]);
}
