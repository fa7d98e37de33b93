/*
 * Tests only: preloaded into a program, kills it with SIGKILL before its
 * KILLSTEP-th step on the way to the disk: a write, a sync, a cut, a rename,
 * an unlink, a directory made.  A write at a place is two steps: the second
 * one is when half of it has been done.  Writes to one file side by side are
 * one step: Berkeley DB fills its log with hundreds of them.  What goes to
 * standard error and the like is none.  With KILLSTEP=0 the number of all
 * steps is written to the file KILLSTEP_COUNT.
 */
#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

int
fsync(int fd)
{
	step();
	return ((int)syscall(SYS_fsync, fd));
}

int
fdatasync(int fd)
{
	step();
	return ((int)syscall(SYS_fdatasync, fd));
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
