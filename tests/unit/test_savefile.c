/*
 * Save and dump files: appending after every kind of earlier file, and reading
 * the blocks around damage.
 */
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/regular.h"
#include "file/block_header.h"
#include "file/legacy/append.h"
#include "file/legacy/journal.h"
#include "file/savefile.h"
#include "rowset.h"
#include "scratch.h"

#define NAME	"trafd.eth0"
#define ROWS	20

static char	dirname[SCRATCH_LEN];
static int	dir;
static struct savefile_attempt	failed;	/* what this process knows */
static uint64_t	rows_seed;	/* other rows than ours */
static uint32_t	appended;	/* checksum of the last header */

static int
setup(void **state)
{
	(void)state;
	if (scratch_make(dirname) == -1)
		return (-1);
	dir = open(dirname, O_RDONLY | O_DIRECTORY);
	failed.checksum = 0;
	return (dir == -1 ? -1 : 0);
}

static int
teardown(void **state)
{
	struct dirent	*e;
	DIR		*d = opendir(dirname);

	(void)state;
	while (d != NULL && (e = readdir(d)) != NULL)
		if (unlinkat(dir, e->d_name, 0) == -1)
			unlinkat(dir, e->d_name, AT_REMOVEDIR);
	if (d != NULL)
		closedir(d);
	close(dir);
	return (rmdir(dirname));
}

/* ---- helpers ---- */

/* Rows of an epoch; a reader can tell by them which block it has. */
static void
rows_of(struct rowset *s, uint64_t epoch)
{
	rowset_make(s, ROWS, ROWS_MIXED, epoch + rows_seed);
}

static int
append_as(uint64_t instance, uint64_t epoch, uint64_t first,
    struct savefile_result *r)
{
	struct block_info	info;
	struct rowset		s;
	int			rc;

	rows_of(&s, epoch);
	info_make(&info, instance, epoch, first);
	rc = savefile_append(dir, NAME, &failed, &info, s.sorted, s.n, r);
	appended = info.checksum;
	rowset_free(&s);
	return (rc);
}

static void
append(uint64_t epoch)
{
	struct savefile_result	r;

	assert_int_equal(append_as(1, epoch, epoch, &r), 0);
}

/* A block that this process appended and could neither sync nor cut off. */
static void
append_failing(uint64_t epoch)
{
	append(epoch);
	failed.checksum = appended;
}

static off_t
size_of(const char *name)
{
	struct stat	st;

	return (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ? -1 :
	    st.st_size);
}

static void
put_octets(const char *name, off_t at, const void *octets, size_t n)
{
	int	fd = openat(dir, name, O_WRONLY | O_CREAT, 0640);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write_at(fd, octets, n, at), 0);
	close(fd);
}

static void
cut_file(const char *name, off_t size)
{
	int	fd = openat(dir, name, O_WRONLY);

	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

/* What a reader says: "1 2 [cut 100+20] 3", epochs and damaged ranges. */
struct story {
	char	text[512];
};

static void
tell(struct story *s, const char *word)
{
	size_t	n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s%s",
	    n == 0 ? "" : " ", word);
}

static void
tell_damage(void *arg, const struct savefile_damage *d)
{
	char	word[128];

	snprintf(word, sizeof(word), "[%s %jd+%jd]", block_strerror(d->why),
	    (intmax_t)d->offset, (intmax_t)d->length);
	tell(arg, word);
}

static const char *
read_story(struct story *s, bool whole)
{
	struct savefile	*f = savefile_open(dir, NAME);
	struct rowset	 rows;
	struct block	*b;
	char		 word[32];
	int		 rc;

	memset(s, 0, sizeof(*s));
	assert_non_null(f);
	savefile_on_damage(f, tell_damage, s);
	while ((rc = savefile_next(f, whole, &b)) == 1) {
		rows_of(&rows, block_info(b)->epoch);
		if (whole && !block_equals(b, &rows))
			tell(s, "wrong rows in");
		rowset_free(&rows);
		snprintf(word, sizeof(word), "%ju",
		    (uintmax_t)block_info(b)->epoch);
		tell(s, word);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(savefile_tell(f), savefile_size(f));
	savefile_close(f);
	return (s->text);
}

static void
assert_story(const char *want)
{
	struct story	s;

	assert_string_equal(read_story(&s, true), want);
}

/* ---- append ---- */

static void
test_append(void **state)
{
	struct savefile_result	r;
	struct stat		st;
	off_t			size;

	(void)state;
	umask(0);
	append(1);
	assert_int_equal(fstatat(dir, NAME, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	append(2);
	size = size_of(NAME);
	assert_int_equal(append_as(1, 3, 3, &r), 0);
	assert_int_equal(r.offset, size);
	assert_int_equal(r.offset + r.length, size_of(NAME));
	assert_int_equal(r.cut_length, 0);
	assert_string_equal(r.cut_name, "");
	assert_null(r.step);
	assert_story("1 2 3");
}

static void
test_append_moved_or_emptied(void **state)
{
	(void)state;
	append(1);
	assert_int_equal(renameat(dir, NAME, dir, "moved"), 0);
	append(2);
	assert_story("2");
	cut_file(NAME, 0);
	append(3);
	assert_story("3");
	assert_int_equal(unlinkat(dir, NAME, 0), 0);
	append(4);
	assert_story("4");
}

/* A file cut at any octet: the next append repairs it and loses nothing. */
static void
test_append_to_cut(void **state)
{
	struct savefile_result	r;
	off_t			two, three, n;
	char			kept[64];
	int			i = 0;

	(void)state;
	append(1);
	append(2);
	two = size_of(NAME);
	append(3);
	three = size_of(NAME);
	for (n = two + 1; n < three; n += 13) {
		cut_file(NAME, n);
		assert_int_equal(append_as(1, 3, 3, &r), 0);
		assert_int_equal(r.cut_length, n - two);
		snprintf(kept, sizeof(kept), NAME ".torn.%d", ++i);
		assert_string_equal(r.cut_name, kept);
		assert_int_equal(size_of(kept), n - two);
		assert_int_equal(size_of(NAME), three);
		assert_story("1 2 3");
	}
}

static void
test_append_to_garbage(void **state)
{
	static const char	zeros[5000];
	struct savefile_result	r;
	off_t			size;
	uint8_t			c = 0;

	(void)state;
	append(1);
	append(2);
	size = size_of(NAME);
	put_octets(NAME, size, zeros, sizeof(zeros));
	assert_int_equal(append_as(1, 3, 3, &r), 0);
	assert_int_equal(r.cut_length, sizeof(zeros));
	assert_int_equal(r.offset, size);
	assert_story("1 2 3");
	/* A body that never reached the disk under a header that did. */
	put_octets(NAME, size_of(NAME) - 60, zeros, 30);
	assert_int_equal(append_as(1, 4, 4, &r), 0);
	assert_int_equal(r.offset, size);
	assert_int_equal(r.cut_length, size_of("trafd.eth0.torn.2"));
	assert_story("1 2 4");
	/* Damage in the middle is left as it is. */
	put_octets(NAME, 100, &c, 1);
	append(5);
	assert_int_equal(size_of("trafd.eth0.torn.3"), -1);
}

/* A tail of a terabyte, but for its last octet a hole. */
static void
test_append_to_hole(void **state)
{
	struct savefile_result	r;
	struct stat		st;
	off_t			size, hole = (off_t)1 << (sizeof(off_t) > 4 ?
	    40 : 30);

	(void)state;
	append(1);
	append(2);
	size = size_of(NAME);
	put_octets(NAME, size + hole - 1, "x", 1);
	assert_int_equal(append_as(1, 3, 3, &r), 0);
	assert_string_equal(r.cut_name, NAME ".torn.1");
	assert_int_equal(r.cut_length, hole);
	assert_false(r.cut_all);
	assert_int_equal(fstatat(dir, r.cut_name, &st, 0), 0);
	assert_int_equal(st.st_size, hole);
	assert_true(st.st_blocks * 512 <= 65536);
	assert_story("1 2 3");
}

/* No file can grow beyond so many octets; returns the limit before that. */
static rlim_t
limit_files(rlim_t most)
{
	struct rlimit	limit;
	rlim_t		before;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return (before);
}

/* As large as that no second file can be, so the first one makes way. */
static void
test_append_without_room(void **state)
{
	struct savefile_result	r;
	rlim_t			before;

	(void)state;
	append(1);
	append(2);
	cut_file(NAME, 4 << 20);
	before = limit_files(1 << 20);
	assert_int_equal(append_as(1, 3, 3, &r), 0);
	(void)limit_files(before);
	assert_true(r.cut_all && r.no_room);
	assert_string_equal(r.cut_name, NAME ".torn.1");
	assert_int_equal(r.cut_length, 4 << 20);
	assert_int_equal(size_of(NAME ".torn.1"), 4 << 20);
	assert_int_equal(size_of(NAME ".torn.2"), -1);
	assert_story("3");
}

static void
test_append_to_alien(void **state)
{
	struct savefile_result	r;

	(void)state;
	put_octets(NAME, 0, "something else", 14);
	assert_int_equal(append_as(1, 1, 1, &r), 0);
	assert_string_equal(r.cut_name, NAME ".alien.1");
	assert_int_equal(r.cut_length, 14);
	assert_true(r.cut_all && !r.no_room);
	assert_int_equal(size_of(NAME ".alien.1"), 14);
	assert_story("1");
	cut_file(NAME, 100);
	assert_int_equal(append_as(1, 2, 2, &r), 0);
	assert_string_equal(r.cut_name, NAME ".alien.2");
	assert_story("2");
}

static void
test_append_refuses(void **state)
{
	struct savefile_result	r;

	(void)state;
	put_octets("elsewhere", 0, "precious", 8);
	assert_int_equal(symlinkat("elsewhere", dir, NAME), 0);
	assert_int_equal(append_as(1, 1, 1, &r), -1);
	assert_string_equal(r.step, "open");
	assert_int_equal(size_of("elsewhere"), 8);
	assert_int_equal(unlinkat(dir, NAME, 0), 0);
	assert_int_equal(symlinkat("nowhere", dir, NAME), 0);
	assert_int_equal(append_as(1, 1, 1, &r), -1);
	assert_int_equal(size_of("nowhere"), -1);
	assert_int_equal(unlinkat(dir, NAME, 0), 0);
	assert_int_equal(mkfifoat(dir, NAME, 0600), 0);
	assert_int_equal(append_as(1, 1, 1, &r), -1);
	assert_string_equal(r.step, "open");
	assert_int_equal(unlinkat(dir, NAME, 0), 0);
	assert_int_equal(mkdirat(dir, NAME, 0700), 0);
	assert_int_equal(append_as(1, 1, 1, &r), -1);
	assert_int_equal(errno, EISDIR);
}

static void
test_append_locked(void **state)
{
	struct savefile_result	r;
	int			fd;

	(void)state;
	append(1);
	fd = openat(dir, NAME, O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(append_as(1, 2, 2, &r), -1);
	assert_string_equal(r.step, "lock");
	assert_int_equal(errno, EWOULDBLOCK);
	close(fd);
	assert_int_equal(append_as(1, 2, 2, &r), 0);
	assert_story("1 2");
}

/* What a save left that then failed goes; what succeeded stays. */
static void
test_append_leftovers(void **state)
{
	struct savefile_result	r;

	(void)state;
	append(1);
	append(2);
	append_failing(3);
	assert_int_equal(append_as(1, 4, 3, &r), 0);
	assert_story("1 2 4");
	assert_string_equal(r.cut_name, "");
	assert_false(r.foreign);
	assert_int_equal(append_as(2, 4, 3, &r), 0);	/* somebody else's */
	assert_story("1 2 4 4");
	assert_int_equal(append_as(1, 6, 1, &r), 0);	/* not at the end */
	assert_story("1 2 4 4 6");
	append_failing(7);
	assert_int_equal(append_as(1, 8, 7, &r), 0);
	assert_story("1 2 4 4 6 8");
	assert_string_equal(r.cut_name, "");
}

/* What is in one of the files kept aside, told as assert_story() does. */
static void
assert_kept(const char *name, const char *want)
{
	assert_int_equal(renameat(dir, NAME, dir, "meanwhile"), 0);
	assert_int_equal(renameat(dir, name, dir, NAME), 0);
	assert_story(want);
	assert_int_equal(renameat(dir, NAME, dir, name), 0);
	assert_int_equal(renameat(dir, "meanwhile", dir, NAME), 0);
}

/*
 * Another process resumed a copy of our dump, and its save file came here: its
 * block has our numbers, but nobody throws away what another wrote.
 */
static void
test_append_to_a_twin(void **state)
{
	struct savefile_result	r;

	(void)state;
	append(1);
	append_failing(2);
	cut_file(NAME, failed.offset);
	rows_seed = 7;
	append(2);
	failed.checksum = 0;
	rows_seed = 0;
	assert_int_equal(append_as(1, 2, 2, &r), 0);
	assert_story("1 2");
	assert_true(r.foreign);
	assert_string_equal(r.cut_name, NAME ".torn.1");
	rows_seed = 7;
	assert_kept(NAME ".torn.1", "2");
	rows_seed = 0;
}

/* Blocks of an earlier process are cut as well, but none is thrown away. */
static void
test_append_foreign_leftovers(void **state)
{
	struct savefile_result	r;
	off_t			two, end;

	(void)state;
	append(1);
	append(2);
	two = size_of(NAME);
	append(3);
	append(4);
	end = size_of(NAME);
	assert_int_equal(append_as(1, 5, 3, &r), 0);
	assert_story("1 2 5");
	assert_true(r.foreign);
	assert_int_equal(r.offset, two);
	assert_int_equal(r.cut_length, end - two);
	assert_string_equal(r.cut_name, NAME ".torn.1");
	assert_kept(NAME ".torn.1", "3 4");
	/* With a torn tail behind; all of it goes into one file. */
	end = size_of(NAME);
	put_octets(NAME, end, "torn", 4);
	assert_int_equal(append_as(1, 6, 5, &r), 0);
	assert_story("1 2 6");
	assert_int_equal(r.cut_length, end + 4 - two);
	/* Our own goes without a trace, but not what is torn. */
	cut_file(NAME, two);
	append_failing(6);
	end = size_of(NAME);
	put_octets(NAME, end, "torn", 4);
	assert_int_equal(append_as(1, 7, 6, &r), 0);
	assert_story("1 2 7");
	assert_int_equal(r.cut_length, 4);
}

static void
test_confirm_append(void **state)
{
	struct savefile_result	r;
	off_t			end;

	(void)state;
	assert_int_equal(savefile_confirm_append(dir, NAME, 1, 1, &r), 0);
	append(1);
	append(2);
	append(3);
	end = size_of(NAME);
	/* Not this instance; not so late. */
	assert_int_equal(savefile_confirm_append(dir, NAME, 2, 1, &r), 0);
	assert_int_equal(savefile_confirm_append(dir, NAME, 1, 4, &r), 0);
	assert_string_equal(r.cut_name, "");
	assert_int_equal(size_of(NAME), end);
	assert_int_equal(savefile_confirm_append(dir, NAME, 1, 2, &r), 0);
	assert_story("1");
	assert_string_equal(r.cut_name, NAME ".torn.1");
	assert_int_equal(r.cut_length, end - size_of(NAME));
	assert_kept(NAME ".torn.1", "2 3");
}

/* A disk so full that what is cut off cannot be copied: the file makes way. */
static void
test_confirm_append_without_room(void **state)
{
	struct savefile_result	r;
	rlim_t			before;
	off_t			end;
	int			rc;

	(void)state;
	append(1);
	append(2);
	end = size_of(NAME);
	before = limit_files(64);
	rc = savefile_confirm_append(dir, NAME, 1, 2, &r);
	(void)limit_files(before);
	assert_int_equal(rc, 0);
	assert_true(r.cut_all && r.no_room);
	assert_string_equal(r.cut_name, NAME ".torn.1");
	assert_int_equal(size_of(NAME), -1);
	assert_int_equal(size_of(NAME ".torn.1"), end);
	append(3);
	assert_story("3");
	assert_kept(NAME ".torn.1", "1 2");
}

/* The same in a layout of BPFT: a part of a block, which the journal tells. */
static void
test_confirm_legacy_without_room(void **state)
{
	struct legacy_journal	j = { .instance = 1, .saved = 1,
				    .epoch_first = 2, .epoch = 2,
				    .length = 300, .layout = LAYOUT_NEW };
	struct savefile_result	r;
	rlim_t			before;
	uint8_t			part[200] = { 1 };
	int			rc;

	(void)state;
	put_octets(NAME, 0, part, sizeof(part));
	assert_int_equal(journal_write(dir, NAME, &j), 0);
	before = limit_files(64);
	rc = legacy_confirm_append(dir, NAME, 1, UINT64_MAX, &r);
	(void)limit_files(before);
	assert_int_equal(rc, 0);
	assert_true(r.cut_all && r.no_room);
	assert_string_equal(r.cut_name, NAME ".torn.1");
	assert_int_equal(size_of(NAME), -1);
	assert_int_equal(size_of(NAME ".torn.1"), sizeof(part));
}

static int
append_legacy(uint64_t epoch, struct savefile_result *r)
{
	struct legacy_loss	loss = { 0 };
	struct block_info	info;
	struct rowset		s;
	int			rc;

	rowset_make(&s, ROWS, ROWS_IP4, epoch);
	info_make(&info, 1, epoch, epoch);
	rc = legacy_append(dir, NAME, LAYOUT_NEW, &failed, &info, s.sorted,
	    s.n, &loss, r);
	rowset_free(&s);
	return (rc);
}

/* Blocks in a file of BPFT, and bytes that are none. */
static void
assert_legacy(int blocks)
{
	struct legacy	*l;
	off_t		 end;
	int		 fd = openat(dir, NAME, O_RDONLY), n = 0;

	assert_int_equal(legacy_end(fd, LAYOUT_NEW, &end), LEGACY_FITS);
	assert_int_equal(end, size_of(NAME));
	assert_int_equal(legacy_open(fd, LAYOUT_NEW, &l), LEGACY_FITS);
	while (legacy_next(l) == 1)
		n++;
	legacy_close(l);
	close(fd);
	assert_int_equal(n, blocks);
}

/* Somebody cut the file: the stump does not hide the block behind it. */
static void
test_append_legacy_to_cut(void **state)
{
	struct savefile_result	r;
	off_t			one, cut;

	(void)state;
	assert_int_equal(append_legacy(1, &r), 0);
	one = size_of(NAME);
	for (cut = one + 1; cut < 2 * one; cut++) {
		assert_int_equal(append_legacy(2, &r), 0);
		cut_file(NAME, cut);
		assert_int_equal(append_legacy(3, &r), 0);
		assert_string_equal(r.cut_name, NAME ".torn.1");
		assert_int_equal(r.cut_length, cut - one);
		assert_int_equal(size_of(NAME ".torn.1"), cut - one);
		assert_legacy(2);
		assert_int_equal(unlinkat(dir, NAME ".torn.1", 0), 0);
		cut_file(NAME, one);
	}
	/* In an earlier block than the last; in the first one. */
	assert_int_equal(append_legacy(2, &r), 0);
	assert_int_equal(append_legacy(3, &r), 0);
	cut_file(NAME, one + 50);
	assert_int_equal(append_legacy(4, &r), 0);
	assert_int_equal(r.cut_length, 50);
	assert_legacy(2);
	cut_file(NAME, one - 10);
	assert_int_equal(append_legacy(5, &r), 0);
	assert_string_equal(r.cut_name, NAME ".alien.1");
	assert_legacy(1);
}

/* A journal left behind says nothing about a file of trafd's own layout. */
static void
test_confirm_legacy_other_layout(void **state)
{
	struct legacy_journal	j = { .instance = 1, .saved = 1,
				    .epoch_first = 2, .epoch = 2,
				    .offset = 10, .length = 1 << 20,
				    .layout = LAYOUT_NEW };
	struct savefile_result	r;
	off_t			end;

	(void)state;
	append(1);
	end = size_of(NAME);
	assert_int_equal(journal_write(dir, NAME, &j), 0);
	assert_int_equal(legacy_confirm_append(dir, NAME, 1, UINT64_MAX,
	    &r), 0);
	assert_string_equal(r.cut_name, "");
	assert_int_equal(size_of(NAME), end);
}

static void
test_last(void **state)
{
	struct savefile_result	r;
	uint64_t		epoch;
	off_t			size;

	(void)state;
	assert_int_equal(savefile_last_epoch(dir, NAME, 1, &epoch), 0);
	assert_int_equal(epoch, 0);
	append(4);
	append(5);
	assert_int_equal(append_as(2, 9, 9, &r), 0);
	assert_int_equal(savefile_last_epoch(dir, NAME, 2, &epoch), 0);
	assert_int_equal(epoch, 9);
	assert_int_equal(savefile_last_epoch(dir, NAME, 1, &epoch), 0);
	assert_int_equal(epoch, 5);
	assert_int_equal(savefile_last_epoch(dir, NAME, 3, &epoch), 0);
	assert_int_equal(epoch, 0);
	/* Behind a torn tail too, and around damage. */
	size = size_of(NAME);
	put_octets(NAME, size, "torn", 4);
	assert_int_equal(savefile_last_epoch(dir, NAME, 1, &epoch), 0);
	assert_int_equal(epoch, 5);
	assert_int_equal(savefile_last_epoch(dir, NAME, 2, &epoch), 0);
	assert_int_equal(epoch, 9);
	put_octets(NAME, r.offset - 30, "damage", 6);
	assert_int_equal(savefile_last_epoch(dir, NAME, 1, &epoch), 0);
	assert_int_equal(epoch, 4);
	assert_int_equal(savefile_usable(dir, NAME), 0);
	assert_int_equal(savefile_usable(dir, "none"), 0);
	assert_int_equal(mkdirat(dir, "d", 0700), 0);
	assert_int_equal(savefile_last_epoch(dir, "d", 1, &epoch), -1);
	assert_int_equal(savefile_usable(dir, "d"), -1);
	assert_int_equal(symlinkat(NAME, dir, "l"), 0);
	assert_int_equal(savefile_usable(dir, "l"), -1);
}

/* However many blocks of others have come since. */
static void
test_last_of_long_ago(void **state)
{
	struct savefile_result	r;
	uint64_t		epoch;
	off_t			at, size;
	char			*octets;
	int			fd, i;

	(void)state;
	append(4);
	assert_int_equal(append_as(2, 9, 9, &r), 0);
	size = size_of(NAME) - r.offset;
	assert_non_null(octets = malloc((size_t)size));
	fd = openat(dir, NAME, O_RDWR);
	assert_int_not_equal(fd, -1);
	assert_int_equal(read_at(fd, octets, (size_t)size, r.offset), 0);
	for (i = 1, at = r.offset + size; i < 1500; i++, at += size)
		assert_int_equal(write_at(fd, octets, (size_t)size, at), 0);
	close(fd);
	free(octets);
	assert_int_equal(savefile_last_epoch(dir, NAME, 1, &epoch), 0);
	assert_int_equal(epoch, 4);
}

/* ---- replace and remove ---- */

static void
test_replace(void **state)
{
	struct savefile_result	r;
	struct block_info	info;
	struct rowset		s;

	(void)state;
	rows_of(&s, 1);
	info_make(&info, 1, 1, 1);
	put_octets("." NAME ".new", 0, "stale", 5);
	assert_int_equal(savefile_replace(dir, NAME, &info, s.sorted, s.n,
	    &r), 0);
	assert_int_equal(r.length, size_of(NAME));
	assert_story("1");
	rowset_free(&s);
	rows_of(&s, 2);
	info_make(&info, 1, 2, 1);
	assert_int_equal(savefile_replace(dir, NAME, &info, s.sorted, s.n,
	    &r), 0);
	assert_story("2");
	assert_int_equal(size_of("." NAME ".new"), -1);
	assert_int_equal(savefile_remove(dir, NAME), 0);
	assert_int_equal(size_of(NAME), -1);
	assert_int_equal(savefile_remove(dir, NAME), 0);
	/* A directory is not replaced, and nothing stays behind. */
	assert_int_equal(mkdirat(dir, NAME, 0700), 0);
	assert_int_equal(savefile_replace(dir, NAME, &info, s.sorted, s.n,
	    &r), -1);
	assert_string_equal(r.step, "rename");
	assert_int_equal(size_of("." NAME ".new"), -1);
	assert_int_equal(unlinkat(dir, NAME, AT_REMOVEDIR), 0);
	/* A link is replaced, not followed. */
	put_octets("elsewhere", 0, "precious", 8);
	assert_int_equal(symlinkat("elsewhere", dir, NAME), 0);
	assert_int_equal(savefile_replace(dir, NAME, &info, s.sorted, s.n,
	    &r), 0);
	assert_int_equal(size_of("elsewhere"), 8);
	assert_story("2");
	rowset_free(&s);
}

/* ---- reading around damage ---- */

struct three {
	off_t	one, two, end;		/* where the blocks end */
	uint8_t	octets[8192];
};

static void
three_blocks(struct three *t)
{
	int	fd;

	append(1);
	t->one = size_of(NAME);
	append(2);
	t->two = size_of(NAME);
	append(3);
	t->end = size_of(NAME);
	assert_true(t->end < (off_t)sizeof(t->octets));
	fd = openat(dir, NAME, O_RDONLY);
	assert_int_equal(read_at(fd, t->octets, (size_t)t->end, 0), 0);
	close(fd);
}

/* One damaged octet anywhere: that block is reported, all others read. */
static void
test_flip_everywhere(void **state)
{
	struct three	 t;
	struct story	 s;
	char		 want[128];
	off_t		 at, from, to;
	uint8_t		 c;
	int		 fd, n;

	(void)state;
	three_blocks(&t);
	fd = openat(dir, NAME, O_RDWR);
	for (at = 0; at < t.end; at++) {
		c = t.octets[at] ^ (uint8_t)(1U << at % 8);
		assert_int_equal(write_at(fd, &c, 1, at), 0);
		n = at < t.one ? 1 : at < t.two ? 2 : 3;
		from = n == 1 ? 0 : n == 2 ? t.one : t.two;
		to = n == 1 ? t.one : n == 2 ? t.two : t.end;
		read_story(&s, true);
		snprintf(want, sizeof(want), "%jd+%jd] %s", (intmax_t)from,
		    (intmax_t)(to - from), n == 1 ? "2 3" : n == 2 ? "3" : "");
		if (n == 3)
			want[strlen(want) - 1] = '\0';
		assert_non_null(strstr(s.text, want));
		assert_int_equal(strncmp(s.text, n == 1 ? "[" : n == 2 ?
		    "1 [" : "1 2 [", n == 1 ? 1 : n == 2 ? 3 : 5), 0);
		assert_int_equal(write_at(fd, &t.octets[at], 1, at), 0);
	}
	close(fd);
	assert_story("1 2 3");
}

static void
test_cut_everywhere(void **state)
{
	struct three	 t;
	struct story	 s;
	char		 want[128];
	const char	*whole;
	off_t		 at, from;

	(void)state;
	three_blocks(&t);
	for (at = t.end; at-- > 0;) {
		cut_file(NAME, at);
		whole = at < t.one ? "" : at < t.two ? "1" : "1 2";
		from = at < t.one ? 0 : at < t.two ? t.one : t.two;
		snprintf(want, sizeof(want), at == from ? "%s" :
		    "%s%s[incomplete block %jd+%jd]", whole,
		    *whole == '\0' ? "" : " ", (intmax_t)from,
		    (intmax_t)(at - from));
		assert_string_equal(read_story(&s, true), want);
	}
}

/* Octets lost or added anywhere: what is still whole is found. */
static void
test_lost_and_added(void **state)
{
	struct three	t;
	struct story	s;
	off_t		at;

	(void)state;
	three_blocks(&t);
	for (at = t.one; at < t.two; at += 7) {
		/* Ten octets of block 2 are missing. */
		cut_file(NAME, at);
		put_octets(NAME, at, t.octets + at + 10,
		    (size_t)(t.end - at - 10));
		if (at + 10 < t.two) {
			read_story(&s, true);
			assert_int_equal(strncmp(s.text, "1 [", 3), 0);
			assert_string_equal(s.text + strlen(s.text) - 3,
			    "] 3");
		}
		if (at == t.one)
			continue;
		/* Ten octets are inserted, among them half a magic. */
		cut_file(NAME, at);
		put_octets(NAME, at, BLOCK_MAGIC "\211T", 10);
		put_octets(NAME, at + 10, t.octets + at, (size_t)(t.end - at));
		read_story(&s, true);
		assert_int_equal(strncmp(s.text, "1 [", 3), 0);
		assert_string_equal(s.text + strlen(s.text) - 3, "] 3");
	}
}

/* Magics that lie across the chunks of a scan, for all offsets in a chunk. */
static void
test_resync_far(void **state)
{
	struct three	 t;
	char		*junk;
	char		 want[64];
	size_t		 n;

	(void)state;
	three_blocks(&t);
	assert_non_null(junk = malloc(140000));
	memset(junk, BLOCK_MAGIC[0], 140000);
	for (n = 65528; n < 65546; n++) {
		cut_file(NAME, 0);
		put_octets(NAME, 0, junk, n);
		put_octets(NAME, (off_t)n, t.octets, (size_t)t.one);
		snprintf(want, sizeof(want), "[not a block of trafd 0+%zu] 1",
		    n);
		assert_story(want);
	}
	free(junk);
}

/* A sound header in front of octets that hold whole blocks. */
static void
test_lying_length(void **state)
{
	struct three	t;
	struct story	s;

	(void)state;
	three_blocks(&t);
	/* The header of block 1, then at once blocks 2 and 3. */
	cut_file(NAME, HDR_MAX < t.one ? HDR_MAX : get_le32(t.octets +
	    HDR_LENGTH));
	put_octets(NAME, size_of(NAME), t.octets + t.one,
	    (size_t)(t.end - t.one));
	read_story(&s, true);
	assert_non_null(strstr(s.text, "] 2 3"));
}

static void
test_headers_only(void **state)
{
	struct three	t;
	struct story	s;
	uint8_t		c;

	(void)state;
	three_blocks(&t);
	c = t.octets[t.two - 40] ^ 1;
	put_octets(NAME, t.two - 40, &c, 1);
	/* Without `whole' nobody has looked at the body. */
	assert_string_equal(read_story(&s, false), "1 2 3");
	read_story(&s, true);
	assert_string_equal(s.text + strlen(s.text) - 3, "] 3");
}

static void
test_open_refuses(void **state)
{
	(void)state;
	assert_null(savefile_open(dir, "absent"));
	assert_int_equal(errno, ENOENT);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	assert_null(savefile_open(dir, "fifo"));
	assert_int_equal(mkdirat(dir, "d", 0700), 0);
	assert_null(savefile_open(dir, "d"));
	assert_int_equal(errno, EISDIR);
	put_octets(NAME, 0, "", 0);
	assert_story("");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_append),
		TEST(test_append_moved_or_emptied),
		TEST(test_append_to_cut),
		TEST(test_append_to_garbage),
		TEST(test_append_to_hole),
		TEST(test_append_without_room),
		TEST(test_append_to_alien),
		TEST(test_append_refuses),
		TEST(test_append_locked),
		TEST(test_append_leftovers),
		TEST(test_append_foreign_leftovers),
		TEST(test_append_to_a_twin),
		TEST(test_confirm_append),
		TEST(test_confirm_append_without_room),
		TEST(test_confirm_legacy_without_room),
		TEST(test_confirm_legacy_other_layout),
		TEST(test_append_legacy_to_cut),
		TEST(test_last),
		TEST(test_last_of_long_ago),
		TEST(test_replace),
		TEST(test_flip_everywhere),
		TEST(test_cut_everywhere),
		TEST(test_lost_and_added),
		TEST(test_resync_far),
		TEST(test_lying_length),
		TEST(test_headers_only),
		TEST(test_open_refuses),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
