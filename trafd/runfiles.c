/*
 * PID file and status file.  The directory may be one that others can write
 * to: nothing there is followed, waited for or believed before it has been
 * looked at, and what a stranger has put under our names is replaced.  The
 * status is rewritten in place and padded to one length, so that a reader
 * never sees half of it.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/control.h"
#include "base/log.h"
#include "runfiles.h"
#include "traffic.h"

#define STATUS_LEN	(RUNFILES_STATUS - 1)
#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX + 8)

struct runfiles {
	int	 dirfd;
	int	 pid_fd;
	int	 status_fd;
	uid_t	 uid;			/* whose files they are, or -1 */
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

static struct pidlock_file
pid_file(const struct runfiles *r)
{
	return ((struct pidlock_file){ .dirfd = r->dirfd,
	    .name = r->pid_name, .uid = r->uid, .mode = 0644 });
}

static void
complain_held(const struct runfiles *r, const struct pidlock_file *f)
{
	char	text[PIDLOCK_TEXT];

	if (pidlock_look(f, text) == PIDLOCK_HELD && text[0] != '\0')
		log_errorx("%s: trafd runs already, PID %s", r->path, text);
	else
		log_errorx("%s: trafd runs already", r->path);
}

static int
open_pid(struct runfiles *r)
{
	struct pidlock_file	f = pid_file(r);

	switch (pidlock_take(&f, false, &r->pid_fd)) {
	case PIDLOCK_TAKEN:
		/* The old number may be somebody else's by now. */
		if (ftruncate(r->pid_fd, 0) == 0)
			return (0);
		break;
	case PIDLOCK_HELD:
		r->pid_fd = -1;
		complain_held(r, &f);
		return (-1);
	default:
		r->pid_fd = -1;
		break;
	}
	log_error("%s: cannot create the PID file (start as root, see "
	    "--run-dir)", r->path);
	return (-1);
}

/* ---- both ---- */

static int
open_status(struct runfiles *r)
{
	/* A stale one may belong to somebody else; the lock is ours. */
	if ((unlinkat(r->dirfd, r->status_name, 0) == -1 && errno != ENOENT) ||
	    (r->status_fd = create(r, r->status_name, O_WRONLY)) == -1) {
		log_error("%s.status: cannot create the status file", r->path);
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
	log_errorx("--run-dir %s is the state directory too: PID file and "
	    "save file would have one name: choose another", run_dir);
	return (-1);
}

static void
name_files(struct runfiles *r, const char *ext)
{
	(void)snprintf(r->pid_name, sizeof(r->pid_name), "%s%s", TRAFD_PREFIX,
	    ext);
	(void)snprintf(r->status_name, sizeof(r->status_name), "%s%s.status",
	    TRAFD_PREFIX, ext);
}

static int
open_names(struct runfiles *r, const char *run_dir, const char *ext)
{
	name_files(r, ext);
	if (asprintf(&r->path, "%s/%s", run_dir, r->pid_name) == -1)
		r->path = NULL;
	r->dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->path == NULL || r->dirfd == -1) {
		log_error("%s: cannot create the PID file "
		    "(start as root, see --run-dir)", run_dir);
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
	r->uid = uid;
	if (open_names(r, run_dir, ext) == -1 || open_pid(r) == -1) {
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
		log_warn("%s: cannot give it to the user of trafd", r->path);
	return (r);
}

int
runfiles_publish(struct runfiles *r, pid_t pid)
{
	struct run_status	none = { .error = "" };
	char			text[16];

	r->pid = pid;
	runfiles_status(r, &none);
	(void)snprintf(text, sizeof(text), "%ld", (long)pid);
	if (pidlock_write(r->pid_fd, text) == -1) {
		log_error("%s: cannot write the PID", r->path);
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
		log_warn("%s.status", r->path);
}

/* The names of an instance that its PID file stands for. */
static void
remove_names(const struct runfiles *r)
{
	char	sock_name[NAME_LEN + sizeof(CONTROL_SUFFIX)];

	(void)unlinkat(r->dirfd, r->status_name, 0);
	/* Its maker may not have had the right to remove it. */
	(void)snprintf(sock_name, sizeof(sock_name), "%s%s", r->pid_name,
	    CONTROL_SUFFIX);
	(void)unlinkat(r->dirfd, sock_name, 0);
}

void
runfiles_remove(struct runfiles *r)
{
	struct pidlock_file	f = pid_file(r);

	/* Somebody has removed it: the names may be another daemon's. */
	if (!pidlock_is_current(&f, r->pid_fd)) {
		runfiles_free(r);
		return;
	}
	remove_names(r);
	/* After root is given up the directory may be closed to us: an empty
	 * PID file says as much as none. */
	if (unlinkat(r->dirfd, r->pid_name, 0) == -1 &&
	    ftruncate(r->pid_fd, 0) == -1)
		log_warn("%s", r->path);
	runfiles_free(r);
}

/* ---- of other processes ---- */

/* What the status file says, if it is one of somebody trusted. */
static void
read_status(const struct runfiles *r, char status[RUNFILES_STATUS])
{
	struct pidlock_file	f = pid_file(r);
	ssize_t			n = 0;
	int			fd;

	fd = openat(r->dirfd, r->status_name, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd != -1 && pidlock_is_trusted(&f, fd))
		n = pread(fd, status, RUNFILES_STATUS - 1, 0);
	if (fd != -1)
		(void)close(fd);
	status[n > 0 ? n : 0] = '\0';
}

enum pidlock_state
runfiles_look(const char *run_dir, const char *ext, uid_t uid,
    char text[PIDLOCK_TEXT], char status[RUNFILES_STATUS])
{
	struct runfiles		r = { .pid_fd = -1, .status_fd = -1,
				    .uid = uid };
	struct pidlock_file	f;
	enum pidlock_state	state;
	int			saved;

	text[0] = status[0] = '\0';
	name_files(&r, ext);
	r.dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.dirfd == -1)
		return (errno == ENOENT ? PIDLOCK_FREE : PIDLOCK_FAILED);
	f = pid_file(&r);
	state = pidlock_look(&f, text);
	saved = errno;
	read_status(&r, status);
	(void)close(r.dirfd);
	errno = saved;
	return (state);
}

static bool
is_anything_there(const struct runfiles *r)
{
	char		sock_name[NAME_LEN + sizeof(CONTROL_SUFFIX)];
	struct stat	st;

	(void)snprintf(sock_name, sizeof(sock_name), "%s%s", r->pid_name,
	    CONTROL_SUFFIX);
	return (fstatat(r->dirfd, r->pid_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    fstatat(r->dirfd, r->status_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    fstatat(r->dirfd, sock_name, &st, AT_SYMLINK_NOFOLLOW) == 0);
}

enum pidlock_state
runfiles_sweep(const char *run_dir, const char *ext, uid_t uid)
{
	struct runfiles		r = { .pid_fd = -1, .status_fd = -1,
				    .uid = uid };
	struct pidlock_file	f;
	enum pidlock_state	state = PIDLOCK_FREE;
	int			saved;

	name_files(&r, ext);
	r.dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.dirfd == -1)
		return (errno == ENOENT ? PIDLOCK_FREE : PIDLOCK_FAILED);
	f = pid_file(&r);
	/* A daemon that starts meanwhile waits for this lock, and makes its
	 * files when these are gone. */
	if (is_anything_there(&r) && (state = pidlock_take(&f, false,
	    &r.pid_fd)) == PIDLOCK_TAKEN) {
		remove_names(&r);
		state = unlinkat(r.dirfd, r.pid_name, 0) == 0 ?
		    PIDLOCK_FREE : PIDLOCK_FAILED;
		saved = errno;
		(void)close(r.pid_fd);
		errno = saved;
	}
	saved = errno;
	(void)close(r.dirfd);
	errno = saved;
	return (state);
}
