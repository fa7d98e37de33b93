/*
 * Gives up root.
 *
 *	find (as root) -> drop, before the first thread
 */
#ifndef PRIVS_H
#define PRIVS_H

#include <sys/types.h>
#include <stdbool.h>

/* Rights of root that can be kept; the others are given up in any case. */
enum privs_right {
	PRIVS_NONE,
	PRIVS_CAPTURE,		/* open an interface for capture */
	PRIVS_CAPTURE_AND_FILES	/* the same, and files in spite of their
				 * modes: only in a sandbox that confines
				 * them, see sandbox_can_confine() */
};

/* The user that the daemon becomes; uid and gid -1: the user stays. */
struct identity {
	const char	*name;
	uid_t		 uid;
	gid_t		 gid;
};

/*
 * Find the user to become: `name' (of --user), or `otherwise' if name is
 * NULL.  uid and gid become -1 if the process was not started as root, or if
 * `name' is root: then the daemon stays root, and a notice says what it keeps.
 * Nobody stays root without having been asked for: it is an error if there is
 * no such user.  Returns 0, or -1 after a message.  The strings are borrowed.
 */
int	privs_find(const char *name, const char *otherwise,
	    struct identity *);

/* Can this system keep this right without root? */
bool	privs_can_keep(enum privs_right);

/* What a daemon that stays root keeps here, for messages. */
const char *privs_of_root(void);

/*
 * Become that user for good.  On Linux also give up all capabilities, except
 * the right to keep, even if the user stays root.  Returns 0, or -1 after a
 * message.
 */
int	privs_drop(const struct identity *, enum privs_right keep);

/*
 * May the process after privs_drop() with PRIVS_NONE use the path, in a way
 * that `how' names as access(2) does?  A child process tries it.  Returns 0,
 * or an errno; -1 if root cannot be given up.
 */
int	privs_may(const struct identity *, const char *path, int how);

/* May this process give files away (chown(2))? */
bool	privs_can_give(void);

/*
 * The part that depends on the system, for privs_drop() only: change to uid
 * and gid unless they are -1, and give up capabilities.  0, or -1 with errno.
 */
int	privs_change(const struct identity *, enum privs_right keep);

#endif
