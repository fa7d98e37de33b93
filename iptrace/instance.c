/*
 * The name of a PID file is `iptrace.' and the path, in which each slash is a
 * comma, and a comma or percent sign is %2C or %25.
 */
#include "config.h"

#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pidlock.h"
#include "daemon/pidfile.h"
#include "instance.h"
#include "traffic.h"

#define PREFIX		"iptrace."
#define PREFIX_LEN	(sizeof(PREFIX) - 1)
#define NAME_LEN	256
#define PATH_LEN	256

/* How long --stop waits for the end of a process, and between looks. */
#define STOP_NS		(30 * NS_PER_S)
#define LOOK_MS		20

struct instance {
	int		 dirfd;
	struct pid_file	*file;
};

/* ---- names ---- */

static int
encode(const char *path, char name[NAME_LEN])
{
	size_t	n = PREFIX_LEN;

	memcpy(name, PREFIX, PREFIX_LEN);
	for (; *path != '\0' && n + 4 < NAME_LEN; path++)
		if (*path == ',' || *path == '%')
			n += (size_t)snprintf(name + n, NAME_LEN - n, "%%%02X",
			    (unsigned int)(unsigned char)*path);
		else
			name[n++] = *path == '/' ? ',' : *path;
	name[n] = '\0';
	return (*path == '\0' ? 0 : -1);
}

/* The path again; false if the name is not one of ours. */
static bool
decode(const char *name, char path[PATH_LEN])
{
	size_t	n;

	if (strncmp(name, PREFIX ",", PREFIX_LEN + 1) != 0)
		return (false);
	name += PREFIX_LEN;
	for (n = 0; *name != '\0' && n + 1 < PATH_LEN; name++)
		if (strncmp(name, "%2C", 3) == 0 ||
		    strncmp(name, "%25", 3) == 0) {
			path[n++] = name[2] == 'C' ? ',' : '%';
			name += 2;
		} else
			path[n++] = *name == ',' ? '/' : *name;
	path[n] = '\0';
	return (*name == '\0');
}

/* ---- the file of this process ---- */

static int
open_dir(const char *run_dir)
{
	int	fd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		log_error("cannot open the run directory: %s (see --run-dir)",
		    run_dir);
	return (fd);
}

struct instance *
instance_open(const char *run_dir, const char *path,
    const struct identity *who)
{
	struct instance	*i;
	char		 name[NAME_LEN];

	if (encode(path, name) == -1) {
		log_errorx("path too long for the name of a PID file: %s; "
		    "give a shorter one", path);
		return (NULL);
	}
	if ((i = calloc(1, sizeof(*i))) == NULL) {
		log_error("cannot open the PID file: %s/%s", run_dir, name);
		return (NULL);
	}
	if ((i->dirfd = open_dir(run_dir)) != -1)
		i->file = pid_file_open("iptrace", i->dirfd, run_dir, name,
		    who->uid, who->gid);
	if (i->file != NULL)
		return (i);
	instance_close(i);
	return (NULL);
}

int
instance_publish(struct instance *i)
{
	return (pid_file_write(i->file, getpid()));
}

void
instance_close(struct instance *i)
{
	if (i == NULL)
		return;
	if (i->file != NULL)
		pid_file_remove(i->file);
	if (i->dirfd != -1)
		(void)close(i->dirfd);
	free(i);
}

/* ---- stopping others ---- */

/*
 * Whose PID files can be trusted: in a directory of its owner alone, that of
 * the file; elsewhere only the daemon's user.
 */
static uid_t
trusted(int dirfd, const char *name)
{
	struct stat	dir, st;
	struct passwd	*pw;

	if (fstat(dirfd, &dir) == 0 && (dir.st_mode & 022) == 0 &&
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return (st.st_uid);
	pw = getpwnam(TRAFD_USER);
	return (pw != NULL ? pw->pw_uid : (uid_t)-1);
}

static bool
is_running(int dirfd, const char *name, pid_t *pid)
{
	struct pidlock_file	at = { .dirfd = dirfd, .name = name,
				    .uid = trusted(dirfd, name) };
	char			text[PIDLOCK_TEXT], *end;
	long			n;

	*pid = 0;
	if (pidlock_look(&at, text) != PIDLOCK_HELD)
		return (false);
	n = strtol(text, &end, 10);
	if (*end == '\0' && n > 1)
		*pid = (pid_t)n;
	return (true);
}

static int
stop_one(int dirfd, const char *name, const char *path)
{
	uint64_t	until = now_mono() + STOP_NS;
	pid_t		pid, first = 0;

	while (is_running(dirfd, name, &pid)) {
		if (pid > 0 && first == 0) {
			if (kill(pid, SIGTERM) == -1) {
				log_error("cannot stop: %s: PID %ld", path,
				    (long)pid);
				return (-1);
			}
			first = pid;
		}
		if (now_mono() >= until) {
			log_errorx("still running: %s: PID %ld; its disk may "
			    "hang", path, (long)pid);
			return (-1);
		}
		(void)poll(NULL, 0, LOOK_MS);
	}
	if (first != 0)
		(void)printf("%s: stopped, PID %ld\n", path, (long)first);
	return (first != 0 ? 0 : 1);
}

static int
stop_all(int dirfd, const char *run_dir)
{
	DIR		*d = opendir(run_dir);
	struct dirent	*e;
	char		 path[PATH_LEN];
	bool		 failed = false, any = false;
	int		 rc;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!decode(e->d_name, path))
			continue;
		rc = stop_one(dirfd, e->d_name, path);
		any |= rc == 0;
		failed |= rc == -1;
	}
	if (d != NULL)
		(void)closedir(d);
	if (!any && !failed)
		log_errorx("no iptrace is running: %s", run_dir);
	return (any && !failed ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}

int
instance_stop(const char *run_dir, const char *path)
{
	char	name[NAME_LEN];
	int	dirfd = open_dir(run_dir), rc;

	if (dirfd == -1)
		return (TRAFD_EXIT_ERROR);
	if (path == NULL)
		rc = stop_all(dirfd, run_dir);
	else if (encode(path, name) == -1 ||
	    (rc = stop_one(dirfd, name, path)) == 1) {
		log_errorx("no iptrace records to this file: %s", path);
		rc = TRAFD_EXIT_ERROR;
	}
	(void)close(dirfd);
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}
