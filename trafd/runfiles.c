/*
 * PID file and status file.  The directory may be one that others can write
 * to: nothing there is followed, waited for or believed before it has been
 * looked at, and what a stranger has put under our names is replaced.  The
 * status is rewritten in place and padded to one length, so that a reader
 * never sees half of it.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "control/control.h"
#include "base/log.h"
#include "base/regular.h"
#include "runfiles.h"
#include "traffic.h"

#define STATUS_LEN	512
#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX + 8)

/*
 * How often a PID file is tried that somebody holds or moves away.  A daemon
 * that was just killed frees its lock only when its last thread has ended.
 */
#define LOCK_TRIES	20
#define LOCK_WAIT_NS	50000000L

struct runfiles {
	int	 dirfd;
	int	 pid_fd;
	int	 status_fd;
	pid_t	 pid;			/* as published */
	char	 pid_name[NAME_LEN];
	char	 status_name[NAME_LEN];
	char	*path;			/* of the PID file, for messages */
};

static void
runfiles_free(struct runfiles *r)
{
	const int	fds[] = { r->status_fd, r->pid_fd, r->dirfd };
	size_t		i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			(void)close(fds[i]);
	free(r->path);
	free(r);
}

/* ---- the PID file ---- */

static int
create(const struct runfiles *r, const char *name, int flags)
{
	int	fd;

	fd = openat(r->dirfd, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	/* Scripts of everybody read it, whatever the umask. */
	if (fd != -1 && fchmod(fd, 0644) == -1) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
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
	TAKEN,		/* pid_fd is open and locked */
	AGAIN,		/* nothing there, or not any more */
	HELD,		/* somebody has locked it */
	FAILED		/* errno */
};

static enum attempt
remove_strange(const struct runfiles *r)
{
	return (unlinkat(r->dirfd, r->pid_name, 0) == 0 || errno == ENOENT ?
	    AGAIN : FAILED);
}

static bool
is_link(const struct runfiles *r)
{
	struct stat	st;
	int		saved = errno;
	bool		yes;

	yes = fstatat(r->dirfd, r->pid_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode);
	errno = saved;
	return (yes);
}

/* Take the file that is there; *other becomes the PID in one that is held. */
static enum attempt
take_pid(struct runfiles *r, uid_t uid, long *other)
{
	enum attempt	what;
	int		fd;

	fd = openat(r->dirfd, r->pid_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return (AGAIN);
	if (fd == -1)
		return (is_link(r) ? remove_strange(r) : FAILED);
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		*other = read_pid(fd);
		what = HELD;
	} else if (!is_still_at(fd, r->dirfd, r->pid_name))
		what = AGAIN;
	else if (is_ours(fd, uid) && ftruncate(fd, 0) == 0) {
		r->pid_fd = fd;		/* the old PID may be somebody's */
		return (TAKEN);
	} else
		what = remove_strange(r);
	(void)close(fd);
	return (what);
}

static enum attempt
make_pid(struct runfiles *r)
{
	int	fd = create(r, r->pid_name, O_RDWR);

	if (fd == -1)
		return (errno == EEXIST ? AGAIN : FAILED);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    is_still_at(fd, r->dirfd, r->pid_name)) {
		r->pid_fd = fd;
		return (TAKEN);
	}
	(void)close(fd);
	return (AGAIN);
}

static int
open_pid(struct runfiles *r, uid_t uid)
{
	const struct timespec	pause = { 0, LOCK_WAIT_NS };
	enum attempt		what;
	long			other = 0;
	int			tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if ((what = take_pid(r, uid, &other)) == AGAIN)
			what = make_pid(r);
		if (what == TAKEN)
			return (0);
		if (what == FAILED) {
			log_error("cannot create the PID file: %s (start as "
			    "root, or see --run-dir)", r->path);
			return (-1);
		}
		(void)nanosleep(&pause, NULL);
	}
	if (other > 0)
		log_errorx("trafd is already running: %s: PID %ld; stop it, "
		    "or give -f another name", r->path, other);
	else
		log_errorx("trafd is already running: %s; stop it, or give "
		    "-f another name", r->path);
	return (-1);
}

/* ---- both ---- */

static int
open_status(struct runfiles *r)
{
	/* A stale one may belong to somebody else; the lock is ours. */
	if ((unlinkat(r->dirfd, r->status_name, 0) == -1 && errno != ENOENT) ||
	    (r->status_fd = create(r, r->status_name, O_WRONLY)) == -1) {
		log_error("cannot create the status file: %s.status", r->path);
		return (-1);
	}
	return (0);
}

int
runfiles_check(const char *run_dir, const char *state_dir)
{
	struct stat	run, state;

	if (stat(run_dir, &run) == -1 || stat(state_dir, &state) == -1 ||
	    run.st_dev != state.st_dev || run.st_ino != state.st_ino)
		return (0);
	log_errorx("run directory and state directory are the same: %s: PID "
	    "file and save file would have one name; give another --run-dir",
	    run_dir);
	return (-1);
}

static int
open_names(struct runfiles *r, const char *run_dir, const char *ext)
{
	(void)snprintf(r->pid_name, sizeof(r->pid_name), "%s%s", TRAFD_PREFIX,
	    ext);
	(void)snprintf(r->status_name, sizeof(r->status_name), "%s%s.status",
	    TRAFD_PREFIX, ext);
	if (asprintf(&r->path, "%s/%s", run_dir, r->pid_name) == -1)
		r->path = NULL;
	r->dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->path == NULL || r->dirfd == -1) {
		log_error("cannot open the run directory: %s (start as root, "
		    "or see --run-dir)", run_dir);
		return (-1);
	}
	return (0);
}

struct runfiles *
runfiles_open(const char *run_dir, const char *ext, uid_t uid, gid_t gid)
{
	struct runfiles	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->dirfd = r->pid_fd = r->status_fd = -1;
	if (open_names(r, run_dir, ext) == -1 || open_pid(r, uid) == -1) {
		runfiles_free(r);
		return (NULL);
	}
	if (open_status(r) == -1) {
		(void)unlinkat(r->dirfd, r->pid_name, 0);
		runfiles_free(r);
		return (NULL);
	}
	/* Where a service manager took CAP_CHOWN away they stay root's: what
	 * is open can be written. */
	if (uid != (uid_t)-1 && (fchown(r->pid_fd, uid, gid) == -1 ||
	    fchown(r->status_fd, uid, gid) == -1) && errno != EPERM)
		log_warn("cannot change the owner of the run files: %s",
		    r->path);
	return (r);
}

int
runfiles_publish(struct runfiles *r, pid_t pid)
{
	struct run_status	none = { .error = "" };
	char			text[16];
	int			n;

	r->pid = pid;
	runfiles_status(r, &none);
	n = snprintf(text, sizeof(text), "%ld\n", (long)pid);
	if (ftruncate(r->pid_fd, 0) == -1 ||
	    pwrite(r->pid_fd, text, (size_t)n, 0) != n) {
		log_error("cannot write the PID file: %s", r->path);
		return (-1);
	}
	return (0);
}

void
runfiles_status(struct runfiles *r, const struct run_status *s)
{
	char	text[STATUS_LEN];
	int	n;

	n = snprintf(text, sizeof(text), "pid %ld\n"
	    "dump_begun %" PRIu64 "\ndump_done %" PRIu64
	    "\ndump_failed %" PRIu64 "\n"
	    "save_begun %" PRIu64 "\nsave_done %" PRIu64
	    "\nsave_failed %" PRIu64 "\nlast_error %.250s\n", (long)r->pid,
	    s->dump.begun, s->dump.done, s->dump.failed,
	    s->save.begun, s->save.done, s->save.failed, s->error);
	if (n < 0 || n >= STATUS_LEN)
		return;
	memset(text + n, ' ', (size_t)(STATUS_LEN - n));
	text[STATUS_LEN - 1] = '\n';
	if (pwrite(r->status_fd, text, STATUS_LEN, 0) != STATUS_LEN)
		log_warn("cannot write the status file: %s.status", r->path);
}

void
runfiles_remove(struct runfiles *r)
{
	char	sock_name[NAME_LEN + sizeof(CONTROL_SUFFIX)];

	(void)unlinkat(r->dirfd, r->status_name, 0);
	/* Its maker may not have had the right to remove it. */
	(void)snprintf(sock_name, sizeof(sock_name), "%s%s", r->pid_name,
	    CONTROL_SUFFIX);
	(void)unlinkat(r->dirfd, sock_name, 0);
	/* After root is given up the directory may be closed to us: an empty
	 * PID file says as much as none. */
	if (is_still_at(r->pid_fd, r->dirfd, r->pid_name) &&
	    unlinkat(r->dirfd, r->pid_name, 0) == -1 &&
	    ftruncate(r->pid_fd, 0) == -1)
		log_warn("cannot remove the PID file: %s", r->path);
	runfiles_free(r);
}
