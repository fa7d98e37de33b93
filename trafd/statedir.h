/*
 * The directories of the accounts.  The daemon prepares them while it is
 * still root, for the user as whom it will run.
 */
#ifndef STATEDIR_H
#define STATEDIR_H

#include <sys/types.h>
#include <stdbool.h>

/*
 * If state_dir has no account `ext', but the built-in directory or that of
 * trafd.conf(5) has one, warn: it is probably one that should have been moved.
 */
void	statedir_warn_old(const char *state_dir, const char *ext);

/*
 * Likewise if BPFT has left an account `ext' in state_dir or in a directory of
 * its ports, and it was not imported.
 */
void	statedir_warn_bpft(const char *state_dir, const char *ext);

/*
 * Create state_dir and its directory of dumps (mode 0750) if they do not
 * exist.  Unless uid is -1, give those that root owns, and root's files of
 * the account `ext' in them, to uid and gid.  Returns 0, or -1 after a
 * message.
 */
int	statedir_prepare(const char *state_dir, const char *ext, uid_t uid,
	    gid_t gid);

/*
 * Would statedir_prepare() give this file of root to the daemon's user?  Name
 * it as in the directory, which is a state directory or one of dumps.
 */
bool	statedir_gives(int dirfd, const char *name);

/*
 * The absolute path of a directory, so that the daemon can change its working
 * directory.  The caller frees it.  Returns NULL with errno.
 */
char	*statedir_absolute(const char *path);

#endif
