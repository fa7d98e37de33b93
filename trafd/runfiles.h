/*
 * The files of the run directory: trafd.<ext>, the PID file, which is locked
 * while a daemon runs for this account; and trafd.<ext>.status, from which
 * scripts read whether a dump or save that they requested has succeeded.
 *
 *	check → open → publish → status* → remove
 */
#ifndef RUNFILES_H
#define RUNFILES_H

#include <sys/types.h>
#include <stdint.h>

#include "base/pidlock.h"

/* Octets of a status file, and a NUL. */
#define RUNFILES_STATUS	513

struct runfiles;

/* Counters that scripts wait for; see trafd(8), FILES. */
struct run_counts {
	uint64_t	begun;		/* jobs whose freeze was requested */
	uint64_t	done;
	uint64_t	failed;
};

struct run_status {
	struct run_counts	dump;
	struct run_counts	save;
	const char		*error;	/* of the last failure, or "" */
};

/* Do the two directories differ?  0, or -1 after a message. */
int		 runfiles_check(const char *run_dir, const char *state_dir);

/*
 * Create and lock the PID file and create the status file, both given to uid
 * and gid unless -1.  NULL after a message: another daemon runs, or the
 * directory cannot be written.
 */
struct runfiles	*runfiles_open(const char *run_dir, const char *ext,
		    uid_t uid, gid_t gid);

/* Write the process id: from now on scripts may signal it. */
int		 runfiles_publish(struct runfiles *, pid_t);

void		 runfiles_status(struct runfiles *, const struct run_status *);

/*
 * Remove both files and the control socket, or empty the PID file where that
 * is not allowed; if the PID file is not ours any more, nothing.
 */
void		 runfiles_remove(struct runfiles *);

/* ---- of other processes ---- */

/*
 * Has a daemon the PID file of `ext', which root, this process's user or uid
 * owns?  HELD: text is what it says.  status is what the status file says,
 * or "".  FREE: also if there is no such directory.  FAILED: errno.
 */
enum pidlock_state runfiles_look(const char *run_dir, const char *ext,
		    uid_t uid, char text[PIDLOCK_TEXT],
		    char status[RUNFILES_STATUS]);

/*
 * Remove what a daemon left behind that has gone.  FREE: it is not there any
 * more.  HELD: a daemon has it, nothing was done.  FAILED: errno.
 */
enum pidlock_state runfiles_sweep(const char *run_dir, const char *ext,
		    uid_t uid);

#endif
