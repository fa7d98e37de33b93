/*
 * What the files of the control socket share: the server and its clients.
 * control.c decides what a request means and who waits for what,
 * control_client.c moves octets.
 */
#ifndef CONTROL_IMPL_H
#define CONTROL_IMPL_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "daemon/bucket.h"
#include "control_listen.h"
#include "control_server.h"

#define CLIENTS_MOST	16

/* What a client is doing. */
enum client_phase {
	CLIENT_ASKING,		/* its request is not all there */
	CLIENT_WAITING,		/* the daemon is at it */
	CLIENT_READING		/* it gets its answer */
};

struct client {
	struct control_server	*server;
	struct bufferevent	*bev;
	struct event		*deadline;
	enum client_phase	 phase;
	uid_t			 uid;
	uint16_t		 command;
	bool			 served;	/* its job has begun */
	uint64_t		 turn;		/* who came first */
	int			 fd;		/* what follows, or -1 */
	off_t			 at;
	int64_t			 left;
	struct control_query	 query;
};

struct control_server {
	struct control_socket	*sock;
	struct event_base	*base;
	struct control_hooks	 hooks;
	struct evconnlistener	*listener;
	struct event		*tick;		/* look at those who wait */
	struct bucket		 accepts;	/* connections */
	struct bucket		 work;		/* of questions, us of CPU */
	int64_t			 work_began;	/* CPU used before */
	bool			 waiting;	/* for work: some question */
	struct client		*clients[CLIENTS_MOST];
	struct client		*asker;		/* of the question at hand */
	struct control_query	 question;
	uint64_t		 turns;
	struct control_counts	 counts;
};

/* Serve a connection, taken over, or turn it away. */
void	client_new(struct control_server *, int fd);
void	client_free(struct client *);

/* Begin an answer with a body in memory; status other than OK: a text. */
void	client_answer(struct client *, enum control_status, const void *body,
	    size_t len);
void	client_refuse(struct client *, enum control_status, const char *text);

/* The same with a body in a file, which is taken over. */
void	client_answer_file(struct client *, int fd, int64_t len);

/* Write what can be written at once, for the end of the daemon. */
void	client_flush(struct client *);

/* Octets of answers that wait to be read. */
int64_t	clients_held(const struct control_server *);

/* control.c: a whole request, with its payload. */
void	control_request(struct client *, const uint8_t *payload, size_t len);

/* Is it a request with such a length?  0, or a status. */
enum control_status control_check(const struct client *,
	    const struct control_request *);

#endif
