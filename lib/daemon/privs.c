/*
 * Finds the user to become, and checks that root was given up.
 */
#include "config.h"

#include <sys/wait.h>
#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "base/log.h"
#include "privs.h"

int
privs_find(const char *name, const char *otherwise, struct identity *who)
{
	struct passwd	*pw;

	who->name = name != NULL ? name : otherwise;
	who->uid = (uid_t)-1;
	who->gid = (gid_t)-1;
	if (geteuid() != 0) {
		if (name == NULL)
			return (0);
		log_errorx("cannot run as another user: --user %s: not "
		    "started as root", name);
		return (-1);
	}
	errno = 0;
	if ((pw = getpwnam(who->name)) == NULL) {
		if (name != NULL)
			log_errorx("no such user: --user %s; create it, or "
			    "give another", name);
		else
			log_errorx("no user to run as: %s; create it, or give "
			    "--user root to stay root", otherwise);
		return (-1);
	}
	if (pw->pw_uid == 0) {
		log_notice("still root: --user %s; %s", who->name,
		    privs_of_root());
		return (0);
	}
	who->uid = pw->pw_uid;
	who->gid = pw->pw_gid;
	return (0);
}

int
privs_drop(const struct identity *who, enum privs_right keep)
{
	if (privs_change(who, keep) == -1) {
		log_error("cannot give up root: user %s", who->name);
		return (-1);
	}
	if (who->uid == (uid_t)-1)
		return (0);
	if (getuid() != who->uid || geteuid() != who->uid ||
	    setuid(0) == 0) {
		log_errorx("root was not given up: user %s", who->name);
		return (-1);
	}
	return (0);
}

/* In the child: give up root, and tell whether the path can be used. */
static _Noreturn void
try_path(const struct identity *who, const char *path, int how, int to)
{
	int	result = -1;

	if (privs_change(who, PRIVS_NONE) == 0)
		result = access(path, how) == 0 ? 0 : errno;
	_exit(write(to, &result, sizeof(result)) == sizeof(result) ? 0 : 1);
}

int
privs_may(const struct identity *who, const char *path, int how)
{
	int	ends[2], result;
	pid_t	child;

	if (pipe(ends) == -1)
		return (errno);
	/* Without a process left, what this one may do is the best guess. */
	if ((child = fork()) == -1)
		result = access(path, how) == 0 ? 0 : errno;
	else if (child == 0)
		try_path(who, path, how, ends[1]);
	(void)close(ends[1]);
	/* Not the exit status: whoever started us may ignore SIGCHLD. */
	if (child != -1 &&
	    read(ends[0], &result, sizeof(result)) != sizeof(result))
		result = EIO;
	(void)close(ends[0]);
	if (child != -1)
		(void)waitpid(child, NULL, 0);
	return (result);
}
