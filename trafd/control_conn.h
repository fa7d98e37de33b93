/*
 * One connection of the control socket: octets in, octets out, time limits.
 *
 *	open → request → [answer] → closed
 *
 * It knows nothing of the server: whoever opens it lends a handler, which is
 * called with each whole request and when the connection ends.  A connection
 * closes itself when its answer has been read, when the client goes away or
 * sends more than one request, and when a time limit has passed.  All of it
 * happens in the thread of the event loop.
 */
#ifndef CONTROL_CONN_H
#define CONTROL_CONN_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"

struct control_conn;
struct event_base;

struct conn_handler {
	/* May this user ask for that?  A status other than OK refuses it. */
	enum control_status	(*check)(uid_t, const struct control_request *);

	/*
	 * A whole request whose check said OK.  The payload is valid during
	 * the call; the answer may come at any later time.
	 */
	void	(*request)(void *arg, uint16_t command,
		    const uint8_t *payload, size_t len);

	/* The connection has refused the request or has lost its patience. */
	void	(*refused)(void *arg);

	/* The connection is gone after this call. */
	void	(*closed)(void *arg);
};

/*
 * Take over a connected socket.  arg goes to each function of the handler.
 * NULL if the system cannot name the user at the other end or is out of
 * memory; the caller still has fd then.
 */
struct control_conn *conn_open(struct event_base *, int fd,
		    const struct conn_handler *, void *arg);

/* Close at once; calls closed(). */
void		 conn_close(struct control_conn *);

/* The user at the other end, as the kernel says. */
uid_t		 conn_uid(const struct control_conn *);

/* Does it wait for the answer to a request? */
bool		 conn_is_waiting(const struct control_conn *);

/* Answer with a body in memory, which is copied. */
void		 conn_answer(struct control_conn *, enum control_status,
		    const void *body, size_t len);

/*
 * Answer with a text that says why not, cut to CONTROL_TEXT_MOST octets.
 * Every status but CONTROL_FAILED counts as refused.
 */
void		 conn_refuse(struct control_conn *, enum control_status,
		    const char *text);

/* Answer with the first len octets of a file; ownership of fd passes here. */
void		 conn_answer_file(struct control_conn *, int fd, int64_t len);

/* Octets of its file that are not in the socket yet. */
int64_t		 conn_left(const struct control_conn *);

/* Write what the socket takes at once: for the end of the daemon. */
void		 conn_flush(struct control_conn *);

#endif
