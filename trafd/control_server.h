/*
 * The server of the control socket: clients, their requests and rights, and
 * which client waits for which answer.
 *
 *	open → start → [hook → ended or answer_stat]* → close
 *
 * A request is carried out by the daemon: the server calls a hook, which
 * returns at once, and the daemon delivers the result later.  Everything
 * runs in the thread of the event loop, which never blocks on a client.
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"

struct event_base;
struct control_server;

/* Requests to the daemon; all return at once. */
struct control_hooks {
	void	*arg;
	void	(*job)(void *arg, enum control_command); /* dump, save, quit */
	void	(*query)(void *arg);	/* see control_next_query() */
	void	(*stat)(void *arg);	/* answer with control_answer_stat() */
};

/* Counters for the answer to `stat'. */
struct control_counts {
	size_t		clients;	/* connected now */
	uint64_t	requests;	/* passed to a function */
	uint64_t	refused;	/* requests and connections */
};

/*
 * Create the control socket of the account ext in run_dir: mode 0660, owned
 * by this user and by `group' unless that is -1.  The caller holds the lock
 * of the PID file, so an existing socket is stale and is replaced.  NULL
 * after a message; the daemon can run without it.
 */
struct control_server *control_open(const char *run_dir, const char *ext,
		    gid_t group);

/* Start to serve; the hooks are copied.  Returns 0, or -1 after a message. */
int		 control_start(struct control_server *, struct event_base *,
		    const struct control_hooks *);

/*
 * Send an error to the clients that still wait, close all connections and
 * remove the socket.  The server may be NULL.
 */
void		 control_close(struct control_server *);

/*
 * A dump, save or exit has begun: clients that requested it before now get
 * its result.  When it has ended, they are answered; error is NULL on success.
 * Clients that request it in between wait for the next one.
 */
void		 control_job_begun(struct control_server *,
		    enum control_command);
void		 control_job_ended(struct control_server *,
		    enum control_command, const char *error, uint64_t rows,
		    uint64_t duration_ns);

/*
 * The query that has waited longest, or NULL: there is none, or queries have
 * used up their CPU time for now.  The query is the current one, and valid,
 * until control_query_ended() delivers its result: fd, a file of length bytes
 * whose ownership passes to the server, or -1 and an error text.
 */
const struct control_query *control_next_query(struct control_server *);
void		 control_query_ended(struct control_server *, int fd,
		    int64_t length, const char *error);

/* Answer all clients that wait for stat or ledger; NULL: trafd is stopping. */
void		 control_answer_stat(struct control_server *,
		    const struct control_stat *);

struct control_counts control_counts(const struct control_server *);

#endif
