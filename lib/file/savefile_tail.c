/*
 * Finds the last whole block of a save file by its trailer, from the end
 * backwards.  If that fails, reads the file from the start.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "savefile.h"
#include "savefile_tail.h"

/*
 * The most blocks that are checked from the end backwards for one of an
 * instance.  While a daemon runs, no other instance writes, so its block is
 * near the end, if anywhere.  A dump that comes back from a backup may be of
 * any age: these are nine years of 5-minute blocks.
 */
#define WALK_MOST	1000000

/* The same from the start of the file; skips what is damaged. */
static int
find_forward(int fd, const uint64_t *instance, struct block_place *t)
{
	struct savefile	*s;
	struct block	*b;
	int		 rc, found = 0;

	memset(t, 0, sizeof(*t));
	if ((s = savefile_of_fd(fd)) == NULL)
		return (-1);
	while ((rc = savefile_next(s, true, &b)) == 1) {
		if (instance != NULL && block_info(b)->instance != *instance)
			continue;
		t->offset = block_offset(b);
		t->end = t->offset + block_length(b);
		t->instance = block_info(b)->instance;
		t->epoch = block_info(b)->epoch;
		found = 1;
	}
	savefile_close(s);
	return (rc == -1 ? -1 : found);
}

int
tail_find(int fd, off_t size, const uint64_t *instance, struct block_place *t)
{
	int	n, rc;

	for (n = 0; size > 0 && n < WALK_MOST; size = t->offset, n++) {
		if ((rc = block_before_of(fd, size, instance, t)) == -1)
			return (-1);
		if (rc == 0)
			return (find_forward(fd, instance, t));
		if (instance == NULL || t->instance == *instance)
			return (1);
	}
	memset(t, 0, sizeof(*t));
	return (0);
}

int
savefile_last_epoch(int dirfd, const char *name, uint64_t instance,
    uint64_t *epoch)
{
	struct block_place	t;
	struct stat	st;
	int		fd, rc, saved;

	*epoch = 0;
	fd = open_regular(dirfd, name, O_RDONLY | O_NOFOLLOW);
	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	rc = fstat(fd, &st) == -1 ? -1 :
	    tail_find(fd, st.st_size, &instance, &t);
	if (rc == 1)
		*epoch = t.epoch;
	saved = errno;
	close(fd);
	errno = saved;
	return (rc == -1 ? -1 : 0);
}

int
savefile_usable(int dirfd, const char *name)
{
	int	fd = open_regular(dirfd, name, O_RDWR | O_NOFOLLOW);

	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	close(fd);
	return (0);
}
