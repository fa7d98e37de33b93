/*
 * The journal of pages: what a writer that was killed left in it is written
 * where it belongs, as far as it is sound; nothing else ever is.  And the
 * order in which the store brings both files to the disk; what a kill leaves
 * in `lock', and what a failure leaves of a store that replaces another.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/regular.h"
#include "history/store/pages.h"
#include "history/store/store.h"
#include "scratch.h"
#include "within.h"
#include "wrap.h"

#define OCTETS	512
#define RECORD	(24 + OCTETS)
#define PAGES	4		/* of the database, of dots */
#define MOST	6

/* A record, and what is done to it. */
struct record {
	uint32_t	generation;
	uint64_t	offset;
	char		fill;		/* of the page; 0: there is none */
	int		flip;		/* an octet to damage; 0: none */
	uint32_t	length;		/* 0: the true one */
	size_t		cut;		/* octets missing at its end */
};

struct damage {
	const char	*what;
	struct record	 records[MOST];
	const char	*want;		/* one octet of each page */
	bool		 ready;		/* the last writer was not killed */
};

static const struct damage	damages[] = {
	{ "none", { { 7, 512, 'a', 0, 0, 0 }, { 7, 0, 'b', 0, 0, 0 } },
	    "ba..", false },
	{ "a later one of the same page", { { 7, 512, 'a', 0, 0, 0 },
	    { 7, 512, 'b', 0, 0, 0 } }, ".b..", false },
	{ "the file becomes longer", { { 7, 2048, 'a', 0, 0, 0 } },
	    "....a", false },
	{ "nobody was killed", { { 7, 512, 'a', 0, 0, 0 } }, "....", true },
	{ "empty", { { 0, 0, 0, 0, 0, 0 } }, "....", false },
	{ "cut in the page", { { 7, 0, 'a', 0, 0, 0 },
	    { 7, 512, 'b', 0, 0, 1 } }, "a...", false },
	{ "cut in the header", { { 7, 0, 'a', 0, 0, 0 },
	    { 7, 512, 'b', 0, 0, OCTETS + 4 } }, "a...", false },
	{ "magic", { { 7, 0, 'a', 0, 0, 0 }, { 7, 512, 'b', 1, 0, 0 },
	    { 7, 1024, 'c', 0, 0, 0 } }, "a...", false },
	{ "generation", { { 7, 0, 'a', 4, 0, 0 } }, "....", false },
	{ "offset", { { 7, 0, 'a', 9, 0, 0 } }, "....", false },
	{ "checksum", { { 7, 0, 'a', 20, 0, 0 } }, "....", false },
	{ "page", { { 7, 0, 'a', RECORD - 1, 0, 0 } }, "....", false },
	{ "length", { { 7, 0, 'a', 0, 511, 0 } }, "....", false },
	{ "an older generation behind", { { 7, 0, 'a', 0, 0, 0 },
	    { 6, 512, 'b', 0, 0, 0 } }, "a...", false },
	{ "within a page", { { 7, 1, 'a', 0, 0, 0 } }, "....", false },
	{ "far behind the end", { { 7, (uint64_t)OCTETS * (PAGES +
	    PAGES_BEYOND + 1), 'a', 0, 0, 0 } }, "....", false },
	{ "negative", { { 7, UINT64_C(0xfffffffffffffe00), 'a', 0, 0, 0 } },
	    "....", false },
};

static char	dir[SCRATCH_LEN];

static int
setup(void **state)
{
	(void)state;
	return (scratch_make(dir) == -1 ? -1 : chdir(dir));
}

static int
teardown(void **state)
{
	(void)state;
	return (chdir("/") == -1 ? -1 : scratch_remove(dir));
}

static FILE *
begin(const char *name)
{
	FILE	*f = fopen(name, "w");

	assert_non_null(f);
	return (f);
}

static void
make_database(void)
{
	FILE	*f = begin("db");
	int	 i;

	for (i = 0; i < PAGES * OCTETS; i++)
		assert_int_equal(fputc('.', f), '.');
	assert_int_equal(fclose(f), 0);
}

static void
add(FILE *f, const struct record *r)
{
	uint8_t	b[RECORD];

	put_le32(b, 0x47507274);
	put_le32(b + 4, r->generation);
	put_le64(b + 8, r->offset);
	put_le32(b + 16, r->length != 0 ? r->length : OCTETS);
	memset(b + 24, r->fill, OCTETS);
	put_le32(b + 20, crc32c(crc32c(0, b, 20), b + 24, OCTETS));
	if (r->flip != 0)
		b[r->flip] ^= 1;
	assert_int_equal(fwrite(b, 1, RECORD - r->cut, f), RECORD - r->cut);
}

static void
make_journal(const struct damage *d)
{
	FILE	*f = begin(PAGES_NAME);
	size_t	 i;

	for (i = 0; i < MOST && d->records[i].fill != 0; i++)
		add(f, &d->records[i]);
	assert_int_equal(fclose(f), 0);
}

static void
check_database(const struct damage *d)
{
	FILE	*f = fopen("db", "r");
	size_t	 i, j;

	assert_non_null(f);
	for (i = 0; d->want[i] != '\0'; i++)
		for (j = 0; j < OCTETS; j++)
			if (fgetc(f) != d->want[i])
				fail_msg("%s: page %zu", d->what, i);
	if (fgetc(f) != EOF)
		fail_msg("%s: too long", d->what);
	fclose(f);
}

static void
open_and_close(bool killed)
{
	char		 damage[PAGES_DAMAGE_LEN];
	struct pages	*p;

	p = pages_open(dir, "db", OCTETS, killed ? PAGES_RECOVER :
	    PAGES_WRITE, damage);
	assert_non_null(p);
	pages_close(p);
}

static void
only_what_is_sound_is_written(void **state)
{
	struct stat	st;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		make_database();
		make_journal(&damages[i]);
		open_and_close(!damages[i].ready);
		check_database(&damages[i]);
		assert_int_equal(stat(PAGES_NAME, &st), 0);
		assert_int_equal(st.st_size, 0);
	}
}

/* Neither a database made out of it, nor one that a link leads to. */
static void
there_must_be_a_database(void **state)
{
	char	damage[PAGES_DAMAGE_LEN];

	(void)state;
	make_journal(&damages[0]);
	open_and_close(true);
	assert_int_equal(access("db", F_OK), -1);
	make_journal(&damages[0]);
	assert_int_equal(symlink(PAGES_NAME, "db"), 0);
	assert_null(pages_open(dir, "db", OCTETS, PAGES_RECOVER, damage));
	assert_true(is_refused_link(errno));
	assert_int_equal(unlink(PAGES_NAME), 0);
	assert_int_equal(symlink("db", PAGES_NAME), 0);
	assert_null(pages_open(dir, "db", OCTETS, PAGES_RECOVER, damage));
}

/* ---- the order ---- */

/* Is there something in it that has not been brought to the disk? */
static struct file {
	const char	*name;
	bool		 dirty;
	unsigned	 writes, cuts;
} database = { "history.db", false, 0, 0 }, journal = { PAGES_NAME, false,
    0, 0 }, lock = { "lock", false, 0, 0 };
static bool	watching;
static int	die_at = -1;	/* before which of the calls that change lock */
static bool	no_memory;
static bool	no_setgid;	/* as on FreeBSD for who is not in the group */

/* Calls that fail, as bits, of those after nrenames and nsyncs were set to 0. */
static unsigned	bad_renames, nrenames, bad_syncs, nsyncs;

ssize_t	__real_pwrite(int, const void *, size_t, off_t);
int	__real_fdatasync(int);
int	__real_fsync(int);
int	__real_ftruncate(int, off_t);
int	__real_rename(const char *, const char *);
int	__real_chmod(const char *, mode_t);
void	*__real_calloc(size_t, size_t);
ssize_t	__wrap_pwrite(int, const void *, size_t, off_t);
int	__wrap_fdatasync(int);
int	__wrap_fsync(int);
int	__wrap_ftruncate(int, off_t);
int	__wrap_rename(const char *, const char *);
int	__wrap_chmod(const char *, mode_t);
void	*__wrap_calloc(size_t, size_t);

static bool
is(int fd, const struct file *f)
{
	struct stat	a, b;

	return (watching && fstat(fd, &a) == 0 && stat(f->name, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static void
may_die(int fd)
{
	if (is(fd, &lock) && die_at-- == 0)
		(void)raise(SIGKILL);
}

/* Is the bit of this call set? */
static bool
is_bad(unsigned bad, unsigned *n)
{
	return (bad >> (*n)++ & 1);
}

ssize_t
__wrap_pwrite(int fd, const void *octets, size_t n, off_t offset)
{
	may_die(fd);
	if (is(fd, &journal)) {
		assert_false(database.dirty);
		journal.dirty = true;
		journal.writes++;
	} else if (is(fd, &database)) {
		assert_false(journal.dirty);
		database.dirty = true;
		database.writes++;
	}
	return (__real_pwrite(fd, octets, n, offset));
}

static void
synced(int fd)
{
	if (is(fd, &journal))
		journal.dirty = false;
	if (is(fd, &database))
		database.dirty = false;
}

int
__wrap_fdatasync(int fd)
{
	synced(fd);
	return (__real_fdatasync(fd));
}

int
__wrap_fsync(int fd)
{
	struct stat	st;

	may_die(fd);
	synced(fd);
	if (bad_syncs != 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) &&
	    is_bad(bad_syncs, &nsyncs)) {
		errno = EIO;
		return (-1);
	}
	return (__real_fsync(fd));
}

/* The journal may be cut late, but not after the database. */
int
__wrap_ftruncate(int fd, off_t size)
{
	struct stat	st;

	may_die(fd);
	if (is(fd, &journal)) {
		assert_false(database.dirty);
		journal.dirty = true;
		journal.cuts++;
	} else if (is(fd, &database)) {
		assert_false(journal.dirty);
		assert_int_equal(stat(PAGES_NAME, &st), 0);
		assert_int_equal(st.st_size, 0);
		database.cuts++;
	}
	return (__real_ftruncate(fd, size));
}

int
__wrap_rename(const char *from, const char *to)
{
	if (!is_bad(bad_renames, &nrenames))
		return (__real_rename(from, to));
	errno = EIO;
	return (-1);
}

int
__wrap_chmod(const char *path, mode_t mode)
{
	if (!no_setgid || (mode & S_ISGID) == 0)
		return (__real_chmod(path, mode));
	errno = EPERM;
	return (-1);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	if (!no_memory)
		return (__real_calloc(n, size));
	errno = ENOMEM;
	return (NULL);
}

/* Items of 10 kB, more than the cache takes. */
static void
fill(struct store *st, bool add)
{
	static uint8_t	value[10000];
	uint8_t		key[4];
	uint32_t	i;

	for (i = 0; i < 5000; i++) {
		put_le32(key, i);
		if (i % 500 == 0)
			assert_int_equal(store_begin(st), 0);
		assert_int_equal(add ? store_put(st, key, sizeof(key), value,
		    sizeof(value)) : store_delete(st, key, sizeof(key)), 0);
		if (i % 500 == 499)
			assert_int_equal(store_commit(st), 0);
	}
}

static void
the_journal_is_on_the_disk_first(void **state)
{
	char		 err[STORE_ERROR_LEN];
	struct store	*st;

	(void)state;
	watching = true;
	st = store_open(dir, STORE_CREATE, 20, err);
	assert_non_null(st);
	fill(st, true);
	assert_int_equal(store_yield(st), 0);
	fill(st, false);
	assert_int_equal(store_compact(st), 0);
	assert_int_equal(store_close(st), 0);
	watching = false;
	assert_true(within(database.writes, 500, 10000));
	assert_int_equal(journal.writes >= database.writes, 1);
	assert_true(within(journal.cuts, 4, 1000));
	assert_true(within(database.cuts, 1, 10000));
	assert_int_equal(store_verify(dir, 20, err), 0);
}

/* ---- the state in `lock' ---- */

static void
put(struct store *st, const char *value)
{
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_put(st, "key", 3, value, strlen(value)), 0);
	assert_int_equal(store_commit(st), 0);
}

static void
make(const char *path, const char *value)
{
	char		 err[STORE_ERROR_LEN];
	struct store	*st = store_open(path, STORE_CREATE, 20, err);

	assert_non_null(st);
	put(st, value);
	assert_int_equal(store_close(st), 0);
}

/* Where S_ISGID is refused there is a history all the same, of that mode. */
static void
a_directory_without_setgid_does(void **state)
{
	struct stat	st;
	mode_t		mask = umask(077);

	(void)state;
	make("db", "1");
	assert_int_equal(stat("db", &st), 0);
	assert_int_equal(st.st_mode & 07777, 02750);
	no_setgid = true;
	make("other", "1");
	no_setgid = false;
	assert_int_equal(stat("other", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	(void)umask(mask);
}

/* A link is refused by another errno on each system. */
static void
a_refused_link_is_known(void **state)
{
	(void)state;
	assert_true(is_refused_link(ELOOP));
	assert_true(is_refused_link(EMLINK));
	assert_false(is_refused_link(ENOENT));
	assert_false(is_refused_link(EACCES));
}

/* A writer that is killed, at the latest after its commit. */
static void
kill_writer(int at)
{
	char		 err[STORE_ERROR_LEN];
	struct store	*st;
	int		 status;
	pid_t		 pid;

	if ((pid = fork()) == 0) {
		watching = true;
		die_at = at;
		if ((st = store_open(dir, STORE_WRITE, 20, err)) != NULL)
			put(st, "b");
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void
a_recovery_that_is_killed_is_not_ready(void **state)
{
	char	err[STORE_ERROR_LEN];
	int	at;

	(void)state;
	make(dir, "a");
	kill_writer(-1);
	for (at = 0; at < 3; at++) {
		kill_writer(at);
		assert_null(store_open(dir, STORE_READ, 0, err));
		assert_int_equal(errno, ESTALE);
	}
	make(dir, "c");
	assert_int_equal(store_verify(dir, 20, err), 0);
}

/* ---- a store in the place of another ---- */

static const struct swap {
	unsigned	 renames, syncs;	/* that fail, as bits */
	int		 rc;
	const char	*left;		/* NULL: the next writer finishes it */
} swaps[] = {
	{ 0, 0, 0, "new" },
	{ 1U << 0, 0, -1, "old" },
	{ 0, 1U << 0, -1, "old" },
	{ 1U << 1, 0, -1, "old" },
	{ 1U << 2, 0, -1, "old" },
	{ 1U << 2 | 1U << 3, 0, -1, NULL },
	{ 0, 1U << 1, 0, "new" },
};

static void
swap(const struct swap *s, const char *path)
{
	char			 err[STORE_ERROR_LEN], aside[PATH_MAX];
	struct store_place	*p = store_hold(path, 20, err);

	assert_non_null(p);
	make(store_place_new(p), "new");
	bad_renames = s->renames;
	bad_syncs = s->syncs;
	nrenames = nsyncs = 0;
	assert_int_equal(store_swap(p, aside), s->rc);
	if (s->rc == -1)
		assert_int_equal(errno, EIO);
	else
		assert_int_equal(access(aside, F_OK), 0);
	bad_renames = bad_syncs = 0;
	store_release(p);
}

static void
check_value(const char *path, const char *want)
{
	char		 err[STORE_ERROR_LEN];
	struct store	*st = store_open(path, want == NULL ? STORE_WRITE :
			    STORE_READ, 20, err);
	const void	*value;
	size_t		 len;

	assert_non_null(st);
	assert_int_equal(store_get(st, "key", 3, &value, &len), 1);
	assert_int_equal(len, 3);
	assert_memory_equal(value, want == NULL ? "new" : want, 3);
	assert_int_equal(store_close(st), 0);
}

static void
a_store_takes_a_place_or_leaves_it(void **state)
{
	char	path[PATH_MAX], beside[PATH_MAX + 16];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/db%zu", dir, i);
		make(path, "old");
		swap(&swaps[i], path);
		check_value(path, swaps[i].left);
		(void)snprintf(beside, sizeof(beside), "%s.new", path);
		assert_int_equal(access(beside, F_OK), -1);
		(void)snprintf(beside, sizeof(beside), "%s.rebuilt", path);
		assert_int_equal(access(beside, F_OK), -1);
	}
}

/* ---- the format ---- */

/* Open it, and check the number of its format. */
static struct store *
open_format(enum store_mode mode, unsigned want)
{
	char		 err[STORE_ERROR_LEN];
	struct store	*st = store_open(dir, mode, 20, err);
	const void	*value;
	size_t		 len;

	assert_non_null(st);
	assert_int_equal(store_get(st, "format", 7, &value, &len), 1);
	assert_int_equal(len, 4);
	assert_memory_equal(value, ((uint8_t[]){ 0, 0, 0, (uint8_t)want }), 4);
	return (st);
}

static void
set_format(struct store *st, uint8_t number)
{
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_put(st, "format", 7,
	    (uint8_t[]){ 0, 0, 0, number }, 4), 0);
	assert_int_equal(store_commit(st), 0);
	assert_int_equal(store_close(st), 0);
}

/* The versions before VLANs must see that this is nothing for them. */
static void
a_writer_raises_the_format(void **state)
{
	char	err[STORE_ERROR_LEN];

	(void)state;
	set_format(open_format(STORE_CREATE, 4), 3);
	assert_int_equal(store_close(open_format(STORE_READ, 3)), 0);
	assert_int_equal(store_close(open_format(STORE_WRITE, 4)), 0);
	assert_int_equal(store_verify(dir, 20, err), 0);
	set_format(open_format(STORE_WRITE, 4), 5);
	assert_null(store_open(dir, STORE_WRITE, 20, err));
	assert_non_null(strstr(err, "written by a newer trafdb"));
	assert_null(store_open(dir, STORE_READ, 20, err));
}

/* ---- memory ---- */

static void
a_cursor_without_memory_has_a_text(void **state)
{
	char		 err[STORE_ERROR_LEN];
	struct store	*st = store_open(dir, STORE_CREATE, 20, err);

	(void)state;
	assert_non_null(st);
	no_memory = true;
	assert_null(store_cursor_new(st));
	no_memory = false;
	assert_int_equal(errno, ENOMEM);
	assert_string_not_equal(store_error(st), "");
	assert_int_equal(store_close(st), -1);
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		CASE(only_what_is_sound_is_written),
		CASE(there_must_be_a_database),
		CASE(a_directory_without_setgid_does),
		CASE(a_refused_link_is_known),
		CASE(the_journal_is_on_the_disk_first),
		CASE(a_recovery_that_is_killed_is_not_ready),
		CASE(a_store_takes_a_place_or_leaves_it),
		CASE(a_writer_raises_the_format),
		CASE(a_cursor_without_memory_has_a_text),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
