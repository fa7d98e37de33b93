/*
 * The socket itself: made while the daemon may, taken away at the end.
 */
#ifndef CONTROL_LISTEN_H
#define CONTROL_LISTEN_H

#include <sys/types.h>

struct control_socket;

/*
 * Make, bind and listen; see control_open().  NULL after a message.
 */
struct control_socket *control_socket_open(const char *run_dir,
		    const char *ext, gid_t group);

/* Owned by the socket until control_socket_close(). */
int		 control_socket_fd(const struct control_socket *);

/* Close, and remove the name if it is still ours and we may. */
void		 control_socket_close(struct control_socket *);

#endif
