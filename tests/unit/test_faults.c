/*
 * Faults while a save file is appended to or a dump is replaced: each system
 * call that changes something fails once (EIO), or fails together with all
 * later ones (like a kill or a full disk), or writes less than requested.  The
 * functions below replace the system's (ld --wrap).  In every case the attempt
 * must report an error, and after the next one every block must be in the file
 * exactly once.
 */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "file/account.h"
#include "file/savefile.h"
#include "rowset.h"
#include "wrap.h"

#define NAME	"trafd.eth0"

enum fault {
	FAIL_ONCE,
	FAIL_FROM,		/* dead from there on */
	SHORT_WRITE,
	FAULTS
};

static struct {
	enum fault	kind;
	int		at;	/* which call, from 1; 0: none */
	int		calls;
	int		hits;
} inject;

/* All names that a file can be moved to exist; how many were looked at. */
static bool	names_taken;
static int	names_seen;
static bool	no_strdup;

static char	dirname[64];
static int	dir;

ssize_t	__real_pwrite(int, const void *, size_t, off_t);
int	__real_fsync(int);
int	__real_ftruncate(int, off_t);
int	__real_renameat(int, const char *, int, const char *);
int	__real_fstatat(int, const char *, struct stat *, int);
char	*__real_strdup(const char *);
ssize_t	__wrap_pwrite(int, const void *, size_t, off_t);
int	__wrap_fsync(int);
int	__wrap_ftruncate(int, off_t);
int	__wrap_renameat(int, const char *, int, const char *);
int	__wrap_fstatat(int, const char *, struct stat *, int);
char	*__wrap_strdup(const char *);

/* Is it this call's turn? */
static bool
hit(void)
{
	inject.calls++;
	if (inject.at == 0 || inject.calls < inject.at ||
	    (inject.kind != FAIL_FROM && inject.calls > inject.at))
		return (false);
	inject.hits++;
	errno = EIO;
	return (true);
}

ssize_t
__wrap_pwrite(int fd, const void *p, size_t n, off_t offset)
{
	if (!hit())
		return (__real_pwrite(fd, p, n, offset));
	/* Whoever dies while writing has written a part. */
	if (inject.kind != FAIL_ONCE && inject.calls == inject.at && n > 1)
		return (__real_pwrite(fd, p, n / 2, offset));
	errno = EIO;
	return (-1);
}

int
__wrap_fsync(int fd)
{
	return (hit() && inject.kind != SHORT_WRITE ? -1 : __real_fsync(fd));
}

int
__wrap_ftruncate(int fd, off_t size)
{
	return (hit() && inject.kind != SHORT_WRITE ? -1 :
	    __real_ftruncate(fd, size));
}

int
__wrap_renameat(int fd, const char *from, int to_fd, const char *to)
{
	return (hit() && inject.kind != SHORT_WRITE ? -1 :
	    __real_renameat(fd, from, to_fd, to));
}

int
__wrap_fstatat(int fd, const char *name, struct stat *st, int flags)
{
	if (!names_taken || strstr(name, ".alien.") == NULL)
		return (__real_fstatat(fd, name, st, flags));
	names_seen++;
	return (0);
}

char *
__wrap_strdup(const char *text)
{
	return (no_strdup ? NULL : __real_strdup(text));
}

static void
make_dir(void)
{
	const char	*tmp = getenv("TMPDIR");

	snprintf(dirname, sizeof(dirname), "%.40s/trafd.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(dirname));
	dir = open(dirname, O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(dir, -1);
}

/* Remove the directory and return how many files there were. */
static int
remove_dir(void)
{
	struct dirent	*e;
	DIR		*d = opendir(dirname);
	int		 n = 0;

	while ((e = readdir(d)) != NULL)
		n += unlinkat(dir, e->d_name, 0) == 0;
	closedir(d);
	close(dir);
	assert_int_equal(rmdir(dirname), 0);
	return (n);
}

/* ---- situations in which a save finds its file ---- */

typedef int	write_fn(int, const char *, struct block_info *,
		    const struct flow *const *, size_t,
		    struct savefile_result *);

/* What this process knows of its last append that failed. */
static struct savefile_attempt	failed;

static int
append(int dirfd, const char *name, struct block_info *info,
    const struct flow *const *rows, size_t n, struct savefile_result *r)
{
	return (savefile_append(dirfd, name, &failed, info, rows, n, r));
}

static int
write_epoch(write_fn *fn, uint64_t epoch, uint64_t first,
    struct savefile_result *r)
{
	struct block_info	info;
	struct rowset		s;
	int			rc, saved;

	rowset_make(&s, 20, ROWS_MIXED, epoch);
	info_make(&info, 1, epoch, first);
	rc = fn(dir, NAME, &info, s.sorted, s.n, r);
	saved = errno;
	rowset_free(&s);
	errno = saved;
	return (rc);
}

static void
good(uint64_t epoch)
{
	struct savefile_result	r;

	assert_int_equal(write_epoch(append, epoch, epoch, &r), 0);
}

static void
add_octets(const char *octets)
{
	int	fd = openat(dir, NAME, O_WRONLY | O_CREAT | O_APPEND, 0640);

	assert_int_equal(write(fd, octets, strlen(octets)),
	    strlen(octets));
	close(fd);
}

static void
no_file(void)
{
}

static void
two_blocks(void)
{
	good(1);
	good(2);
}

static void
torn_tail(void)
{
	good(1);
	add_octets("torn");
}

static void
alien(void)
{
	add_octets("alien");
}

static void
leftovers(void)
{
	struct savefile_result	r;

	good(1);
	/* From its first fsync on everything fails, also to cut it off. */
	memset(&inject, 0, sizeof(inject));
	inject.kind = FAIL_FROM;
	inject.at = 4;
	assert_int_equal(write_epoch(append, 6, 6, &r), -1);
	inject.at = 0;
	assert_int_not_equal(failed.checksum, 0);
}

static void
foreign_leftovers(void)
{
	good(1);
	good(5);
	good(6);
}

static const struct situation {
	const char	*name;
	void		(*make)(void);
	write_fn	*write;
	const char	*before, *after; /* epochs that a reader finds */
} situations[] = {
	{ "no file", no_file, append, "", "7" },
	{ "two blocks", two_blocks, append, "12", "127" },
	{ "torn tail", torn_tail, append, "1", "17" },
	{ "alien", alien, append, "", "7" },
	{ "leftovers", leftovers, append, "1", "17" },
	{ "leftovers of another process", foreign_leftovers, append, "1",
	    "17" },
	{ "no dump", no_file, savefile_replace, "", "7" },
	{ "dump", two_blocks, savefile_replace, "12", "7" },
};

/* The epochs in the file; each block must hold its own rows. */
static const char *
epochs(char *out, size_t size)
{
	struct savefile	*f = savefile_open(dir, NAME);
	struct block	*b;
	struct rowset	 s;
	size_t		 n = 0;

	memset(out, 0, size);
	if (f == NULL)
		return (out);
	while (savefile_next(f, true, &b) == 1 && n + 1 < size) {
		out[n++] = (char)('0' + block_info(b)->epoch);
		rowset_make(&s, 20, ROWS_MIXED, block_info(b)->epoch);
		assert_true(block_equals(b, &s));
		rowset_free(&s);
	}
	savefile_close(f);
	return (out);
}

/* After a single failure the file is as it was but for leftovers. */
static void
check_failed(const struct situation *s, const struct savefile_result *r,
    int error)
{
	char	found[16];

	assert_non_null(r->step);
	assert_int_equal(error, EIO);
	epochs(found, sizeof(found));
	if (inject.kind == FAIL_ONCE && s->make != leftovers &&
	    s->make != foreign_leftovers &&
	    strcmp(r->step, "fsync directory") != 0)
		assert_string_equal(found, s->before);
	/* A file that was not there is not there now. */
	if (inject.kind == FAIL_ONCE && s->make == no_file &&
	    s->write == append)
		assert_int_equal(faccessat(dir, NAME, F_OK, 0), -1);
}

/* Returns false when there was no call of that number any more. */
static bool
try_fault(const struct situation *s, enum fault kind, int at)
{
	struct savefile_result	r;
	char			found[16];
	int			rc, error;

	make_dir();
	failed.checksum = 0;
	s->make();
	memset(&inject, 0, sizeof(inject));
	inject.kind = kind;
	inject.at = at;
	rc = write_epoch(s->write, 7, 5, &r);
	error = errno;
	inject.at = 0;
	if (rc == -1)
		check_failed(s, &r, error);
	else
		assert_true(inject.hits == 0 || kind == SHORT_WRITE);
	/* Again, as the daemon does: with what came in since. */
	if (rc == -1)
		assert_int_equal(write_epoch(s->write, 7, 5, &r), 0);
	assert_string_equal(epochs(found, sizeof(found)), s->after);
	remove_dir();
	return (inject.hits > 0);
}

static void
test_every_call(void **state)
{
	const struct situation	*s;
	int			 kind, at;

	(void)state;
	for (s = situations; s < situations +
	    sizeof(situations) / sizeof(situations[0]); s++)
		for (kind = FAIL_ONCE; kind < FAULTS; kind++) {
			at = 1;
			while (try_fault(s, (enum fault)kind, at))
				at++;
			/* pwrite x 3, fsync x 2 at the least */
			if (at <= 5)
				fail_msg("%s: only %d calls", s->name, at - 1);
		}
}

/* A dump that fails leaves no temporary file. */
static void
test_nothing_behind(void **state)
{
	struct savefile_result	r;
	int			at;

	(void)state;
	for (at = 1; at <= 5; at++) {
		make_dir();
		memset(&inject, 0, sizeof(inject));
		inject.at = at;
		assert_int_equal(write_epoch(savefile_replace, 1, 1, &r), -1);
		inject.at = 0;
		assert_int_equal(remove_dir(), 0);
	}
}

/* A file for which no name is left stays, and so do those that have them. */
static void
test_no_name_left(void **state)
{
	struct savefile_result	r;
	int			rc, error, files;

	(void)state;
	make_dir();
	alien();
	names_taken = true;
	names_seen = 0;
	errno = ENOENT;
	rc = write_epoch(append, 1, 1, &r);
	error = errno;
	names_taken = false;
	files = remove_dir();
	if (names_seen == 0)
		skip();		/* a C library that has another name for it */
	assert_int_equal(rc, -1);
	assert_int_equal(error, EEXIST);
	assert_int_equal(files, 1);
	assert_string_equal(r.step, "rename");
	assert_string_equal(r.cut_name, "");
}

/* Names that cannot be stored are none, also for account_free(). */
static void
test_no_memory_for_names(void **state)
{
	char	**names;

	(void)state;
	make_dir();
	assert_int_equal(write_epoch(append, 1, 1, &(struct savefile_result){
	    .step = NULL }), 0);
	no_strdup = true;
	assert_int_equal(account_names(dirname, &names), -1);
	no_strdup = false;
	assert_int_equal(errno, ENOMEM);
	assert_null(names);
	assert_int_equal(account_names(dirname, &names), 1);
	account_free(names, 1);
	assert_int_equal(remove_dir(), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call),
		cmocka_unit_test(test_nothing_behind),
		cmocka_unit_test(test_no_name_left),
		cmocka_unit_test(test_no_memory_for_names),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
