/*
 * Leaving the terminal, only once everything works: the shell that started
 * the daemon gets its messages and its exit status.
 */
#ifndef DETACH_H
#define DETACH_H

#include <stdbool.h>

/*
 * Fork.  The parent waits and exits with what becomes of the child: 0 when
 * it says detach_ready(), its exit status otherwise.  Returns in the child,
 * in a session of its own.  Exits after a message when it cannot.
 */
void	detach_begin(void);

/*
 * The child works: let the parent exit with 0 and leave terminal and
 * directory.
 */
void	detach_ready(void);

/*
 * Tell a service manager, by the datagram socket in $NOTIFY_SOCKET, if there
 * is one (sd_notify(3)).  One that does not read is waited for up to so many
 * seconds; 0: not at all.
 */
void	detach_notify(const char *state, unsigned int seconds);

#endif
