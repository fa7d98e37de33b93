/*
 * The end of a save file: the last whole block, found from behind by its
 * trailer, or, when that fails, by reading the file from the start.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "block_header.h"
#include "savefile_tail.h"

/* What root makes in the directory of another user must be of use there. */
static void
give_to_owner(int dirfd, int fd)
{
	struct stat	dir;
	int		saved = errno, rc;

	if (geteuid() == 0 && fstatat(dirfd, ".", &dir, 0) == 0 &&
	    dir.st_uid != 0) {
		rc = fchown(fd, dir.st_uid, dir.st_gid);
		(void)rc;	/* it is saved all the same */
	}
	errno = saved;
}

int
open_regular(int dirfd, const char *name, int flags)
{
	struct stat	st;
	int		fd, saved;

	fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0640);
	if (fd == -1)
		return (-1);
	if ((flags & O_CREAT) != 0)
		give_to_owner(dirfd, fd);
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode))
			return (fd);
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return (-1);
}

/* The block itself: whole or not?  1, 0, -1 as tail_before(). */
static int
check_block(int fd, struct tail *t)
{
	struct block		*b;
	enum block_error	 e;

	e = block_open(fd, t->offset, &b);
	if (e == BLOCK_OK && (e = block_verify(b)) == BLOCK_OK) {
		t->instance = block_info(b)->instance;
		t->epoch = block_info(b)->epoch;
	}
	block_free(b);
	/* What a newer program wrote is not ours to cut. */
	return (e == BLOCK_IO ? -1 : e == BLOCK_OK || e == BLOCK_NEWER);
}

int
tail_before(int fd, off_t end, struct tail *t)
{
	struct block_header	h;
	uint8_t			trailer[TRL_FIXED];
	uint64_t		length;
	uint32_t		crc;

	memset(t, 0, sizeof(*t));
	if (end < HDR_FIXED + TRL_FIXED)
		return (0);
	if (read_at(fd, trailer, sizeof(trailer),
	    end - (off_t)sizeof(trailer)) == -1)
		return (errno == 0 ? 0 : -1);
	if (!trailer_get(trailer, &length, &crc) ||
	    length > (uint64_t)end || length < HDR_FIXED + TRL_FIXED)
		return (0);
	t->end = end;
	t->offset = end - (off_t)length;
	switch (header_read(fd, t->offset, end, &h)) {
	case BLOCK_OK:
	case BLOCK_NEWER:
		break;
	case BLOCK_IO:
		return (-1);
	default:
		return (0);
	}
	if (h.crc != crc || block_span(&h) != length)
		return (0);
	t->checksum = crc;
	return (check_block(fd, t));
}

/* The same from the start of the file, around whatever is damaged. */
static int
find_forward(int fd, const uint64_t *instance, struct tail *t)
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
tail_find(int fd, off_t size, const uint64_t *instance, struct tail *t)
{
	int	rc;

	for (; size > 0; size = t->offset) {
		if ((rc = tail_before(fd, size, t)) == -1)
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
find_in(int dirfd, const char *name, const uint64_t *instance, struct tail *t)
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
	struct tail	t;
	int		rc = find_in(dirfd, name, &instance, &t);

	*epoch = t.epoch;
	return (rc);
}

int
savefile_last(int dirfd, const char *name, uint64_t *instance,
    uint64_t *epoch)
{
	struct tail	t;
	int		rc = find_in(dirfd, name, NULL, &t);

	*instance = t.instance;
	*epoch = t.epoch;
	return (rc);
}
