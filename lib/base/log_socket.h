/*
 * The local socket of a log daemon: syslogd's or the journal's.  It is opened
 * when there is something to send, and again when the daemon was restarted;
 * nothing but connect(2) is needed for that.
 */
#ifndef LOG_SOCKET_H
#define LOG_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

struct log_socket {
	const char	*path;		/* borrowed */
	int		 fd;		/* -1: not open */
	bool		 stream;	/* messages end with a NUL */
};

/*
 * Send one message, text[len] being a NUL.  A receiver that is there but does
 * not read is waited for as long as it takes.  0, or -1 with errno if there
 * is none or it cannot take the message.
 */
int	log_socket_send(struct log_socket *, const char *text, size_t len);

void	log_socket_close(struct log_socket *);

#endif
