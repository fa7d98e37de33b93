/*
 * Systems without capabilities: the user changes, and no right is kept.  A new
 * process opens an interface again there (monitor.h).  If uid is -1, nothing
 * is given up: root stays root.
 */
#include "config.h"

#include <grp.h>
#include <unistd.h>

#include "privs.h"

bool
privs_can_keep(enum privs_right right)
{
	(void)right;
	return (false);
}

const char *
privs_of_root(void)
{
	return ("all rights of root are kept");
}

bool
privs_can_give(void)
{
	return (geteuid() == 0);
}

int
privs_change(const struct identity *who, enum privs_right keep)
{
	(void)keep;
	if (who->uid == (uid_t)-1)
		return (0);
	if (setgroups(1, &who->gid) == -1 || setgid(who->gid) == -1 ||
	    setuid(who->uid) == -1)
		return (-1);
	return (0);
}
