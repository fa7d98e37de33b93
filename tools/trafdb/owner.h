/*
 * The user that trafdb(8) works as.  The directory of the accounts belongs to
 * a user whose daemon reads untrusted packets.  So anything may be in it:
 * links, settings of Berkeley DB, a hostile database.  Root works in it as
 * that user, and can switch back for the caller's own files and programs.
 */
#ifndef TRAFDB_OWNER_H
#define TRAFDB_OWNER_H

#include <sys/types.h>
#include <stdbool.h>

#include "base/effective.h"

struct run_as {
	bool	 needed;	/* root, in a directory that is not root's */
	bool	 for_good;
	uid_t	 uid;
	gid_t	 gid;
	struct effective_groups root;
};

/*
 * Find the owner of the directory.  If it does not exist, no switch is needed.
 * Returns 0, or -1 after a message.
 */
int	owner_find(struct run_as *, const char *dir);

/* Free the owner; first switch back, unless the switch was for good. */
void	owner_end(struct run_as *);

/*
 * Become the owner, `for_good' or until owner_switch_back().  Both return 0,
 * or -1 after a message.
 */
int	owner_switch(struct run_as *, bool for_good);
int	owner_switch_back(const struct run_as *);

#endif
