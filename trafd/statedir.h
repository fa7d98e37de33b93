/*
 * The directories of the accounts, made ready while the daemon is still
 * root for the user whom it becomes.
 */
#ifndef STATEDIR_H
#define STATEDIR_H

#include <sys/types.h>

/*
 * Create state_dir and its directory of dumps (0750) where they lack.  Unless
 * uid is -1 give them to uid and gid if they are root's, and the files of the
 * account `ext' too.  0, or -1 after a message.
 */
int	statedir_prepare(const char *state_dir, const char *ext, uid_t uid,
	    gid_t gid);

/*
 * A directory by a name that holds when the daemon has left its own.  The
 * caller frees it; NULL with errno.
 */
char	*statedir_absolute(const char *path);

#endif
