/*
 * PID files: a lock file of pidlock.h that contains a number, with messages.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pidlock.h"
#include "pidfile.h"

struct pid_file {
	struct pidlock_file at;		/* its directory is borrowed */
	int		 fd;
	char		*name;		/* in the directory */
	char		*path;		/* for messages */
	const char	*program;	/* likewise */
};

static void
complain_held(const struct pid_file *p)
{
	char	text[PIDLOCK_TEXT];

	if (pidlock_look(&p->at, text) == PIDLOCK_HELD && text[0] != '\0')
		log_errorx("%s is already running: %s: PID %s; stop it, "
		    "or give this one another name", p->program, p->path,
		    text);
	else
		log_errorx("%s is already running: %s; stop it, or give "
		    "this one another name", p->program, p->path);
}

int
pid_file_check(const char *program, int dirfd, const char *dir,
    const char *name, uid_t uid)
{
	struct pid_file	p = { .program = program };

	p.at = (struct pidlock_file){ .dirfd = dirfd, .name = name,
	    .uid = uid };
	if (pidlock_wait(&p.at) != PIDLOCK_HELD ||
	    asprintf(&p.path, "%s/%s", dir, name) == -1)
		return (0);
	complain_held(&p);
	free(p.path);
	return (-1);
}

static int
open_pid(struct pid_file *p)
{
	enum pidlock_state	state = pidlock_take(&p->at, false, &p->fd);

	/* The old number may be that of another process now. */
	if (state == PIDLOCK_TAKEN && ftruncate(p->fd, 0) == 0)
		return (0);
	if (state == PIDLOCK_HELD)
		complain_held(p);
	else
		log_error("cannot create the PID file: %s (start as root, or "
		    "see --run-dir)", p->path);
	if (state != PIDLOCK_TAKEN)
		p->fd = -1;
	return (-1);
}

/* Release the lock; the file stays. */
static void
release(struct pid_file *p)
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
	p->fd = -1;
	p->name = strdup(name);
	p->at = (struct pidlock_file){ .dirfd = dirfd, .name = p->name,
	    .uid = uid, .mode = 0644 };
	if (p->name == NULL ||
	    asprintf(&p->path, "%s/%s", dir, name) == -1) {
		p->path = NULL;
		log_error("cannot open the PID file: %s/%s", dir, name);
	} else if (open_pid(p) == 0) {
		/* Without CAP_CHOWN the file stays root's, but it is open
		 * and can be written. */
		if (uid != (uid_t)-1 && fchown(p->fd, uid, gid) == -1 &&
		    errno != EPERM)
			log_warn("cannot change the owner of the PID file: "
			    "%s", p->path);
		return (p);
	}
	release(p);
	return (NULL);
}

int
pid_file_write(struct pid_file *p, pid_t pid)
{
	char	text[16];

	(void)snprintf(text, sizeof(text), "%ld", (long)pid);
	if (pidlock_write(&p->at, p->fd, text) == 0)
		return (0);
	log_error("cannot write the PID file: %s", p->path);
	return (-1);
}

bool
pid_file_is_current(const struct pid_file *p)
{
	return (pidlock_is_current(&p->at, p->fd));
}

void
pid_file_remove(struct pid_file *p)
{
	/* After root was given up we may not be allowed to change the
	 * directory: an empty PID file means the same as none. */
	if (pid_file_is_current(p) &&
	    unlinkat(p->at.dirfd, p->name, 0) == -1 &&
	    ftruncate(p->fd, 0) == -1)
		log_warn("cannot remove the PID file: %s", p->path);
	release(p);
}
