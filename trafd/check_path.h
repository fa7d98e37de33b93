/*
 * Checks of single paths, for check_start.c: would the daemon be able to use
 * this directory or file?  Nothing is changed.  Each returns false after a
 * message that names the path and what to do.
 */
#ifndef CHECK_PATH_H
#define CHECK_PATH_H

#include <stdbool.h>

#include "daemon/privs.h"

struct check_path {
	const struct identity	*who;		/* see check_start.h */
	const char		*option;	/* that names the directory */
	bool			 created;	/* by the start, if missing */
	bool			 daemons;	/* used after root is gone */
	bool			 inner;		/* of a directory that is
						   good; not a link */
	bool			 given;		/* ... and that the start
						   gives to the user, who
						   cannot enter it yet */
};

/* What the daemon does with something else in the place of the file. */
enum check_other {
	CHECK_REFUSED,
	CHECK_FOLLOWED,		/* a link; the rest is refused */
	CHECK_REPLACED		/* all but a directory */
};

/* Can the directory be used, or created? */
bool	check_dir(const struct check_path *, const char *path);

/*
 * Is the file missing, or a regular file that the daemon may use as `how', as
 * in access(2), says?
 */
bool	check_file(const struct check_path *, const char *dir,
	    const char *name, int how, enum check_other);

/* Does the start give this directory of root's to the daemon's user? */
bool	check_is_given(const struct check_path *, const char *path);

/* Is there space for those of these files that do not exist? */
bool	check_room(const struct check_path *, const char *dir,
	    const char *const *names);

/* A descriptor of the directory, or -1. */
int	check_open_dir(const char *path);

#endif
