/*
 * Detaches the daemon from the terminal after it has started successfully: the
 * shell that started it gets its messages and its exit status.
 *
 *	detach_begin, before the first thread -> detach_ready
 *	detach_notify, at any time
 */
#ifndef DETACH_H
#define DETACH_H

#include <stdbool.h>

/*
 * Fork.  Returns in the child, in a new session.  The parent waits and exits:
 * with 0 when the child calls detach_ready(), or with the child's exit status
 * if it ends before that.  Exits after a message on failure.
 */
void	detach_begin(void);

/*
 * In the child, when it works: let the parent exit with 0, change to the
 * directory / and replace standard input, output and error by /dev/null.  Does
 * nothing without detach_begin().
 */
void	detach_ready(void);

/*
 * Send the state, such as "READY=1", to the service manager's datagram socket
 * in $NOTIFY_SOCKET, if this is set (sd_notify(3)).  If the socket's queue is
 * full, waits up to `seconds'; 0: does not wait.
 */
void	detach_notify(const char *state, unsigned int seconds);

#endif
