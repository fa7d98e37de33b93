/*
 * PID file, by pidfile_open(3), and status file.  The status is rewritten in
 * place and padded to one length, so that a reader never sees half of it.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "runfiles.h"
#include "traffic.h"

#define STATUS_LEN	512

/* How often, and how long apart, a locked PID file is tried. */
#define LOCK_TRIES	20
#define LOCK_WAIT_US	50000

struct runfiles {
	struct pidfh	*pid;
	int		 status_fd;
	char		*pid_path;
	char		*status_path;
};

static void
runfiles_free(struct runfiles *r)
{
	if (r->status_fd != -1)
		(void)close(r->status_fd);
	free(r->pid_path);
	free(r->status_path);
	free(r);
}

/* pidfile_open(3) follows symbolic links: a PID file is never one. */
static int
check_no_link(const char *path)
{
	struct stat	st;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		log_errorx("%s: not a regular file: remove it", path);
		return (-1);
	}
	return (0);
}

/* The number in a PID file, or 0. */
static long
read_pid(const char *path)
{
	long	 pid = 0;
	FILE	*f;

	if ((f = fopen(path, "re")) == NULL)
		return (0);
	if (fscanf(f, "%10ld", &pid) != 1)
		pid = 0;
	(void)fclose(f);
	return (pid);
}

/*
 * Wait a little for a daemon that was just killed: its lock is free only
 * when its last thread has ended.
 */
static struct pidfh *
lock_pid(const char *path)
{
	struct pidfh	*pid;
	int		 tries;

	/* The library could tell the other's PID, but not one with a newline
	 * behind it, which is what scripts want. */
	for (tries = 0; (pid = pidfile_open(path, 0644, NULL)) == NULL &&
	    errno == EEXIST && tries < LOCK_TRIES; tries++)
		(void)usleep(LOCK_WAIT_US);
	return (pid);
}

static int
open_pid(struct runfiles *r)
{
	long	other;

	if (check_no_link(r->pid_path) == -1)
		return (-1);
	if ((r->pid = lock_pid(r->pid_path)) != NULL) {
		/* The umask of the daemon is stricter. */
		(void)fchmod(pidfile_fileno(r->pid), 0644);
		return (0);
	}
	if (errno != EEXIST)
		log_error("%s: cannot create the PID file", r->pid_path);
	else if ((other = read_pid(r->pid_path)) > 0)
		log_errorx("%s: trafd runs already, PID %ld", r->pid_path,
		    other);
	else
		log_errorx("%s: trafd runs already", r->pid_path);
	return (-1);
}

static int
open_status(struct runfiles *r)
{
	/* A stale one may belong to somebody else; the lock is ours. */
	if (unlink(r->status_path) == -1 && errno != ENOENT) {
		log_error("%s", r->status_path);
		return (-1);
	}
	r->status_fd = open(r->status_path, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0644);
	if (r->status_fd == -1) {
		log_error("%s: cannot create the status file", r->status_path);
		return (-1);
	}
	(void)fchmod(r->status_fd, 0644);
	return (0);
}

struct runfiles *
runfiles_open(const char *run_dir, const char *ext, uid_t uid, gid_t gid)
{
	struct runfiles	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->status_fd = -1;
	if (asprintf(&r->pid_path, "%s/%s%s", run_dir, TRAFD_PREFIX,
	    ext) == -1 ||
	    asprintf(&r->status_path, "%s.status", r->pid_path) == -1 ||
	    open_pid(r) == -1) {
		runfiles_free(r);
		return (NULL);
	}
	if (open_status(r) == -1) {
		(void)pidfile_remove(r->pid);
		runfiles_free(r);
		return (NULL);
	}
	if (uid != (uid_t)-1 &&
	    (fchown(pidfile_fileno(r->pid), uid, gid) == -1 ||
	    fchown(r->status_fd, uid, gid) == -1))
		log_warn("%s: cannot give it to the user of trafd",
		    r->pid_path);
	return (r);
}

int
runfiles_publish(struct runfiles *r)
{
	struct run_status	none = { .error = "" };
	int			fd = pidfile_fileno(r->pid);

	runfiles_status(r, &none);
	/* The library leaves the newline out; read(1) of scripts wants it. */
	if (pidfile_write(r->pid) == -1 || lseek(fd, 0, SEEK_END) == -1 ||
	    write(fd, "\n", 1) != 1) {
		log_error("%s: cannot write the PID", r->pid_path);
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
	    "\nsave_failed %" PRIu64 "\nlast_error %.250s\n", (long)getpid(),
	    s->dump.begun, s->dump.done, s->dump.failed,
	    s->save.begun, s->save.done, s->save.failed, s->error);
	if (n < 0 || n >= STATUS_LEN)
		return;
	memset(text + n, ' ', (size_t)(STATUS_LEN - n));
	text[STATUS_LEN - 1] = '\n';
	if (pwrite(r->status_fd, text, STATUS_LEN, 0) != STATUS_LEN)
		log_warn("%s", r->status_path);
}

void
runfiles_remove(struct runfiles *r)
{
	int	fd = dup(pidfile_fileno(r->pid));

	(void)unlink(r->status_path);
	/* After root is given up the directory may be closed to us: an empty
	 * PID file says as much as none. */
	if (pidfile_remove(r->pid) == -1 && fd != -1 &&
	    ftruncate(fd, 0) == -1)
		log_warn("%s", r->pid_path);
	if (fd != -1)
		(void)close(fd);
	runfiles_free(r);
}
