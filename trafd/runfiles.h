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

/* Bytes of a status file, with the terminating NUL. */
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

/* Do the two directories differ?  Returns 0, or -1 after a message. */
int		 runfiles_check(const char *run_dir, const char *state_dir);

/*
 * May the files under the names of PID and status file be replaced?  False
 * after a message for each that may not.
 */
bool		 runfiles_check_names(const char *run_dir, const char *ext);

/*
 * Has no other daemon the PID file?  Waits as runfiles_open() does; changes
 * nothing.  Returns 0, or -1 after a message.
 */
int		 runfiles_check_free(const char *run_dir, const char *ext,
		    uid_t uid);

/*
 * Create and lock the PID file and create the status file, both given to uid
 * and gid unless -1.  NULL after a message: another daemon runs, or the
 * directory cannot be written.
 */
struct runfiles	*runfiles_open(const char *run_dir, const char *ext,
		    uid_t uid, gid_t gid);

/*
 * Write the PID: from now on scripts may signal that process.  Returns 0, or
 * -1 after a message.
 */
int		 runfiles_publish(struct runfiles *, pid_t);

/* Rewrite the status file; if that fails, only log it. */
void		 runfiles_status(struct runfiles *, const struct run_status *);

/*
 * Add to the status file that the interface is missing and no process serves
 * requests until it returns.  The next runfiles_status() removes that.
 */
void		 runfiles_away(struct runfiles *);

/*
 * Remove both files and the control socket; empty the PID file if it may not
 * be removed.  If the PID file is another daemon's by now, remove nothing.
 * Frees the argument.
 */
void		 runfiles_remove(struct runfiles *);

/* ---- of other processes ---- */

/*
 * Does a daemon hold the PID file of `ext'?  A file is trusted only if root,
 * this process's user or uid owns it.  Returns
 *
 *	HELD	a daemon holds it; text is what the file contains
 *	FREE	no daemon holds it, or there is no such directory
 *	FAILED	with errno
 *
 * and sets status to what the status file contains, or "".
 */
enum pidlock_state runfiles_look(const char *run_dir, const char *ext,
		    uid_t uid, char text[PIDLOCK_TEXT],
		    char status[RUNFILES_STATUS]);

/*
 * Remove the run files that a daemon left when it ended.  Returns FREE if none
 * is left, HELD if a daemon is running and nothing was removed, or FAILED with
 * errno.
 */
enum pidlock_state runfiles_sweep(const char *run_dir, const char *ext,
		    uid_t uid);

#endif
