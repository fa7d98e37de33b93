/*
 * Reads the status file, in which the parent of such a daemon notes that there
 * is no interface.  The file may be left from a crash: only while the PID file
 * is locked does it count.
 */
#include <sys/types.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/pidlock.h"
#include "away.h"
#include "traffic.h"

#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX)
#define STATUS_MAX	1024

/* The last line; spaces may precede it. */
static const char	line[] = "\ninterface away\n";

static bool
says_away(const struct pidlock_file *f, const char *ext)
{
	char	name[NAME_LEN + sizeof(AWAY_STATUS)], text[STATUS_MAX];
	ssize_t	n = 0;
	int	fd;

	(void)snprintf(name, sizeof(name), TRAFD_PREFIX "%s" AWAY_STATUS, ext);
	fd = openat(f->dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return (false);
	if (pidlock_is_trusted(f, fd))
		n = pread(fd, text, sizeof(text) - 1, 0);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	return (strstr(text, line) != NULL);
}

bool
away_is(const char *run_dir, const char *ext)
{
	char			 name[NAME_LEN], text[PIDLOCK_TEXT];
	const struct passwd	*pw;
	struct pidlock_file	 f = { .name = name, .uid = (uid_t)-1 };
	bool			 is;

	if (strlen(ext) > TRAFD_EXT_MAX || strchr(ext, '/') != NULL ||
	    (f.dirfd = open(run_dir, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) == -1)
		return (false);
	(void)snprintf(name, sizeof(name), TRAFD_PREFIX "%s", ext);
	/* As root it gives itself up for this user. */
	if ((pw = getpwnam(TRAFD_USER)) != NULL)
		f.uid = pw->pw_uid;
	is = says_away(&f, ext) && pidlock_look(&f, text) == PIDLOCK_HELD;
	(void)close(f.dirfd);
	return (is);
}
