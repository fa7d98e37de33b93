/*
 * The local socket of a log daemon, syslogd or the journal.  It is opened
 * when there is something to send, and again after the daemon restarted.
 * Reopening needs no privilege except connect(2).  One thread at a time.
 */
#ifndef LOG_SOCKET_H
#define LOG_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

struct log_socket {
	const char	*path;		/* borrowed */
	int		 fd;		/* -1: not open */
	bool		 stream;	/* SOCK_STREAM: messages end with NUL */
};

/*
 * Send one message; text[len] must be a NUL.  If the receiver exists but does
 * not read, this waits until it does.  Returns 0, or -1 with errno if there
 * is no receiver or it refuses the message.
 */
int	log_socket_send(struct log_socket *, const char *text, size_t len);

void	log_socket_close(struct log_socket *);

#endif
