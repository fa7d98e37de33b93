/*
 * Tests only: preloaded into a program (LD_PRELOAD), kills it with SIGKILL
 * before its KILLSTEP-th step that changes files: write, sync, truncate,
 * rename, unlink, mkdir.  A pwrite(2) is two steps, the second when half of it
 * is written.  Consecutive writes to one file are one step, since Berkeley DB
 * fills its log with hundreds of them.  Output to standard error and the like
 * is none.  With KILLSTEP=0 the number of steps is written to the file
 * KILLSTEP_COUNT.  Files that were synced are copied to the directory
 * KILLSTEP_DISK: that is what certainly survives a power cut.
 */
#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long	steps;
static int	appending = -1;		/* the file written last */

static int
is_wanted(void)
{
	const char	*wanted = getenv("KILLSTEP");

	return (wanted != NULL && strtol(wanted, NULL, 10) == ++steps);
}

static void
step(void)
{
	appending = -1;
	if (is_wanted())
		(void)raise(SIGKILL);
}

__attribute__((destructor)) static void
tell(void)
{
	const char	*name = getenv("KILLSTEP_COUNT");
	FILE		*f = name == NULL ? NULL : fopen(name, "w");

	if (f == NULL)
		return;
	(void)fprintf(f, "%ld\n", steps);
	(void)fclose(f);
}

ssize_t
write(int fd, const void *buf, size_t n)
{
	if (fd > 2 && fd != appending) {
		step();
		appending = fd;
	}
	return (syscall(SYS_write, fd, buf, n));
}

static ssize_t
write_at(int fd, const void *buf, size_t n, off_t at)
{
	step();
	if (is_wanted()) {
		(void)syscall(SYS_pwrite64, fd, buf, n / 2, at);
		(void)raise(SIGKILL);
	}
	return (syscall(SYS_pwrite64, fd, buf, n, at));
}

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t at)
{
	return (write_at(fd, buf, n, at));
}

ssize_t
pwrite64(int fd, const void *buf, size_t n, off64_t at)
{
	return (write_at(fd, buf, n, at));
}

/* Where a file of the database is on that disk: a descriptor, or -1. */
static int
on_disk(int fd)
{
	const char	*disk = getenv("KILLSTEP_DISK"), *name;
	char		 proc[64], path[PATH_MAX], to[PATH_MAX];
	ssize_t		 n;

	(void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	if (disk == NULL || (n = readlink(proc, path, sizeof(path) - 1)) < 4)
		return (-1);
	path[n] = '\0';
	name = strrchr(path, '/');
	if (name - path < 3 || memcmp(name - 3, "/db", 3) != 0 ||
	    snprintf(to, sizeof(to), "%s%s", disk, name) >= (int)sizeof(to))
		return (-1);
	return (open(to, O_WRONLY | O_CREAT | O_TRUNC, 0640));
}

static int
synced(int fd, int rc)
{
	char	octets[65536];
	off_t	at = 0;
	int	to;
	ssize_t	n;

	if (rc != 0 || (to = on_disk(fd)) == -1)
		return (rc);
	while ((n = pread(fd, octets, sizeof(octets), at)) > 0) {
		if (syscall(SYS_write, to, octets, n) != n)
			abort();
		at += n;
	}
	(void)close(to);
	return (rc);
}

int
fsync(int fd)
{
	step();
	return (synced(fd, (int)syscall(SYS_fsync, fd)));
}

int
fdatasync(int fd)
{
	step();
	return (synced(fd, (int)syscall(SYS_fdatasync, fd)));
}

int
ftruncate(int fd, off_t size)
{
	step();
	return ((int)syscall(SYS_ftruncate, fd, size));
}

int
ftruncate64(int fd, off64_t size)
{
	step();
	return ((int)syscall(SYS_ftruncate, fd, size));
}

int
rename(const char *from, const char *to)
{
	step();
	return (renameat(AT_FDCWD, from, AT_FDCWD, to));
}

int
unlink(const char *name)
{
	step();
	return (unlinkat(AT_FDCWD, name, 0));
}

int
mkdir(const char *name, mode_t mode)
{
	step();
	return (mkdirat(AT_FDCWD, name, mode));
}
