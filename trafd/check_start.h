/*
 * What a start requires of the system besides the interface: limits, the
 * directories, the files of the account and the run files, and that no other
 * daemon has them.  --check-config and the start itself make these checks, in
 * the same order and with the same messages, before anything is opened.
 */
#ifndef CHECK_START_H
#define CHECK_START_H

#include "daemon/privs.h"
#include "options.h"

struct check_start {
	const struct options	*opt;
	const char		*run_dir;	/* absolute */
	const char		*state_dir;	/* absolute */
	const struct identity	*who;		/* whom the daemon becomes;
					   NULL: unknown */
};

#define CHECK_RUNNING	1

/*
 * Make the checks; change nothing.  Returns 0; -1 after a message for each
 * thing that is wrong; or CHECK_RUNNING after a message if nothing is, except
 * that another daemon has the account or the PID file.
 */
int	check_start(const struct check_start *);

#endif
