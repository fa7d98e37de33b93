/*
 * A call to a daemon: where to, how long it may take and how it went.
 */
#ifndef CONTROL_CALL_H
#define CONTROL_CALL_H

#include "control.h"

/* Longest message, with the terminating NUL. */
#define CONTROL_ERRLEN		768

/* How a call went. */
enum control_outcome {
	CONTROL_DONE,
	CONTROL_REFUSED_IT,	/* the daemon answered, with an error */
	CONTROL_NOBODY,		/* no socket, or nobody listens there */
	CONTROL_FORBIDDEN,	/* may not connect: root, or group trafd */
	CONTROL_BROKEN		/* no answer in time, or not an answer */
};

/* Where and how long; a call also writes its message to err. */
struct control_client {
	const char	*run_dir;
	const char	*ext;		/* of the instance: `eth0' */
	int		 timeout_ms;	/* for the whole call */
	enum control_status status;	/* of the answer, where there was one */
	char		 err[CONTROL_ERRLEN];
};

#endif
