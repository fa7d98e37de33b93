/*
 * --status and --clean: what scripts ask of a daemon that runs, or has gone.
 */
#ifndef STATUS_H
#define STATUS_H

#include "options.h"

/* Exit statuses beside TRAFD_EXIT_OK. */
#define STATUS_NOBODY	1	/* no daemon has the account */
#define STATUS_UNKNOWN	2	/* after a message */

/*
 * Print what is known of the daemon that has the account: its number first,
 * 0 if that means nothing here.  Returns the exit status.
 */
int	status_run(const struct options *);

/*
 * Remove the PID file, the status file and the socket of a daemon that has
 * gone.  Returns the exit status: TRAFD_EXIT_ERROR if one runs.
 */
int	clean_run(const struct options *);

#endif
