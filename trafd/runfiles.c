/*
 * PID file and status file.  Other users may be able to write to the run
 * directory, so a foreign file under one of these names is replaced.  The
 * status is rewritten in place and padded to a fixed length, so that a reader
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

#include "base/log.h"
#include "base/regular.h"
#include "control/control.h"
#include "daemon/pidfile.h"
#include "runfiles.h"
#include "traffic.h"

#define STATUS_LEN	(RUNFILES_STATUS - 1)
#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX + 8)

struct runfiles {
	struct pid_file *pidfile;
	int	 dirfd;
	int	 status_fd;
	uid_t	 uid;			/* owner of the files, or -1 */
	pid_t	 pid;			/* as published */
	char	 pid_name[NAME_LEN];
	char	 status_name[NAME_LEN];
	char	*path;			/* of the PID file, for messages */
};

static void
runfiles_free(struct runfiles *r)
{
	if (r->status_fd != -1)
		(void)close(r->status_fd);
	if (r->dirfd != -1)
		(void)close(r->dirfd);
	free(r->path);
	free(r);
}

static int
open_status(struct runfiles *r)
{
	/* A stale file may have another owner.  It may be removed, as this
	 * process has the lock of the PID file. */
	if ((unlinkat(r->dirfd, r->status_name, 0) == -1 && errno != ENOENT) ||
	    (r->status_fd = create_regular(r->dirfd, r->status_name,
	    O_WRONLY, 0644)) == -1) {
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

static void
name_files(struct runfiles *r, const char *ext)
{
	(void)snprintf(r->pid_name, sizeof(r->pid_name), "%s%s", TRAFD_PREFIX,
	    ext);
	(void)snprintf(r->status_name, sizeof(r->status_name), "%s%s.status",
	    TRAFD_PREFIX, ext);
}

/* In a sticky directory only these may remove a file. */
static bool
may_remove(const struct stat *dir, const struct stat *st)
{
	return (geteuid() == 0 || (dir->st_mode & S_ISVTX) == 0 ||
	    st->st_uid == geteuid() || dir->st_uid == geteuid());
}

static bool
is_name_good(int dirfd, const char *run_dir, const char *name)
{
	struct stat	dir, st;

	if (fstat(dirfd, &dir) == -1 ||
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (true);
	if (S_ISDIR(st.st_mode)) {
		log_errorx("not a regular file: %s/%s is a directory; move it "
		    "away, or give another --run-dir", run_dir, name);
		return (false);
	}
	if (may_remove(&dir, &st))
		return (true);
	log_errorx("file of another user: %s/%s; remove it, or give another "
	    "--run-dir", run_dir, name);
	return (false);
}

bool
runfiles_check_names(const char *run_dir, const char *ext)
{
	struct runfiles	r;
	bool		good;
	int		dirfd;

	dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd == -1)
		return (true);
	name_files(&r, ext);
	good = is_name_good(dirfd, run_dir, r.pid_name);
	good &= is_name_good(dirfd, run_dir, r.status_name);
	(void)close(dirfd);
	return (good);
}

int
runfiles_check_free(const char *run_dir, const char *ext, uid_t uid)
{
	struct runfiles	r;
	int		dirfd, rc;

	dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd == -1)
		return (0);
	name_files(&r, ext);
	rc = pid_file_check("trafd", dirfd, run_dir, r.pid_name, uid);
	(void)close(dirfd);
	return (rc);
}

static int
open_names(struct runfiles *r, const char *run_dir, const char *ext)
{
	name_files(r, ext);
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

	if ((r = calloc(1, sizeof(*r))) == NULL) {
		log_error("cannot open the run directory: %s", run_dir);
		return (NULL);
	}
	r->dirfd = r->status_fd = -1;
	r->uid = uid;
	if (open_names(r, run_dir, ext) == 0)
		r->pidfile = pid_file_open("trafd", r->dirfd, run_dir,
		    r->pid_name, uid, gid);
	if (r->pidfile == NULL) {
		runfiles_free(r);
		return (NULL);
	}
	if (open_status(r) == -1) {
		pid_file_remove(r->pidfile);
		runfiles_free(r);
		return (NULL);
	}
	/* If this fails, the open descriptor can still be written to. */
	if (uid != (uid_t)-1 && fchown(r->status_fd, uid, gid) == -1 &&
	    errno != EPERM)
		log_warn("cannot change the owner of the status file: "
		    "%s.status", r->path);
	return (r);
}

int
runfiles_publish(struct runfiles *r, pid_t pid)
{
	struct run_status	none = { .error = "" };

	r->pid = pid;
	runfiles_status(r, &none);
	return (pid_file_write(r->pidfile, pid));
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

/*
 * The end of the file has only spaces: the parent, which has root's rights,
 * need not read what the daemon's user may have written.
 */
void
runfiles_away(struct runfiles *r)
{
	static const char	text[] = "\ninterface away\n";
	const ssize_t		n = sizeof(text) - 1;

	if (pwrite(r->status_fd, text, (size_t)n, STATUS_LEN - n) != n)
		log_warn("cannot write the status file: %s.status", r->path);
}

/* Remove the files of this account except the PID file. */
static void
remove_names(const struct runfiles *r)
{
	char	sock_name[NAME_LEN + sizeof(CONTROL_SUFFIX)];

	(void)unlinkat(r->dirfd, r->status_name, 0);
	/* control_socket_close() may have lacked the right to remove it. */
	(void)snprintf(sock_name, sizeof(sock_name), "%s%s", r->pid_name,
	    CONTROL_SUFFIX);
	(void)unlinkat(r->dirfd, sock_name, 0);
}

void
runfiles_remove(struct runfiles *r)
{
	/* If the PID file was removed, the names may be another daemon's. */
	if (pid_file_is_current(r->pidfile))
		remove_names(r);
	pid_file_remove(r->pidfile);
	runfiles_free(r);
}

/* ---- of other processes ---- */

static struct pidlock_file
file_of(const struct runfiles *r)
{
	return ((struct pidlock_file){ .dirfd = r->dirfd,
	    .name = r->pid_name, .uid = r->uid, .mode = 0644 });
}

/* Read the status file; status is "" if the owner is not trusted. */
static void
read_status(const struct runfiles *r, char status[RUNFILES_STATUS])
{
	struct pidlock_file	f = file_of(r);
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
	struct runfiles		r = { .status_fd = -1, .uid = uid };
	struct pidlock_file	f;
	enum pidlock_state	state;
	int			saved;

	text[0] = status[0] = '\0';
	name_files(&r, ext);
	r.dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.dirfd == -1)
		return (errno == ENOENT ? PIDLOCK_FREE : PIDLOCK_FAILED);
	f = file_of(&r);
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
	struct runfiles		r = { .status_fd = -1, .uid = uid };
	struct pidlock_file	f;
	enum pidlock_state	state = PIDLOCK_FREE;
	int			fd, saved;

	name_files(&r, ext);
	r.dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.dirfd == -1)
		return (errno == ENOENT ? PIDLOCK_FREE : PIDLOCK_FAILED);
	f = file_of(&r);
	/* A daemon that starts meanwhile waits for this lock, and creates its
	 * files when these are removed. */
	if (is_anything_there(&r) && (state = pidlock_take(&f, false,
	    &fd)) == PIDLOCK_TAKEN) {
		remove_names(&r);
		state = unlinkat(r.dirfd, r.pid_name, 0) == 0 ?
		    PIDLOCK_FREE : PIDLOCK_FAILED;
		saved = errno;
		(void)close(fd);
		errno = saved;
	}
	saved = errno;
	(void)close(r.dirfd);
	errno = saved;
	return (state);
}
