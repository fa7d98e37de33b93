/*
 * Regular files by name and descriptor: opened without being misled, read and
 * written whole, made durable.  No state; any thread.
 */
#ifndef REGULAR_H
#define REGULAR_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Open a regular file and nothing else, without waiting for anybody; flags
 * as openat(2), mode 0640.  A file that root creates goes to the owner of the
 * directory.  Returns a descriptor, or -1 with errno.
 */
int	open_regular(int dirfd, const char *name, int flags);

/*
 * Make a file that nobody has made before, with that mode whatever the umask;
 * flags: how it is open.  A descriptor, or -1 with errno.
 */
int	create_regular(int dirfd, const char *name, int flags, mode_t);

/*
 * Give what root has made in the directory of another user to that user, as
 * far as that is allowed.  errno stays.
 */
void	give_to_owner(int dirfd, int fd);

/* Is the file of that name, if no symbolic link, the one that fd is open on? */
bool	is_still_at(int fd, int dirfd, const char *name);

/*
 * Is this errno that of O_NOFOLLOW for a symbolic link?  ELOOP by POSIX, but
 * EMLINK on FreeBSD and EFTYPE on NetBSD.
 */
bool	is_refused_link(int error);

/* pread(2) of n octets.  0, or -1 with errno; errno 0: the file is shorter. */
int	read_at(int fd, void *to, size_t n, off_t offset);

/* pwrite(2) of n octets.  0, or -1 with errno. */
int	write_at(int fd, const void *from, size_t n, off_t offset);

/* Copy the octets from `at' to `end' to another file or place. */
int	copy_range(int from, off_t at, off_t end, int to, off_t out);

/*
 * The first octet at or after `at' that is in no hole, or end.  Where the
 * system or the file system does not tell, that is `at'.
 */
off_t	next_data(int fd, off_t at, off_t end);

/*
 * Copy the octets from `at' to `end' to a new file, durably.  Holes stay
 * holes.  ENOSPC, and nothing is written, if the copy would take more than
 * half of what is free on the disk.  0, or -1 with errno.
 */
int	copy_sparse(int from, off_t at, off_t end, int to);

/*
 * Replace the file of that name by one of n octets, or create it: a temporary
 * file, `.NAME.new', is written, made durable and renamed, so a link is never
 * followed, and a crash leaves the old file or the new one.  The owner and the
 * mode are as open_regular() sets them.  0, or -1 with errno.
 */
int	replace_regular(int dirfd, const char *name, const void *octets,
	    size_t n);

/*
 * Make the names in a directory durable, where the system can; AT_FDCWD is
 * the working directory.  0, or -1 with errno.
 */
int	sync_dir(int dirfd);
int	sync_path(const char *dir);

#endif
