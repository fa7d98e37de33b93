/*
 * The listening control socket: created while the daemon can still write to
 * the run directory, removed at its end.
 */
#ifndef CONTROL_LISTEN_H
#define CONTROL_LISTEN_H

#include <sys/types.h>

struct control_socket;

/*
 * Create, bind and listen; the arguments are those of control_open().  NULL
 * after a message.
 */
struct control_socket *control_socket_open(const char *run_dir,
		    const char *ext, gid_t group);

/*
 * Could control_socket_open() use the name?  If not, the same message; nothing
 * is changed.
 */
void		 control_socket_check(const char *run_dir, const char *ext);

/* The descriptor to accept from; control_socket_close() closes it. */
int		 control_socket_fd(const struct control_socket *);

/*
 * Close; remove the socket if the name still refers to the one created here
 * and the directory may be written.
 */
void		 control_socket_close(struct control_socket *);

#endif
