/*
 * The event loop: signals, timers and clients make requests, which capturer
 * and writer serve one after the other.
 *
 *	daemon_new → daemon_run → [daemon_lost] → daemon_free
 *
 * All of it runs in the main thread.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "host/networks.h"
#include "capturer.h"
#include "control_server.h"
#include "keeper.h"
#include "runfiles.h"
#include "writer.h"

struct daemon_parts {
	struct capturer		*capturer;
	struct writer		*writer;
	struct keeper		*keeper;
	struct runfiles		*run;		/* NULL: a stream has none */
	struct control_server	*control;	/* NULL: no control socket */
	const struct control_stat *facts;	/* values fixed at the start */
	const char		*ifname;
	struct networks		*networks;	/* NULL: a stream is read */
	const struct nets	*local;		/* of a stream */
	size_t			 max_flows;
	enum flow_ports		 ports;
	const char		*judged_by;	/* networks of the first
						   generation; copied */
	bool			 split;		/* save when they change */
	uint64_t		 epoch;		/* of the live generation */
	uint64_t		 drops;		/* its drops already logged */
	unsigned int		 dump_interval;	/* seconds; 0: no timer */
	unsigned int		 save_interval;
	int			 parent_fd;	/* readable when the parent
						   has exited; or -1 */
};

/*
 * Catch HUP, INT, TERM and QUIT: from now on none of them ends the process.
 * Returns NULL after a message.  The parts are borrowed, except the control
 * server: its ownership passes to the daemon, and daemon_free() closes it.
 */
struct daemon	*daemon_new(const struct daemon_parts *);

/*
 * Serve until SIGTERM, SIGQUIT, `quit', the end of the source or of the
 * parent, then dump.  If that fails, save.  Returns 0, or -1 if both failed.
 * At the end of a stream save instead; -1 also if it is damaged or cannot be
 * saved.
 */
int		 daemon_run(struct daemon *);

/* Did it end because the interface was lost (CAPTURER_LOST)? */
bool		 daemon_lost(const struct daemon *);

void		 daemon_free(struct daemon *);

#endif
