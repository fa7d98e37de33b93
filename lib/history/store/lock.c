/*
 * The two locks of the store, and the state of the database, which one of them
 * contains.  Does not use Berkeley DB.
 */
#include <sys/types.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/regular.h"
#include "store_impl.h"

#define MODE		0640
#define TEXT_MAX	64

/* Poll, because flock(2) has no time limit.  Returns 0, or -1 with errno. */
int
lock_within(int fd, int how, unsigned seconds)
{
	struct timespec	pause = { 0, 20L * 1000 * 1000 };
	unsigned	tries = seconds * 50;

	while (flock(fd, how | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return (-1);
		if (tries-- == 0) {
			errno = EAGAIN;
			return (-1);
		}
		(void)nanosleep(&pause, NULL);
	}
	return (0);
}

int
store_path(const struct store *st, const char *name, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s/%s", st->dir, name) < PATH_MAX)
		return (0);
	errno = ENAMETOOLONG;
	return (-1);
}

int
store_file(const struct store *st, const char *name, int flags)
{
	char		path[PATH_MAX];
	struct stat	sb;
	int		fd;

	if (store_path(st, name, path) == -1)
		return (-1);
	fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, MODE);
	if (fd == -1 || (fstat(fd, &sb) == 0 && S_ISREG(sb.st_mode)))
		return (fd);
	close(fd);
	errno = EINVAL;
	return (-1);
}

/*
 * Is the file still that of the store?  While a process waited for the lock,
 * another history may have taken the place of this one.
 */
static bool
is_current(const struct store *st, const char *name, int fd)
{
	char	path[PATH_MAX];

	return (store_path(st, name, path) == 0 &&
	    is_still_at(fd, AT_FDCWD, path));
}

int
lock_take(const struct store *st, const char *name, int flags, int how)
{
	int	fd, saved;

	for (;;) {
		if ((fd = store_file(st, name, flags)) == -1)
			return (-1);
		if (lock_within(fd, how, st->wait) == -1)
			break;
		if (is_current(st, name, fd))
			return (fd);
		close(fd);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return (-1);
}

/*
 * Write before cutting off the rest of an older text: whatever a kill or a full
 * disk leaves, the file says `ready' only if all of that was written.
 */
int
lock_write(struct store *st, enum lock_state state, uint64_t digest)
{
	char	text[TEXT_MAX];
	int	n;

	if (state == LOCK_READY)
		n = snprintf(text, sizeof(text), "ready %016" PRIx64 "\n",
		    digest);
	else
		n = snprintf(text, sizeof(text), "%s %ld\n",
		    state == LOCK_WRITING ? "writing" : "resetting",
		    (long)getpid());
	errno = 0;
	if (pwrite(st->lock_fd, text, (size_t)n, 0) != n ||
	    ftruncate(st->lock_fd, n) == -1 || fsync(st->lock_fd) == -1)
		return (store_fail(st, "lock", errno == 0 ? ENOSPC : errno));
	return (0);
}

/*
 * If the text is not understood, the state is `writing': recovery is always
 * allowed.  That includes a file that was just created, which is empty.
 */
enum lock_state
lock_read(const struct store *st, uint64_t *digest)
{
	char	text[TEXT_MAX];
	ssize_t	n = pread(st->lock_fd, text, sizeof(text) - 1, 0);

	*digest = 0;
	if (n < 0)
		return (LOCK_WRITING);
	text[n] = '\0';
	if (strncmp(text, "resetting ", 10) == 0)
		return (LOCK_RESETTING);
	/* Format 2 wrote no digest; a digest is never 0. */
	if (strcmp(text, "ready\n") == 0)
		return (LOCK_READY);
	if (strncmp(text, "ready ", 6) != 0 || n != 6 + 16 + 1 ||
	    strspn(text + 6, "0123456789abcdef") != 16)
		return (LOCK_WRITING);
	*digest = strtoull(text + 6, NULL, 16);
	return (LOCK_READY);
}
