/*
 * The privileged parent: where a daemon keeps no right to open an interface
 * again, a process that does nothing but start it again, resuming, and hand
 * its signals on.
 *
 *	parent: run -> [work in a child]* -> the exit status
 *	child: work: -> ready -> [fd]* -> return
 *
 * Only before the first thread.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

/* What a worker ends with when it is to be started again; seen by no one. */
#define MONITOR_AGAIN	75

/* What the daemon does; each gets `arg'. */
struct monitor_ops {
	/* In the child: the exit status.  `again': it is not the first one. */
	int	(*work)(void *arg, bool again);
	/* In the parent, when the first worker has said monitor_ready(). */
	void	(*ready)(void *arg);
	/* In the parent, at the end: no worker has had the signal `kept'. */
	void	(*unserved)(void *arg);
};

struct monitor_opts {
	const char	*name;		/* for messages */
	const char	*ifname;	/* a worker needs it; NULL: none */
	int		 kept;		/* a signal that the next worker gets
					 * if there is none; 0: none */
};

/*
 * Run workers one after the other, until one ends by itself or SIGTERM or
 * SIGQUIT has been handed on; SIGHUP and SIGINT are handed on too.  Returns
 * the exit status of the last one.
 */
int	monitor_run(const struct monitor_opts *, const struct monitor_ops *,
	    void *arg);

/* In the child: everything works.  Nothing happens without a monitor. */
void	monitor_ready(void);

/* In the child: becomes readable when the parent is gone.  -1 without one. */
int	monitor_fd(void);

#endif
