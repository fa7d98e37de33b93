/*
 * The privileged parent.  If a daemon cannot keep the right to open an
 * interface again, this process does two things only: it starts another worker
 * if one is killed or asks for that, and it forwards signals.
 *
 *	parent: run -> [work in a child]* -> the exit status
 *	child: work: -> ready -> [fd]* -> return
 *
 * Call monitor_run() before the first thread is started.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

/* Exit status of a worker that must be started again; run returns 0 for it. */
#define MONITOR_AGAIN	75

/* The functions of the daemon; each gets `arg'. */
struct monitor_ops {
	/* In the child: work.  Returns the exit status.  `again': a restart. */
	int	(*work)(void *arg, bool again);
	/* In the parent, when the first worker has called monitor_ready(). */
	void	(*ready)(void *arg);
	/* In the parent: there is no worker until the interface returns. */
	void	(*away)(void *arg);
	/* In the parent, at the end: no worker received the signal `kept'. */
	void	(*unserved)(void *arg);
};

struct monitor_opts {
	const char	*name;		/* for messages */
	const char	*ifname;	/* workers need it; NULL: none */
	int		 kept;		/* a signal that is kept for the next
					 * worker if none runs; 0: none */
};

/*
 * Run workers one after the other, until one ends by itself, or after SIGTERM
 * or SIGQUIT.  Forwards these signals, SIGHUP and SIGINT.  Returns the exit
 * status of the last worker.
 */
int	monitor_run(const struct monitor_opts *, const struct monitor_ops *,
	    void *arg);

/* In the child, when everything works.  Does nothing without a monitor. */
void	monitor_ready(void);

/* In the child: readable when the parent has ended; -1 without a monitor. */
int	monitor_fd(void);

#endif
