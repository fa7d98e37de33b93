/*
 * Baselines: the counters at the time of trafstat -Z, which later runs of
 * the same user subtract.  One file per daemon in the user's own directory;
 * the daemon is not involved.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "stats.h"
#include "traffic.h"

/* Open the directory of baselines, create it if `make'; -1 with errno. */
static int
open_home(bool make)
{
	const char	*state = getenv("XDG_STATE_HOME");
	const char	*home = getenv("HOME");
	char		 path[PATH_MAX];
	int		 n;

	if (state != NULL && state[0] == '/')
		n = snprintf(path, sizeof(path), "%s/trafstat", state);
	else if (home != NULL && home[0] == '/')
		n = snprintf(path, sizeof(path), "%s/.trafstat", home);
	else {
		errno = ENOENT;
		return (-1);
	}
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	if (make && mkdir(path, 0700) == -1 && errno != EEXIST)
		return (-1);
	return (open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

static int
write_file(int dirfd, const char *ext, const struct control_stat *s)
{
	static uint8_t	octets[CONTROL_STAT_BODY];
	char		temporary[INSTANCE_LEN + 8];
	int		fd, rc;

	(void)snprintf(temporary, sizeof(temporary), "%s.new", ext);
	(void)unlinkat(dirfd, temporary, 0);
	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return (-1);
	control_put_stat(octets, s);
	rc = write(fd, octets, sizeof(octets)) == (ssize_t)sizeof(octets) ?
	    renameat(dirfd, temporary, dirfd, ext) : -1;
	(void)close(fd);
	return (rc);
}

int
baseline_set(const struct standings *st)
{
	size_t	i;
	int	dirfd, rc = 0;

	if ((dirfd = open_home(true)) == -1) {
		log_error("-Z: no directory for the baseline (set HOME)");
		return (-1);
	}
	for (i = 0; i < st->n && rc == 0; i++)
		if ((rc = write_file(dirfd, st->list[i].ext,
		    &st->list[i].s)) == -1)
			log_error("-Z: cannot write the baseline of %s",
			    st->list[i].ext);
	(void)close(dirfd);
	return (rc);
}

/* Read the baseline of a daemon.  0, or -1: there is no valid one. */
static int
read_file(int dirfd, const char *ext, struct control_stat *s)
{
	static uint8_t	octets[CONTROL_STAT_BODY];
	struct stat	st;
	ssize_t		n = -1;
	int		fd;

	fd = openat(dirfd, ext, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, octets, sizeof(octets));
	(void)close(fd);
	return (n < 0 ? -1 : control_get_stat(octets, (size_t)n, s));
}

void
baseline_apply(struct standings *st)
{
	struct standing		*before = calloc(1, sizeof(*before));
	struct standings	 one = { before, 1, 0 };
	int			 dirfd = open_home(false);
	size_t			 i;

	for (i = 0; dirfd != -1 && before != NULL && i < st->n; i++) {
		(void)strlcpy(before->ext, st->list[i].ext,
		    sizeof(before->ext));
		if (read_file(dirfd, before->ext, &before->s) == 0)
			standings_since(st, &one);
	}
	if (dirfd != -1)
		(void)close(dirfd);
	free(before);
}

int
baseline_forget(const struct standings *st)
{
	size_t	i;
	int	dirfd, rc = 0;

	if ((dirfd = open_home(false)) == -1)
		return (0);
	for (i = 0; i < st->n; i++)
		if (unlinkat(dirfd, st->list[i].ext, 0) == -1 &&
		    errno != ENOENT) {
			log_error("-ZZ: cannot remove the baseline of %s",
			    st->list[i].ext);
			rc = -1;
		}
	(void)close(dirfd);
	return (rc);
}

int
baseline_run(const struct options *opt)
{
	struct standings	st;
	int			rc;

	if (standings_ask(opt, &st) == -1) {
		standings_free(&st);
		return (TRAFD_EXIT_ERROR);
	}
	rc = opt->baselines > 1 ? baseline_forget(&st) : baseline_set(&st);
	standings_free(&st);
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}
