/*
 * Giving up root.
 */
#ifndef PRIVS_H
#define PRIVS_H

#include <sys/types.h>
#include <stdbool.h>

/* Who the daemon becomes; uid and gid are -1 when it stays who it is. */
struct identity {
	const char	*name;
	uid_t		 uid;
	gid_t		 gid;
};

/*
 * Find the user to become: `name', or the default user when name is NULL.
 * Not started as root, or no default user, or root itself: -1s, and a notice
 * when that leaves the daemon root.
 * Returns 0, or -1 after a message.
 */
int	privs_find(const char *name, struct identity *);

/* Can the right to open an interface again outlive root here? */
bool	privs_can_reopen(void);

/*
 * Become that user for good, if any, and give up what root could do, also of
 * a root that stays; all but what re-opening an interface needs if `reopen'.
 * Call before any thread.  0, or -1 after a message.
 */
int	privs_drop(const struct identity *, bool reopen);

/*
 * The part of each system: change to uid and gid unless they are -1, and
 * give up what root could do besides.  0, or -1 with errno.
 */
int	privs_change(const struct identity *, bool reopen);

#endif
