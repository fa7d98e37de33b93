/*
 * --status and --clean: is a daemon running, and remove what a daemon that
 * has ended left behind.  The scripts use both.
 */
#ifndef STATUS_H
#define STATUS_H

#include "options.h"

/* Exit statuses besides TRAFD_EXIT_OK. */
#define STATUS_NOBODY	1	/* no daemon has the account */
#define STATUS_UNKNOWN	2	/* cannot find out; after a message */

/*
 * Print the PID of the daemon that has the account, and its counters.  If the
 * daemon runs on another host or in another PID namespace, the PID is 0 and
 * the name of its host follows.  Returns the exit status.
 */
int	status_run(const struct options *);

/*
 * Remove the PID file, the status file and the control socket that a daemon
 * left when it ended.  Returns the exit status: TRAFD_EXIT_ERROR if a daemon
 * is running.
 */
int	clean_run(const struct options *);

#endif
