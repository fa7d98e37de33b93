/*
 * The control socket from the daemon's side: clients, their requests, and
 * who waits for what.  Knows what may be asked and by whom, but not how it
 * is done: that is asked of the daemon through hooks, which answers later.
 * Everything happens in the thread of the event loop; nothing waits for a
 * client.
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

/* What the daemon is asked; all return at once. */
struct control_hooks {
	void	*arg;
	void	(*job)(void *arg, enum control_command); /* dump, save, quit */
	void	(*query)(void *arg);	/* see control_next_query() */
	void	(*stat)(void *arg);	/* answer with control_answer_stat() */
};

/* What clients do to it. */
struct control_counts {
	size_t		clients;	/* connected now */
	uint64_t	requests;
	uint64_t	refused;
};

/*
 * Make the socket of an instance in the run directory: 0660, of this user and
 * of `group' unless that is -1.  The caller holds the lock of the PID file,
 * so one that is there is stale.  NULL after a message: the daemon can live
 * without.
 */
struct control_server *control_open(const char *run_dir, const char *ext,
		    gid_t group);

/* Begin to serve.  0, or -1 after a message. */
int		 control_start(struct control_server *, struct event_base *,
		    const struct control_hooks *);

/* Take no more clients, tell those that wait, remove the socket.  NULL too. */
void		 control_close(struct control_server *);

/*
 * A job of that kind begins: those who have asked before wait for it.  It
 * has ended: they are told; error is NULL when it was done.
 */
void		 control_job_begun(struct control_server *,
		    enum control_command);
void		 control_job_ended(struct control_server *,
		    enum control_command, const char *error, uint64_t rows,
		    uint64_t duration_ns);

/*
 * The question that has waited longest, or NULL.  It stays the one at hand
 * until control_query_ended(), which takes over fd (-1: it failed).
 */
const struct control_query *control_next_query(struct control_server *);
void		 control_query_ended(struct control_server *, int fd,
		    int64_t length, const char *error);

/* Answer all who wait for stat or ledger; NULL: there is none. */
void		 control_answer_stat(struct control_server *,
		    const struct control_stat *);

struct control_counts control_counts(const struct control_server *);

#endif
