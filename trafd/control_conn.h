/*
 * One connection of the control socket: bytes in, bytes out, time limits.
 *
 *	open → request → [answer] → closed
 *
 * It does not depend on the server: conn_open() takes a handler, which is
 * called with the one request and when the connection ends.  A connection
 * closes itself after its answer has been read, when the client disconnects
 * or sends a second request, and when a time limit has passed.  Everything
 * runs in the thread of the event loop.
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
	/* May this user do that?  Any status except CONTROL_OK refuses it. */
	enum control_status	(*check)(uid_t, const struct control_request *);

	/*
	 * A whole request that check() allowed.  The payload is valid during
	 * the call only; conn_answer() may follow at any later time.
	 */
	void	(*request)(void *arg, uint16_t command,
		    const uint8_t *payload, size_t len);

	/* The request was refused, or a time limit has passed. */
	void	(*refused)(void *arg);

	/* The connection is gone after this call. */
	void	(*closed)(void *arg);
};

/*
 * Serve a connected socket; ownership of fd passes to the connection, and
 * arg is passed to each function of the handler, which is borrowed.  Returns
 * NULL if the kernel does not give the client's user ID or memory is short; fd
 * then remains the caller's.
 */
struct control_conn *conn_open(struct event_base *, int fd,
		    const struct conn_handler *, void *arg);

/* Close at once; calls closed(). */
void		 conn_close(struct control_conn *);

/* The client's user ID, from the kernel. */
uid_t		 conn_uid(const struct control_conn *);

/* Has the request arrived, and does the client wait for its answer? */
bool		 conn_is_waiting(const struct control_conn *);

/* Answer with a body in memory, which is copied. */
void		 conn_answer(struct control_conn *, enum control_status,
		    const void *body, size_t len);

/*
 * Answer with an error text, cut to CONTROL_TEXT_MOST bytes.  Every status
 * except CONTROL_FAILED also calls refused().
 */
void		 conn_refuse(struct control_conn *, enum control_status,
		    const char *text);

/*
 * Answer with the first len bytes of a file; ownership of fd passes to the
 * connection.
 */
void		 conn_answer_file(struct control_conn *, int fd, int64_t len);

/* Bytes of the answer's file that are not buffered for the socket yet. */
int64_t		 conn_left(const struct control_conn *);

/* Write what the socket accepts without waiting: before the daemon exits. */
void		 conn_flush(struct control_conn *);

#endif
