/*
 * Systems without capabilities: all of root goes.  An interface that comes
 * back cannot be opened again there; the daemon says so and is restarted.
 */
#include "config.h"

#include <grp.h>
#include <unistd.h>

#include "privs.h"

int
privs_change(const struct identity *who)
{
	if (who->uid == (uid_t)-1)
		return (0);
	if (setgroups(1, &who->gid) == -1 || setgid(who->gid) == -1 ||
	    setuid(who->uid) == -1)
		return (-1);
	return (0);
}
