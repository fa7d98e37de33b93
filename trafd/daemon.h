/*
 * The event loop: signals and timers become requests, requests are served
 * one after the other by capturer and writer.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "capturer.h"
#include "control_server.h"
#include "keeper.h"
#include "host/networks.h"
#include "runfiles.h"
#include "writer.h"

struct daemon_parts {
	struct capturer		*capturer;
	struct writer		*writer;
	struct keeper		*keeper;
	struct runfiles		*run;
	struct control_server	*control;	/* NULL: nobody can ask */
	const struct control_stat *facts;	/* what never changes */
	const char		*ifname;
	struct networks		*networks;
	size_t			 max_flows;
	uint64_t		 epoch;		/* of the live generation */
	uint64_t		 drops;		/* of it, logged before */
	unsigned int		 dump_interval;	/* seconds; 0: no timer */
	unsigned int		 save_interval;
	int			 parent_fd;	/* readable: gone; or -1 */
};

/*
 * Catch the signals; from now on none of them ends the process.  NULL after
 * a message.  The parts are borrowed, but for the control socket: that is
 * taken over and closed by daemon_free().
 */
struct daemon	*daemon_new(const struct daemon_parts *);

/*
 * Serve until SIGTERM, SIGQUIT or the end of the source, and dump.  0, or -1
 * when that last dump failed.
 */
int		 daemon_run(struct daemon *);

/* Did it end because of CAPTURER_LOST? */
bool		 daemon_lost(const struct daemon *);

void		 daemon_free(struct daemon *);

#endif
