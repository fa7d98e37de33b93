/*
 * Regular files: what the calls of the system leave to their callers.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "regular.h"

/* What root makes in the directory of another user must be of use there. */
void
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

bool
is_refused_link(int error)
{
#ifdef EFTYPE
	if (error == EFTYPE)
		return (true);
#endif
	return (error == ELOOP || error == EMLINK);
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

int
create_regular(int dirfd, const char *name, int flags, mode_t mode)
{
	int	fd, saved;

	fd = openat(dirfd, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, mode);
	if (fd == -1 || fchmod(fd, mode) == 0)
		return (fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (-1);
}

bool
is_still_at(int fd, int dirfd, const char *name)
{
	struct stat	named, opened;

	return (fstat(fd, &opened) == 0 && fstatat(dirfd, name, &named,
	    AT_SYMLINK_NOFOLLOW) == 0 && named.st_dev == opened.st_dev &&
	    named.st_ino == opened.st_ino);
}

int
read_at(int fd, void *to, size_t n, off_t offset)
{
	char	*p = to;
	ssize_t	 got;

	while (n > 0) {
		if ((got = pread(fd, p, n, offset)) == -1) {
			if (errno == EINTR)
				continue;
			return (-1);
		}
		if (got == 0) {
			errno = 0;
			return (-1);
		}
		p += got;
		offset += got;
		n -= (size_t)got;
	}
	return (0);
}

int
write_at(int fd, const void *from, size_t n, off_t offset)
{
	const char	*p = from;
	ssize_t		 put;

	while (n > 0) {
		if ((put = pwrite(fd, p, n, offset)) == -1) {
			if (errno == EINTR)
				continue;
			return (-1);
		}
		p += put;
		offset += put;
		n -= (size_t)put;
	}
	return (0);
}

off_t
next_data(int fd, off_t at, off_t end)
{
#ifdef SEEK_DATA
	off_t	data = lseek(fd, at, SEEK_DATA);

	if (data == -1 && errno == ENXIO)	/* a hole up to its end */
		return (end);
	if (data != -1)
		return (data < end ? data : end);
#endif
	(void)fd;
	return (at < end ? at : end);
}

/* The first hole from `at' on, or the end. */
static off_t
end_of_data(int fd, off_t at, off_t end)
{
#ifdef SEEK_HOLE
	off_t	hole = lseek(fd, at, SEEK_HOLE);

	if (hole != -1 && hole < end)
		return (hole);
#endif
	(void)fd;
	(void)at;
	return (end);
}

int
copy_range(int from, off_t at, off_t end, int to, off_t out)
{
	char	buf[16384];
	size_t	n;

	for (; at < end; at += (off_t)n, out += (off_t)n) {
		n = end - at < (off_t)sizeof(buf) ? (size_t)(end - at) :
		    sizeof(buf);
		if (read_at(from, buf, n, at) == -1 ||
		    write_at(to, buf, n, out) == -1)
			return (-1);
	}
	return (0);
}

/* Would so many octets take more than half of what is free? */
static bool
is_too_much(int fd, off_t octets)
{
	struct statvfs	disk;

	return (fstatvfs(fd, &disk) == 0 && (uint64_t)octets >
	    (uint64_t)disk.f_bavail * disk.f_frsize / 2);
}

/* How many octets are no hole. */
static off_t
count_data(int fd, off_t at, off_t end)
{
	off_t	stop, sum = 0;

	for (at = next_data(fd, at, end); at < end;
	    at = next_data(fd, stop, end)) {
		stop = end_of_data(fd, at, end);
		sum += stop - at;
	}
	return (sum);
}

int
copy_sparse(int from, off_t at, off_t end, int to)
{
	off_t	data, stop;

	if (is_too_much(to, count_data(from, at, end))) {
		errno = ENOSPC;
		return (-1);
	}
	if (ftruncate(to, end - at) == -1)
		return (-1);
	for (data = next_data(from, at, end); data < end;
	    data = next_data(from, stop, end)) {
		stop = end_of_data(from, data, end);
		if (copy_range(from, data, stop, to, data - at) == -1)
			return (-1);
	}
	return (fsync(to));
}

/* Write the temporary file that fd is open on, and give it the name. */
static int
finish_replacing(int fd, int dirfd, const char *tmp, const char *name,
    const void *octets, size_t n)
{
	int	saved;

	if (write_at(fd, octets, n, 0) == 0 && fsync(fd) == 0 &&
	    renameat(dirfd, tmp, dirfd, name) == 0)
		return (sync_dir(dirfd));
	saved = errno;
	(void)unlinkat(dirfd, tmp, 0);
	errno = saved;
	return (-1);
}

int
replace_regular(int dirfd, const char *name, const void *octets, size_t n)
{
	char	tmp[256];
	int	fd, rc, saved;

	if ((size_t)snprintf(tmp, sizeof(tmp), ".%s.new", name) >=
	    sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	if (unlinkat(dirfd, tmp, 0) == -1 && errno != ENOENT)
		return (-1);
	fd = open_regular(dirfd, tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
	if (fd == -1)
		return (-1);
	rc = finish_replacing(fd, dirfd, tmp, name, octets, n);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (rc);
}

/* A system that cannot sync directories needs not. */
int
sync_dir(int dirfd)
{
	if (dirfd == AT_FDCWD)
		return (sync_path("."));
	return (fsync(dirfd) == -1 && errno != EINVAL ? -1 : 0);
}

int
sync_path(const char *dir)
{
	int	fd, rc, saved;

	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	rc = sync_dir(fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (rc);
}
