/*
 * The privileged parent: where the daemon keeps no right to open an interface
 * again, a process that does nothing but start it anew, resuming, and hand
 * its signals on.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

/* What a worker ends with when it is to be started anew; seen by no one. */
#define MONITOR_AGAIN	75

struct monitor_ops {
	/* In the child: the exit status.  `again': resume from the dump. */
	int	(*work)(void *arg, bool again);
	/* In the parent, when the first worker has said monitor_ready(). */
	void	(*ready)(void *arg);
};

/*
 * Run workers one after the other, until one ends by itself or SIGTERM or
 * SIGQUIT has been handed on.  Returns the exit status of the last one.
 */
int	monitor_run(const char *ifname, const struct monitor_ops *,
	    void *arg);

/* In the child: everything works.  Nothing happens without a monitor. */
void	monitor_ready(void);

/* In the child: becomes readable when the parent is gone.  -1 without one. */
int	monitor_fd(void);

#endif
