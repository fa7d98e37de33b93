/*
 * Lets root work as another user for a while: effective user and group, and
 * all supplementary groups.
 *
 *	note_groups -> [switch -> root]* -> free(groups.list)
 *
 * The process as a whole is switched; one thread may do it.
 */
#ifndef EFFECTIVE_H
#define EFFECTIVE_H

#include <sys/types.h>

/* The supplementary groups of root. */
struct effective_groups {
	gid_t	*list;		/* the caller frees it */
	int	 n;
};

/* All return 0, or -1 with errno. */
int	effective_note_groups(struct effective_groups *);

/* After an error, switch back with effective_root(). */
int	effective_switch(uid_t, gid_t);

/* Be root again, with its groups.  Leaves errno alone if it succeeds. */
int	effective_root(const struct effective_groups *);

#endif
