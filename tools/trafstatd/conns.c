/*
 * A list of connections, the one idle for longest first.  Sockets are only
 * shut down here: libmicrohttpd owns and closes them.
 */
#include "config.h"

#include <sys/queue.h>
#include <sys/socket.h>
#include <stdlib.h>

#include "conns.h"

struct conn {
	TAILQ_ENTRY(conn)	entry;
	int			fd;
};

TAILQ_HEAD(conn_list, conn);

struct conns {
	struct conn_list	list;
	size_t			n;
	size_t			most;
};

struct conns *
conns_new(size_t most)
{
	struct conns	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	TAILQ_INIT(&c->list);
	c->most = most;
	return (c);
}

void
conns_free(struct conns *c)
{
	free(c);
}

struct conn *
conns_add(struct conns *c, int fd)
{
	struct conn	*conn, *oldest;

	if ((conn = malloc(sizeof(*conn))) == NULL)
		return (NULL);
	conn->fd = fd;
	oldest = TAILQ_FIRST(&c->list);
	if (c->n >= c->most && oldest != NULL) {
		(void)shutdown(oldest->fd, SHUT_RDWR);
		/* It is in the list until it ends: not to be chosen again. */
		conns_touch(c, oldest);
	}
	TAILQ_INSERT_TAIL(&c->list, conn, entry);
	c->n++;
	return (conn);
}

void
conns_touch(struct conns *c, struct conn *conn)
{
	TAILQ_REMOVE(&c->list, conn, entry);
	TAILQ_INSERT_TAIL(&c->list, conn, entry);
}

void
conns_remove(struct conns *c, struct conn *conn)
{
	TAILQ_REMOVE(&c->list, conn, entry);
	c->n--;
	free(conn);
}

size_t
conns_count(const struct conns *c)
{
	return (c->n);
}
