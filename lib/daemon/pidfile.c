/*
 * PID files.  The directory may be one that others can write to: nothing
 * there is followed, waited for or believed before it has been looked at,
 * and what a stranger has put under our name is replaced.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "pidfile.h"

/*
 * How often a PID file is tried that somebody holds or moves away.  A daemon
 * that was just killed frees its lock only when its last thread has ended.
 */
#define LOCK_TRIES	20
#define LOCK_WAIT_NS	50000000L

struct pid_file {
	int		 dirfd;		/* borrowed */
	int		 fd;
	char		*name;		/* in the directory */
	char		*path;		/* for messages */
	const char	*program;	/* likewise */
};

int
pid_file_create(int dirfd, const char *name, int flags)
{
	int	fd;

	fd = openat(dirfd, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	/* Scripts of everybody read it, whatever the umask. */
	if (fd != -1 && fchmod(fd, 0644) == -1) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

/* Does the name still stand for what we have opened? */
static bool
is_current(const struct pid_file *p, int fd)
{
	struct stat	named, opened;

	return (fstat(fd, &opened) == 0 && fstatat(p->dirfd, p->name,
	    &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    named.st_dev == opened.st_dev && named.st_ino == opened.st_ino);
}

/*
 * Left by a daemon before us: with one name, and of root, of who we are, or
 * of the user whom we become.
 */
static bool
is_ours(int fd, uid_t uid)
{
	struct stat	st;

	return (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_nlink == 1 && (st.st_uid == 0 || st.st_uid == geteuid() ||
	    st.st_uid == uid));
}

/* The number in the PID file, or 0. */
static long
read_pid(int fd)
{
	char	text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return (0);
	return (strtol(text, NULL, 10));
}

/* What came of one attempt. */
enum attempt {
	TAKEN,		/* the file is open and locked */
	AGAIN,		/* nothing there, or not any more */
	HELD,		/* somebody has locked it */
	FAILED		/* errno */
};

static enum attempt
remove_strange(const struct pid_file *p)
{
	return (unlinkat(p->dirfd, p->name, 0) == 0 || errno == ENOENT ?
	    AGAIN : FAILED);
}

static bool
is_link(const struct pid_file *p)
{
	struct stat	st;
	int		saved = errno;
	bool		yes;

	yes = fstatat(p->dirfd, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode);
	errno = saved;
	return (yes);
}

/* Take the file that is there; *other becomes the PID in one that is held. */
static enum attempt
take_pid(struct pid_file *p, uid_t uid, long *other)
{
	enum attempt	what;
	int		fd;

	fd = openat(p->dirfd, p->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return (AGAIN);
	if (fd == -1)
		return (is_link(p) ? remove_strange(p) : FAILED);
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		*other = read_pid(fd);
		what = HELD;
	} else if (!is_current(p, fd))
		what = AGAIN;
	else if (is_ours(fd, uid) && ftruncate(fd, 0) == 0) {
		p->fd = fd;		/* the old PID may be somebody's */
		return (TAKEN);
	} else
		what = remove_strange(p);
	(void)close(fd);
	return (what);
}

static enum attempt
make_pid(struct pid_file *p)
{
	int	fd = pid_file_create(p->dirfd, p->name, O_RDWR);

	if (fd == -1)
		return (errno == EEXIST ? AGAIN : FAILED);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_current(p, fd)) {
		p->fd = fd;
		return (TAKEN);
	}
	(void)close(fd);
	return (AGAIN);
}

static int
open_pid(struct pid_file *p, uid_t uid)
{
	const struct timespec	pause = { 0, LOCK_WAIT_NS };
	enum attempt		what;
	long			other = 0;
	int			tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if ((what = take_pid(p, uid, &other)) == AGAIN)
			what = make_pid(p);
		if (what == TAKEN)
			return (0);
		if (what == FAILED) {
			log_error("cannot create the PID file: %s (start as "
			    "root, or see --run-dir)", p->path);
			return (-1);
		}
		(void)nanosleep(&pause, NULL);
	}
	if (other > 0)
		log_errorx("%s is already running: %s: PID %ld; stop it, "
		    "or give this one another name", p->program, p->path,
		    other);
	else
		log_errorx("%s is already running: %s; stop it, or give "
		    "this one another name", p->program, p->path);
	return (-1);
}

void
pid_file_close(struct pid_file *p)
{
	if (p == NULL)
		return;
	if (p->fd != -1)
		(void)close(p->fd);
	free(p->name);
	free(p->path);
	free(p);
}

struct pid_file *
pid_file_open(const char *program, int dirfd, const char *dir,
    const char *name, uid_t uid, gid_t gid)
{
	struct pid_file	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		log_error("cannot open the PID file: %s/%s", dir, name);
		return (NULL);
	}
	p->program = program;
	p->dirfd = dirfd;
	p->fd = -1;
	if ((p->name = strdup(name)) == NULL ||
	    asprintf(&p->path, "%s/%s", dir, name) == -1) {
		p->path = NULL;
		log_error("cannot open the PID file: %s/%s", dir, name);
	} else if (open_pid(p, uid) == 0) {
		/* Where a service manager took CAP_CHOWN away it stays
		 * root's: what is open can be written. */
		if (uid != (uid_t)-1 && fchown(p->fd, uid, gid) == -1 &&
		    errno != EPERM)
			log_warn("cannot change the owner of the PID file: "
			    "%s", p->path);
		return (p);
	}
	pid_file_close(p);
	return (NULL);
}

int
pid_file_write(struct pid_file *p, pid_t pid)
{
	char	text[16];
	int	n;

	n = snprintf(text, sizeof(text), "%ld\n", (long)pid);
	if (ftruncate(p->fd, 0) == 0 &&
	    pwrite(p->fd, text, (size_t)n, 0) == n)
		return (0);
	log_error("cannot write the PID file: %s", p->path);
	return (-1);
}

void
pid_file_remove(struct pid_file *p)
{
	/* After root is given up the directory may be closed to us: an empty
	 * PID file says as much as none. */
	if (is_current(p, p->fd) && unlinkat(p->dirfd, p->name, 0) == -1 &&
	    ftruncate(p->fd, 0) == -1)
		log_warn("cannot remove the PID file: %s", p->path);
	pid_file_close(p);
}
