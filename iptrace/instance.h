/*
 * One iptrace for each LogFile: PID files whose names tell the LogFile.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "daemon/privs.h"

struct instance;

/*
 * Lock the PID file of the trace with this absolute path, before root is given
 * up.  NULL after a message, also if another process records to it.
 */
struct instance	*instance_open(const char *run_dir, const char *path,
		    const struct identity *);

/* Write the process to signal.  0, or -1 after a message. */
int		 instance_publish(struct instance *);
void		 instance_close(struct instance *);	/* NULL is allowed */

/*
 * End the process that records to the path, or all, and wait for their end.
 * Returns the exit status: 1 if there is none, or if one does not end.
 */
int		 instance_stop(const char *run_dir, const char *path);

#endif
