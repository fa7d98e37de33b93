/*
 * Effective user and groups.  The order matters: without root's effective user
 * no group can be set.
 */
#include "config.h"

#include <sys/types.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

#include "effective.h"

int
effective_note_groups(struct effective_groups *g)
{
	g->list = NULL;
	if ((g->n = getgroups(0, NULL)) == -1 ||
	    (g->list = calloc((size_t)g->n + 1, sizeof(*g->list))) == NULL)
		return (-1);
	return (getgroups(g->n, g->list) == -1 ? -1 : 0);
}

int
effective_switch(uid_t uid, gid_t gid)
{
	return (setgroups(1, &gid) == -1 || setegid(gid) == -1 ?
	    -1 : seteuid(uid));
}

int
effective_root(const struct effective_groups *g)
{
	int	saved = errno;

	if (seteuid(0) == -1 || setegid(getgid()) == -1 ||
	    setgroups((SETGROUPS_LEN)g->n, g->list) == -1)
		return (-1);
	errno = saved;
	return (0);
}
