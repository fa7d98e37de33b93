/*
 * The connections of the web server.  Their number is limited: if another one
 * comes, the one that has been idle for longest is ended.  So a client that
 * only holds connections open cannot lock others out.
 *
 *	conns_add → conns_touch* → conns_remove
 */
#ifndef TRAFSTATD_CONNS_H
#define TRAFSTATD_CONNS_H

#include <stddef.h>

struct conn;
struct conns;

/* At most `most' connections.  NULL with errno. */
struct conns	*conns_new(size_t most);

/* There must be no connection left. */
void		 conns_free(struct conns *);

/*
 * There is a new connection on the socket fd, which is borrowed.  If there are
 * too many, the one idle for longest is shut down.  NULL if out of memory.
 */
struct conn	*conns_add(struct conns *, int fd);

/* The connection has sent a request: it is not idle. */
void		 conns_touch(struct conns *, struct conn *);

/* The connection has ended; it is freed. */
void		 conns_remove(struct conns *, struct conn *);

size_t		 conns_count(const struct conns *);

#endif
