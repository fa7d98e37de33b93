/*
 * The parameters and the outcome of a call to a daemon.
 */
#ifndef CONTROL_CALL_H
#define CONTROL_CALL_H

#include "control.h"

/* Longest message, with the terminating NUL. */
#define CONTROL_ERRLEN		768

/* Outcomes of a call. */
enum control_outcome {
	CONTROL_DONE,
	CONTROL_REFUSED_IT,	/* the daemon answered, with an error */
	CONTROL_NOBODY,		/* no socket, or no daemon listening */
	CONTROL_AWAY,		/* likewise: it waits for its interface */
	CONTROL_FORBIDDEN,	/* no permission: root or group trafd */
	CONTROL_BROKEN		/* no valid answer, or not in time */
};

/* The daemon and the time limit; calls write their messages to err. */
struct control_client {
	const char	*run_dir;
	const char	*ext;		/* name of the instance: `eth0' */
	int		 timeout_ms;	/* for the whole call */
	enum control_status status;	/* of the answer, if there was one */
	char		 err[CONTROL_ERRLEN];
};

#endif
