/*
 * Gives up root.  trafstatd needs only the control sockets, which the group
 * trafd may use, so it becomes another user in that group.  It must not become
 * the user trafd, who may stop the daemon and change its accounts.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/resource.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "traffic.h"
#include "trafstatd.h"

#define DEFAULT_USER	"nobody"

static int
change(const struct passwd *pw, gid_t gid)
{
	if (setgroups(1, &gid) == -1 || setgid(gid) == -1 ||
	    setuid(pw->pw_uid) == -1) {
		log_error("cannot give up root: user %s", pw->pw_name);
		return (-1);
	}
	if (pw->pw_uid != 0 && setuid(0) == 0) {
		log_errorx("root was not given up: user %s", pw->pw_name);
		return (-1);
	}
	return (0);
}

static int
become(const char *name, bool stranger)
{
	const struct passwd	*pw;
	const struct group	*gr;

	if ((pw = getpwnam(name)) == NULL) {
		log_errorx("no such user: --user %s; create it, or give "
		    "another", name);
		return (-1);
	}
	if (pw->pw_uid == 0) {
		log_notice("still root: --user %s", name);
		return (0);
	}
	if (stranger)
		return (change(pw, pw->pw_gid));
	if ((gr = getgrnam(TRAFD_USER)) == NULL) {
		log_errorx("no group " TRAFD_USER ", whose members can query "
		    "trafd; create it");
		return (-1);
	}
	return (change(pw, gr->gr_gid));
}

static int
give_up(const char *user, bool stranger)
{
	const struct rlimit	none = { 0, 0 };

	if (geteuid() == 0 &&
	    become(user != NULL ? user : DEFAULT_USER, stranger) == -1)
		return (-1);
	/* No core files: passwords are in memory. */
	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef PR_SET_NO_NEW_PRIVS
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
	return (0);
}

int
privs_become(const char *user)
{
	return (give_up(user, false));
}

int
privs_become_stranger(const char *user)
{
	return (give_up(user, true));
}
