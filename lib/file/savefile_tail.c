/*
 * The end of a save file: the last whole block, found from behind by its
 * trailer, or, when that fails, by reading the file from the start.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "savefile.h"
#include "savefile_tail.h"

/* The same from the start of the file, around whatever is damaged. */
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
	int	rc;

	for (; size > 0; size = t->offset) {
		if ((rc = block_before(fd, size, t)) == -1)
			return (-1);
		if (rc == 0)
			return (find_forward(fd, instance, t));
		if (instance == NULL || t->instance == *instance)
			return (1);
	}
	memset(t, 0, sizeof(*t));
	return (0);
}

/* The last whole block of the file of that name. */
static int
find_in(int dirfd, const char *name, const uint64_t *instance,
    struct block_place *t)
{
	struct stat	st;
	int		fd, rc, saved;

	memset(t, 0, sizeof(*t));
	fd = open_regular(dirfd, name, O_RDONLY | O_NOFOLLOW);
	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	rc = fstat(fd, &st) == -1 ? -1 :
	    tail_find(fd, st.st_size, instance, t);
	saved = errno;
	close(fd);
	errno = saved;
	return (rc == -1 ? -1 : 0);
}

int
savefile_last_epoch(int dirfd, const char *name, uint64_t instance,
    uint64_t *epoch)
{
	struct block_place	t;
	int		rc = find_in(dirfd, name, &instance, &t);

	*epoch = t.epoch;
	return (rc);
}

int
savefile_last(int dirfd, const char *name, uint64_t *instance,
    uint64_t *epoch)
{
	struct block_place	t;
	int		rc = find_in(dirfd, name, NULL, &t);

	*instance = t.instance;
	*epoch = t.epoch;
	return (rc);
}
