/*
 * The control socket in the run directory.  Other users may be able to write
 * there, so an old socket is removed, no symbolic link is followed, and the
 * new socket has its final mode from the moment it exists.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "control/control.h"
#include "control_listen.h"
#include "traffic.h"

/* Connections that wait to be accepted. */
#define BACKLOG		64

struct control_socket {
	int			 fd;
	int			 dirfd;
	char			 name[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX +
				    sizeof(CONTROL_SUFFIX)];
	dev_t			 dev;		/* of the socket created */
	ino_t			 ino;		/* 0: none yet */
	struct sockaddr_un	 sun;
};

static int
name_socket(struct control_socket *s, const char *run_dir, const char *ext)
{
	int	n;

	(void)snprintf(s->name, sizeof(s->name), "%s%s%s", TRAFD_PREFIX, ext,
	    CONTROL_SUFFIX);
	s->sun.sun_family = AF_UNIX;
	n = snprintf(s->sun.sun_path, sizeof(s->sun.sun_path), "%s/%s",
	    run_dir, s->name);
	if (n >= 0 && (size_t)n < sizeof(s->sun.sun_path))
		return (0);
	errno = ENAMETOOLONG;
	return (-1);
}

/* Mode 0660 by the umask: chmod(2) later would leave it open for a moment. */
static int
bind_private(struct control_socket *s)
{
	mode_t	before = umask(0117);
	int	rc;

	rc = bind(s->fd, (struct sockaddr *)&s->sun, sizeof(s->sun));
	(void)umask(before);
	return (rc);
}

/*
 * Root in a container may lack the right.  Then the group stays that of this
 * process, as where there is no group trafd: better than no socket, because
 * process 1 of a container is asked by it only.
 */
static int
give_to_group(struct control_socket *s, gid_t group)
{
	if (group == (gid_t)-1 || fchownat(s->dirfd, s->name, (uid_t)-1,
	    group, AT_SYMLINK_NOFOLLOW) == 0)
		return (0);
	if (errno != EPERM)
		return (-1);
	log_warn("control socket not given to group trafd: %s (only root and "
	    "the user of trafd can query this daemon)", s->sun.sun_path);
	return (0);
}

static int
make_socket(struct control_socket *s, gid_t group)
{
	struct stat	st;

	s->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (s->fd == -1 || fcntl(s->fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(s->fd, F_SETFL, O_NONBLOCK) == -1)
		return (-1);
	if (unlinkat(s->dirfd, s->name, 0) == -1 && errno != ENOENT)
		return (-1);
	if (bind_private(s) == -1 || fstatat(s->dirfd, s->name, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return (-1);
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	if (give_to_group(s, group) == -1)
		return (-1);
	return (listen(s->fd, BACKLOG));
}

static void
complain(const char *run_dir, const char *ext)
{
	log_warn("no control socket: %s/%s%s%s (trafstat cannot query this "
	    "daemon)", run_dir, TRAFD_PREFIX, ext, CONTROL_SUFFIX);
}

void
control_socket_check(const char *run_dir, const char *ext)
{
	struct control_socket	s = { .fd = -1 };
	struct stat		st;

	if (name_socket(&s, run_dir, ext) == 0) {
		if (lstat(s.sun.sun_path, &st) == -1 || !S_ISDIR(st.st_mode))
			return;
		errno = EISDIR;
	}
	complain(run_dir, ext);
}

struct control_socket *
control_socket_open(const char *run_dir, const char *ext, gid_t group)
{
	struct control_socket	*s;

	if ((s = calloc(1, sizeof(*s))) != NULL) {
		s->fd = -1;
		s->dirfd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (s->dirfd != -1 && name_socket(s, run_dir, ext) == 0 &&
		    make_socket(s, group) == 0)
			return (s);
	}
	complain(run_dir, ext);
	control_socket_close(s);
	return (NULL);
}

int
control_socket_fd(const struct control_socket *s)
{
	return (s->fd);
}

void
control_socket_close(struct control_socket *s)
{
	struct stat	st;

	if (s == NULL)
		return;
	if (s->ino != 0 && fstatat(s->dirfd, s->name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == s->dev &&
	    st.st_ino == s->ino)
		(void)unlinkat(s->dirfd, s->name, 0);
	if (s->fd != -1)
		(void)close(s->fd);
	if (s->dirfd != -1)
		(void)close(s->dirfd);
	free(s);
}
