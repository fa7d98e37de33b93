/*
 * Giving up root.
 *
 *	find (as root) -> drop, before the first thread
 */
#ifndef PRIVS_H
#define PRIVS_H

#include <sys/types.h>
#include <stdbool.h>

/* Rights of root that may outlive it; the others are given up in any case. */
enum privs_right {
	PRIVS_NONE,
	PRIVS_CAPTURE		/* open an interface for capture */
};

/* Who the daemon becomes; uid and gid are -1 if it stays who it is. */
struct identity {
	const char	*name;
	uid_t		 uid;
	gid_t		 gid;
};

/*
 * Find the user to become: `name' (of --user), or `otherwise' if name is
 * NULL.  If the process was not started as root, or if no user `otherwise'
 * exists, or if the user is root: -1s, and a notice when that leaves the
 * daemon root.  Returns 0, or -1 after a message.
 */
int	privs_find(const char *name, const char *otherwise,
	    struct identity *);

/* Does this system know such a right apart from root? */
bool	privs_can_keep(enum privs_right);

/*
 * Become that user for good, if any, and give up what root could do, also of
 * a root that stays; all but the right to keep.  0, or -1 after a message.
 */
int	privs_drop(const struct identity *, enum privs_right keep);

/*
 * The part of each system: change to uid and gid unless they are -1, and
 * give up what root could do besides.  0, or -1 with errno.
 */
int	privs_change(const struct identity *, enum privs_right keep);

#endif
