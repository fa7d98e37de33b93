/*
 * The failing disk: see disk.h.  Files are small here, so an inode is two
 * buffers: the octets on the disk, and those written but not synced.
 */
#include "config.h"

#include <sys/stat.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "wrap.h"

#define FILE_MAX	16384
#define INODES_MAX	256
#define NAMES_MAX	64
#define FDS_OWN		24	/* the model's own are above */

struct inode {
	ino_t	ino;
	int	fd;		/* keeps the number from being used again */
	size_t	size;		/* on the disk */
	uint8_t	octets[FILE_MAX];
	uint8_t	dirty[FILE_MAX];
};

struct name {
	unsigned	dir;
	ino_t		ino;
	char		name[64];
};

jmp_buf			disk_crashed;
static struct disk_plan	plan;
static unsigned		calls;
static bool		watching;	/* whose calls are not counted */
static int		lowest_fd;
static const char	*dirs[2];
static struct inode	*inodes[INODES_MAX];
static unsigned		ninodes;
static struct name	names[NAMES_MAX];	/* on the disk */
static unsigned		nnames;

int	__real_open(const char *, int, ...);
int	__real_openat(int, const char *, int, ...);
ssize_t	__real_pwrite(int, const void *, size_t, off_t);
int	__real_ftruncate(int, off_t);
int	__real_renameat(int, const char *, int, const char *);
int	__real_unlinkat(int, const char *, int);
int	__real_unlink(const char *);
int	__real_link(const char *, const char *);
int	__real_mkdir(const char *, mode_t);
int	__real_mkdirat(int, const char *, mode_t);
int	__wrap_open(const char *, int, ...);
int	__wrap_openat(int, const char *, int, ...);
ssize_t	__wrap_pwrite(int, const void *, size_t, off_t);
int	__wrap_fsync(int);
int	__wrap_ftruncate(int, off_t);
int	__wrap_renameat(int, const char *, int, const char *);
int	__wrap_unlinkat(int, const char *, int);
int	__wrap_unlink(const char *);
int	__wrap_link(const char *, const char *);
int	__wrap_mkdir(const char *, mode_t);
int	__wrap_mkdirat(int, const char *, mode_t);

/* ---- the model ---- */

static struct inode *
inode_find(ino_t ino)
{
	unsigned	i;

	for (i = 0; i < ninodes; i++)
		if (inodes[i]->ino == ino)
			return (inodes[i]);
	return (NULL);
}

/* The file is new, and nothing of it is on the disk. */
static struct inode *
inode_new(int dirfd, const char *name, ino_t ino)
{
	struct inode	*in;
	int		 fd;

	if (ninodes == INODES_MAX || (in = calloc(1, sizeof(*in))) == NULL ||
	    (fd = __real_openat(dirfd, name, O_RDONLY)) == -1)
		err(1, "disk: %s", name);
	in->ino = ino;
	in->fd = fcntl(fd, F_DUPFD_CLOEXEC, FDS_OWN);
	(void)close(fd);
	inodes[ninodes++] = in;
	return (in);
}

static void
inode_of_opened(int fd, int dirfd, const char *name)
{
	struct stat	st;

	if (fstat(fd, &st) != -1 && S_ISREG(st.st_mode) &&
	    inode_find(st.st_ino) == NULL)
		(void)inode_new(dirfd, name, st.st_ino);
}

static struct inode *
inode_of_fd(int fd, struct stat *st)
{
	if (fstat(fd, st) == -1)
		err(1, "disk");
	return (inode_find(st->st_ino));
}

/* Is it a file?  Most systems say so in the directory. */
static bool
is_file(int dirfd, const struct dirent *e)
{
	struct stat	st;

	if (e->d_type != DT_UNKNOWN)
		return (e->d_type == DT_REG);
	return (fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode));
}

/* The names in directory d as they are now, behind those in list. */
static unsigned
list_names(unsigned d, struct name *list, unsigned n)
{
	struct dirent	*e;
	DIR		*dir;

	if ((dir = opendir(dirs[d])) == NULL)
		err(1, "%s", dirs[d]);
	while ((e = readdir(dir)) != NULL) {
		if (!is_file(dirfd(dir), e))
			continue;
		if (n == NAMES_MAX)
			errx(1, "disk: too many files");
		list[n].dir = d;
		list[n].ino = e->d_ino;
		(void)strlcpy(list[n].name, e->d_name, sizeof(list[n].name));
		if (inode_find(e->d_ino) == NULL)
			(void)inode_new(dirfd(dir), e->d_name, e->d_ino);
		n++;
	}
	(void)closedir(dir);
	return (n);
}

/* The names of one directory are on the disk now. */
static void
sync_names(const struct stat *st)
{
	struct stat	ds;
	unsigned	d, i, n;

	for (d = 0; d < 2; d++) {
		if (stat(dirs[d], &ds) == -1 || ds.st_ino != st->st_ino)
			continue;
		for (n = i = 0; i < nnames; i++)
			if (names[i].dir != d)
				names[n++] = names[i];
		nnames = list_names(d, names, n);
	}
}

/* Octets that were on their way arrive, or never will. */
static void
sync_octets(struct inode *in, bool arrive)
{
	uint8_t		now[FILE_MAX];
	ssize_t		n;
	size_t		i;

	if ((n = pread(in->fd, now, sizeof(now), 0)) == -1)
		err(1, "disk");
	for (i = 0; arrive && i < (size_t)n; i++)
		if (in->dirty[i] || i >= in->size)
			in->octets[i] = in->dirty[i] ? now[i] : 0;
	if (arrive)
		in->size = (size_t)n;
	memset(in->dirty, 0, sizeof(in->dirty));
}

static void
mark_dirty(int fd, off_t offset, ssize_t n)
{
	struct stat	 st;
	struct inode	*in = inode_of_fd(fd, &st);

	if (in == NULL || n <= 0)
		return;
	if (offset + n > FILE_MAX)
		errx(1, "disk: file too large");
	memset(in->dirty + offset, 1, (size_t)n);
}

void
disk_settle(void)
{
	unsigned	i;

	nnames = list_names(1, names, list_names(0, names, 0));
	for (i = 0; i < ninodes; i++) {
		memset(inodes[i]->dirty, 1, FILE_MAX);
		sync_octets(inodes[i], true);
	}
}

void
disk_begin(const char *dir, const char *subdir)
{
	dirs[0] = dir;
	dirs[1] = subdir;
	if ((lowest_fd = dup(0)) == -1)
		err(1, "disk");
	(void)close(lowest_fd);
	disk_settle();
}

static char *
path_of(const struct name *n, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/%s", dirs[n->dir], n->name);
	return (path);
}

static void
remove_names(void)
{
	struct name	now[NAMES_MAX];
	char		path[1024];
	unsigned	i, n;

	n = list_names(1, now, list_names(0, now, 0));
	for (i = 0; i < n; i++)
		(void)__real_unlink(path_of(&now[i], path, sizeof(path)));
}

static void
forget(void)
{
	while (ninodes > 0) {
		(void)close(inodes[--ninodes]->fd);
		free(inodes[ninodes]);
	}
	nnames = 0;
}

/* Write the files of a list as the loss leaves them. */
static void
restore(const struct name *list, unsigned n, bool octets_lost)
{
	struct inode	*in;
	uint8_t		 now[FILE_MAX];
	char		 path[1024];
	ssize_t		 len;
	unsigned	 i;
	int		 fd;

	for (i = 0; i < n; i++) {
		in = inode_find(list[i].ino);
		len = octets_lost ? (ssize_t)in->size :
		    pread(in->fd, now, sizeof(now), 0);
		fd = __real_open(path_of(&list[i], path, sizeof(path)),
		    O_WRONLY | O_CREAT | O_EXCL, 0640);
		if (fd == -1 || write(fd, octets_lost ? in->octets : now,
		    (size_t)len) != len)
			err(1, "disk: %s", path);
		(void)close(fd);
	}
}

void
disk_lose(enum disk_loss loss)
{
	struct name	list[NAMES_MAX];
	unsigned	n = nnames;

	if (loss == LOSE_NOTHING)
		return;
	if (loss == LOSE_OCTETS)
		n = list_names(1, list, list_names(0, list, 0));
	else
		memcpy(list, names, sizeof(list));
	remove_names();
	restore(list, n, loss != LOSE_NAMES);
	forget();
	disk_settle();
}

void
disk_end(void)
{
	remove_names();
	forget();
}

/* ---- faults ---- */

void
disk_arm(const struct disk_plan *p)
{
	plan = *p;
	calls = 0;
}

unsigned
disk_disarm(void)
{
	memset(&plan, 0, sizeof(plan));
	return (calls);
}

unsigned
disk_calls(void)
{
	return (calls);
}

void
disk_watch(bool on)
{
	watching = on;
}

void
disk_recover(void)
{
	enum disk_loss	loss = plan.loss;
	int		fd;

	for (fd = lowest_fd; fd < FDS_OWN; fd++)
		(void)close(fd);
	(void)disk_disarm();
	disk_lose(loss);
}

static bool
crash_here(enum disk_instant instant)
{
	return (!watching && calls == plan.crash_at &&
	    plan.instant == instant);
}

static void
crash(enum disk_instant instant)
{
	if (crash_here(instant))
		longjmp(disk_crashed, 1);
}

/* Count a call; true if it has to fail. */
static bool
fails(void)
{
	if (watching)
		return (false);
	calls++;
	crash(BEFORE_CALL);
	if (calls < plan.fail_from || calls > plan.fail_to)
		return (false);
	errno = plan.error;
	return (true);
}

static int
done(int rc)
{
	int	saved = errno;

	crash(WITHIN_CALL);
	crash(AFTER_CALL);
	errno = saved;
	return (rc);
}

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & O_CREAT ? (mode_t)va_arg(ap, int) : 0);
}

int
__wrap_open(const char *path, int flags, ...)
{
	va_list	ap;
	mode_t	mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return (fails() ? -1 : done(__real_open(path, flags, mode)));
}

int
__wrap_openat(int dirfd, const char *path, int flags, ...)
{
	va_list	ap;
	mode_t	mode;
	int	fd;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	if (fails())
		return (-1);
	if ((fd = __real_openat(dirfd, path, flags, mode)) != -1)
		inode_of_opened(fd, dirfd, path);
	return (done(fd));
}

/* One that fails has written half all the same. */
ssize_t
__wrap_pwrite(int fd, const void *p, size_t n, off_t offset)
{
	bool	fail = fails(), half = crash_here(WITHIN_CALL);
	ssize_t	rc;

	rc = __real_pwrite(fd, p, fail || half ? n / 2 : n, offset);
	mark_dirty(fd, offset, rc);
	if (fail)
		errno = plan.error;
	(void)done(0);
	return (fail ? -1 : rc);
}

int
__wrap_fsync(int fd)
{
	struct stat	 st;
	struct inode	*in;
	bool		 fail = fails();

	if ((in = inode_of_fd(fd, &st)) != NULL)
		sync_octets(in, !fail);
	else if (!fail)
		sync_names(&st);
	return (fail ? -1 : done(0));
}

int
__wrap_ftruncate(int fd, off_t size)
{
	struct stat	 st;
	struct inode	*in;

	if (fails())
		return (-1);
	if ((in = inode_of_fd(fd, &st)) != NULL && size < FILE_MAX)
		memset(in->dirty + size, 0, (size_t)(FILE_MAX - size));
	return (done(__real_ftruncate(fd, size)));
}

int
__wrap_renameat(int fd, const char *from, int to_fd, const char *to)
{
	return (fails() ? -1 : done(__real_renameat(fd, from, to_fd, to)));
}

int
__wrap_unlinkat(int fd, const char *name, int flags)
{
	return (fails() ? -1 : done(__real_unlinkat(fd, name, flags)));
}

int
__wrap_unlink(const char *path)
{
	return (fails() ? -1 : done(__real_unlink(path)));
}

int
__wrap_link(const char *from, const char *to)
{
	return (fails() ? -1 : done(__real_link(from, to)));
}

int
__wrap_mkdir(const char *path, mode_t mode)
{
	return (fails() ? -1 : done(__real_mkdir(path, mode)));
}

int
__wrap_mkdirat(int fd, const char *path, mode_t mode)
{
	return (fails() ? -1 : done(__real_mkdirat(fd, path, mode)));
}
