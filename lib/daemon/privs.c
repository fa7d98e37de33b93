/*
 * Whom to become, and the check that it worked.
 */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "base/log.h"
#include "privs.h"
#include "traffic.h"

int
privs_find(const char *name, struct identity *who)
{
	struct passwd	*pw;

	who->name = name != NULL ? name : TRAFD_USER;
	who->uid = (uid_t)-1;
	who->gid = (gid_t)-1;
	if (geteuid() != 0) {
		if (name == NULL)
			return (0);
		log_errorx("--user %s: only root can become another user",
		    name);
		return (-1);
	}
	errno = 0;
	if ((pw = getpwnam(who->name)) == NULL) {
		if (name != NULL) {
			log_errorx("--user %s: no such user: create it, "
			    "or name another", name);
			return (-1);
		}
		log_notice("no user %s: trafd stays root, without its "
		    "capabilities; create the user, or say --user", who->name);
		return (0);
	}
	if (pw->pw_uid == 0) {
		log_notice("--user %s: trafd stays root, without its "
		    "capabilities", who->name);
		return (0);
	}
	who->uid = pw->pw_uid;
	who->gid = pw->pw_gid;
	return (0);
}

int
privs_drop(const struct identity *who, bool reopen)
{
	if (privs_change(who, reopen) == -1) {
		log_error("cannot give up root to become user %s", who->name);
		return (-1);
	}
	if (who->uid == (uid_t)-1)
		return (0);
	if (getuid() != who->uid || geteuid() != who->uid ||
	    setuid(0) == 0) {
		log_errorx("still root after becoming user %s", who->name);
		return (-1);
	}
	return (0);
}
