/*
 * Tests only: preloaded into a program, stands in for a system that is in a
 * bad state.  The file FAILING_PLAN, which the test maps as well and may
 * change at any time, says which kind of fault comes at which call; calls that
 * the kind can hit are counted there.  Only files and directories are hit, not
 * the standard streams, pipes and sockets, nor the file of inode `spared'.
 */
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The order is that of KINDS in failing.py. */
enum kind {
	NONE, SHORT, INTERRUPTED, FULL, HALF, BEFORE, AFTER, UNREADABLE,
	DESCRIPTORS, MEMORY, FORWARD, BACKWARD, KINDS
};

/* Calls that a kind can hit. */
enum call {
	READ = 1, WRITE = 2, SYNC = 4, CUT = 8, OPEN = 16, NAME = 32,
	LOCK = 64, ALLOCATE = 128, CLOCK = 256
};

static const struct {
	unsigned int	calls;
	int		error;
} kinds[KINDS] = {
	[SHORT] = { WRITE, 0 },
	[INTERRUPTED] = { READ | WRITE | SYNC | CUT | OPEN | LOCK, EINTR },
	[FULL] = { WRITE | NAME, ENOSPC },
	[HALF] = { WRITE, ENOSPC },
	[BEFORE] = { WRITE | SYNC | CUT | NAME, EIO },
	[AFTER] = { WRITE | SYNC | CUT | NAME, EIO },
	[UNREADABLE] = { READ, EIO },
	[DESCRIPTORS] = { OPEN, EMFILE },
	[MEMORY] = { ALLOCATE, ENOMEM },
	[FORWARD] = { CLOCK, 0 },
	[BACKWARD] = { CLOCK, 0 },
};

struct plan {
	uint32_t	kind;
	uint32_t	at;		/* the first call that is hit; 0: none */
	uint32_t	times;		/* how many are */
	uint32_t	calls;		/* that could have been, so far */
	uint64_t	spared;
};

static struct plan	*plan;

__attribute__((constructor)) static void
begin(void)
{
	const char	*name = getenv("FAILING_PLAN");
	int		 fd = name == NULL ? -1 : open(name, O_RDWR | O_CLOEXEC);
	void		*p;

	if (fd == -1)
		return;
	p = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	(void)close(fd);
	plan = p == MAP_FAILED ? NULL : p;
}

/* How far this call is behind the first one that is hit; -1: it is not. */
static long
place(enum call call)
{
	uint32_t	n;

	if (plan == NULL || plan->kind >= KINDS ||
	    (kinds[plan->kind].calls & call) == 0)
		return (-1);
	n = __atomic_add_fetch(&plan->calls, 1, __ATOMIC_SEQ_CST);
	if (plan->at == 0 || n < plan->at || n - plan->at >= plan->times)
		return (-1);
	return ((long)(n - plan->at));
}

static bool
is_file(int fd)
{
	struct stat	st;
	int		saved = errno;
	bool		is;

	is = fd > STDERR_FILENO && fstat(fd, &st) == 0 &&
	    (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) &&
	    (plan == NULL || st.st_ino != plan->spared);
	errno = saved;
	return (is);
}

/* Does it fail?  With errno; *done: the deed is done first. */
static bool
fails(enum call call, bool *done)
{
	if (place(call) == -1)
		return (false);
	*done = plan->kind == AFTER;
	errno = kinds[plan->kind].error;
	return (true);
}

#define NEXT(name)							\
	static __typeof__(&name) real;					\
	if (real == NULL)						\
		real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* Stand in for a call that is done or not. */
#define STAND_IN(call, is, name, ...)					\
	NEXT(name);							\
	bool	done;							\
	if ((is) && fails(call, &done)) {				\
		int	error = errno;					\
		if (done)						\
			(void)!real(__VA_ARGS__);			\
		errno = error;						\
		return (-1);						\
	}								\
	return (real(__VA_ARGS__))

/* ---- octets ---- */

/* How many of n octets shall be written: -1 with errno for none. */
static ssize_t
allowed(int fd, size_t n)
{
	long	at;

	if (!is_file(fd) || (at = place(WRITE)) == -1)
		return ((ssize_t)n);
	if (plan->kind == SHORT)
		return ((ssize_t)(n + 1) / 2);
	if (plan->kind == HALF && at == 0 && n > 1)
		return ((ssize_t)n / 2);
	/* 0: write all, then fail. */
	errno = plan->kind == AFTER ? 0 : kinds[plan->kind].error;
	return (-1);
}

#define WRITES(name, fd, buf, n, ...)					\
	NEXT(name);							\
	ssize_t	most = allowed(fd, n);					\
	if (most == -1) {						\
		int	error = errno;					\
		if (error == 0)						\
			(void)!real(fd, buf, n, ##__VA_ARGS__);		\
		errno = error == 0 ? EIO : error;			\
		return (-1);						\
	}								\
	return (real(fd, buf, (size_t)most, ##__VA_ARGS__))

ssize_t
write(int fd, const void *buf, size_t n)
{
	WRITES(write, fd, buf, n);
}

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t at)
{
	WRITES(pwrite, fd, buf, n, at);
}

ssize_t
pwrite64(int fd, const void *buf, size_t n, off64_t at)
{
	WRITES(pwrite64, fd, buf, n, at);
}

ssize_t
read(int fd, void *buf, size_t n)
{
	STAND_IN(READ, is_file(fd), read, fd, buf, n);
}

ssize_t
pread(int fd, void *buf, size_t n, off_t at)
{
	STAND_IN(READ, is_file(fd), pread, fd, buf, n, at);
}

ssize_t
pread64(int fd, void *buf, size_t n, off64_t at)
{
	STAND_IN(READ, is_file(fd), pread64, fd, buf, n, at);
}

int
fsync(int fd)
{
	STAND_IN(SYNC, is_file(fd), fsync, fd);
}

int
fdatasync(int fd)
{
	STAND_IN(SYNC, is_file(fd), fdatasync, fd);
}

int
ftruncate(int fd, off_t size)
{
	STAND_IN(CUT, is_file(fd), ftruncate, fd, size);
}

int
ftruncate64(int fd, off64_t size)
{
	STAND_IN(CUT, is_file(fd), ftruncate64, fd, size);
}

int
flock(int fd, int how)
{
	STAND_IN(LOCK, is_file(fd), flock, fd, how);
}

/* ---- names ---- */

/* Nothing is opened first: the descriptor would be nobody's. */
static bool
refuses(int flags)
{
	bool	done;

	if (fails(OPEN, &done))
		return (true);
	return ((flags & O_CREAT) != 0 && plan != NULL &&
	    plan->kind != AFTER && fails(NAME, &done));
}

#define OPENS(name, flags, ...)						\
	NEXT(name);							\
	va_list	ap;							\
	mode_t	mode = 0;						\
	if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {			\
		va_start(ap, flags);					\
		mode = (mode_t)va_arg(ap, int);				\
		va_end(ap);						\
	}								\
	if (refuses(flags))						\
		return (-1);						\
	return (real(__VA_ARGS__, flags, mode))

int
open(const char *path, int flags, ...)
{
	OPENS(open, flags, path);
}

int
open64(const char *path, int flags, ...)
{
	OPENS(open64, flags, path);
}

int
openat(int dir, const char *path, int flags, ...)
{
	OPENS(openat, flags, dir, path);
}

int
openat64(int dir, const char *path, int flags, ...)
{
	OPENS(openat64, flags, dir, path);
}

int
mkstemp(char *path)
{
	NEXT(mkstemp);
	return (refuses(O_CREAT) ? -1 : real(path));
}

int
mkstemp64(char *path)
{
	NEXT(mkstemp64);
	return (refuses(O_CREAT) ? -1 : real(path));
}

int
rename(const char *from, const char *to)
{
	STAND_IN(NAME, true, rename, from, to);
}

int
renameat(int fromdir, const char *from, int todir, const char *to)
{
	STAND_IN(NAME, true, renameat, fromdir, from, todir, to);
}

int
mkdir(const char *path, mode_t mode)
{
	STAND_IN(NAME, true, mkdir, path, mode);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	STAND_IN(NAME, true, mkdirat, dir, path, mode);
}

/* A full disk lets go of names. */
static bool
can_fail_to_remove(void)
{
	return (plan != NULL && plan->kind != FULL);
}

int
unlink(const char *path)
{
	STAND_IN(NAME, can_fail_to_remove(), unlink, path);
}

int
unlinkat(int dir, const char *path, int flags)
{
	STAND_IN(NAME, can_fail_to_remove(), unlinkat, dir, path, flags);
}

/* ---- memory and time ---- */

void	*__libc_malloc(size_t);
void	*__libc_calloc(size_t, size_t);
void	*__libc_realloc(void *, size_t);

/*
 * libseccomp 2.5 makes a wrong filter where it has no memory, and says
 * nothing: a daemon under it ends at its first call.  That is left out.
 */
static __thread bool	in_library;

static bool
has_memory(void)
{
	bool	done;

	return (in_library || !fails(ALLOCATE, &done));
}

int	seccomp_load(void *);
int	seccomp_rule_add_array(void *, uint32_t, int, unsigned int,
	    const void *);

int
seccomp_load(void *filter)
{
	NEXT(seccomp_load);
	int	rc;

	in_library = true;
	rc = real(filter);
	in_library = false;
	return (rc);
}

int
seccomp_rule_add_array(void *filter, uint32_t action, int nr, unsigned int n,
    const void *args)
{
	NEXT(seccomp_rule_add_array);
	int	rc;

	in_library = true;
	rc = real(filter, action, nr, n, args);
	in_library = false;
	return (rc);
}

void *
malloc(size_t n)
{
	return (has_memory() ? __libc_malloc(n) : NULL);
}

void *
calloc(size_t n, size_t size)
{
	return (has_memory() ? __libc_calloc(n, size) : NULL);
}

void *
realloc(void *p, size_t n)
{
	return (has_memory() ? __libc_realloc(p, n) : NULL);
}

/* An hour off, at the calls that are hit. */
int
clock_gettime(clockid_t clock, struct timespec *t)
{
	NEXT(clock_gettime);
	int	rc = real(clock, t);

	if (clock == CLOCK_REALTIME && rc == 0 && place(CLOCK) != -1)
		t->tv_sec += plan->kind == FORWARD ? 3600 : -3600;
	return (rc);
}

/*
 * Where there are no descriptors, Berkeley DB waits two seconds, four and six
 * for each file: select(2) without files is its pause.  Nothing changes
 * meanwhile.
 */
int
select(int n, fd_set *in, fd_set *out, fd_set *urgent, struct timeval *t)
{
	NEXT(select);
	struct timeval	none = { 0, 0 };

	return (real(n, in, out, urgent, n == 0 ? &none : t));
}
