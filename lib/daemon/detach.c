/*
 * Forks into the background.  Owns the pipe to the waiting parent, and a
 * descriptor of /dev/null, opened before the sandbox forbids that.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "detach.h"

static int	ready_fd = -1;
static int	null_fd = -1;

__attribute__((noreturn))
static void
wait_for_child(int fd, pid_t child)
{
	char	octet;
	int	status;
	ssize_t	n;

	while ((n = read(fd, &octet, 1)) == -1 && errno == EINTR)
		continue;
	if (n == 1)
		_exit(EXIT_SUCCESS);
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	_exit(EXIT_FAILURE);
}

void
detach_begin(void)
{
	int	fds[2];
	pid_t	child;

	if (pipe2(fds, O_CLOEXEC) == -1)
		err(EXIT_FAILURE, "pipe");
	if ((child = fork()) == -1)
		err(EXIT_FAILURE, "fork");
	if (child != 0) {
		(void)close(fds[1]);
		wait_for_child(fds[0], child);
	}
	(void)close(fds[0]);
	ready_fd = fds[1];
	if ((null_fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		err(EXIT_FAILURE, "/dev/null");
	(void)setsid();
}

void
detach_ready(void)
{
	int	fd;

	if (ready_fd == -1)
		return;
	if (chdir("/") == -1)
		warn("/");
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null_fd, fd);
	(void)close(null_fd);
	while (write(ready_fd, "", 1) == -1 && errno == EINTR)
		continue;
	(void)close(ready_fd);
	ready_fd = -1;
}

void
detach_notify(const char *state, unsigned int seconds)
{
	const struct timeval	 most = { .tv_sec = (time_t)seconds };
	struct sockaddr_un	 sun = { .sun_family = AF_UNIX };
	const char		*path = getenv("NOTIFY_SOCKET");
	size_t			 len;
	int			 fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    (len = strlen(path)) >= sizeof(sun.sun_path))
		return;
	memcpy(sun.sun_path, path, len);
	if (path[0] == '@')	/* an abstract socket address of Linux */
		sun.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL |
	    (seconds == 0 ? MSG_DONTWAIT : 0),
	    (const struct sockaddr *)(const void *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)close(fd);
}
