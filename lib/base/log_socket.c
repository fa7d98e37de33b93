/*
 * Sending to a log daemon by datagrams, or by a stream if its socket is one,
 * as syslog(3) does.  Unlike syslog(3) this holds no lock that a fork(2)
 * could leave locked in the child.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log_socket.h"

/*
 * Seconds without progress after which the socket is opened again: another
 * daemon may have bound the path since this one stopped reading.
 */
#define PATIENCE	5

/* BSD returns ENOBUFS instead of blocking: nanoseconds until the next try. */
#define PAUSE_NS	20000000L

static int
connect_as(struct log_socket *s, int type)
{
	struct sockaddr_un	sun = { .sun_family = AF_UNIX };
	const struct timeval	patience = { .tv_sec = PATIENCE };
	int			saved;

	(void)strlcpy(sun.sun_path, s->path, sizeof(sun.sun_path));
	if ((s->fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) == -1)
		return (-1);
	(void)setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof(patience));
	s->stream = type == SOCK_STREAM;
	if (connect(s->fd, (const struct sockaddr *)(const void *)&sun,
	    sizeof(sun)) == 0)
		return (0);
	saved = errno;
	log_socket_close(s);
	errno = saved;
	return (-1);
}

static int
open_socket(struct log_socket *s)
{
	if (s->fd != -1 || connect_as(s, SOCK_DGRAM) == 0)
		return (0);
	return (errno == EPROTOTYPE ? connect_as(s, SOCK_STREAM) : -1);
}

/* Is the receiver there but its buffer full?  Then try again. */
static bool
is_full(int error)
{
	const struct timespec	pause = { 0, PAUSE_NS };

	if (error == ENOBUFS)
		(void)nanosleep(&pause, NULL);
	return (error == ENOBUFS || error == EAGAIN || error == EINTR);
}

/*
 * Once a part of a message is sent, the rest follows whatever it takes, so
 * that a stream never carries half a message.  Returns 0, or -1 with errno;
 * EAGAIN: nothing was accepted for PATIENCE seconds.
 */
static int
send_all(const struct log_socket *s, const char *text, size_t len)
{
	size_t	sent = 0;
	ssize_t	n;

	if (s->stream)
		len++;
	while (sent < len) {
		n = send(s->fd, text + sent, len - sent, MSG_NOSIGNAL);
		if (n >= 0)
			sent += (size_t)n;
		else if (sent == 0 || !is_full(errno))
			return (-1);
	}
	return (0);
}

int
log_socket_send(struct log_socket *s, const char *text, size_t len)
{
	bool	again = s->fd != -1;	/* the daemon may have restarted */

	for (;;) {
		if (open_socket(s) == 0) {
			if (send_all(s, text, len) == 0)
				return (0);
			if (errno == EMSGSIZE)
				return (-1);
		}
		if (!is_full(errno)) {
			if (!again)
				return (-1);
			again = false;
		} else if (errno != EAGAIN)
			continue;
		log_socket_close(s);
	}
}

void
log_socket_close(struct log_socket *s)
{
	if (s->fd != -1)
		(void)close(s->fd);
	s->fd = -1;
}
