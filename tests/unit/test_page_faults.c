/*
 * A page of the history's files is not what was written: zeroed, exchanged
 * with another, copied over another, cut off, changed, or an older one of its
 * place.  Whoever reads gets what was written, or an error with a text; so
 * does who writes, and who reads after that.  Nobody hangs or crashes: each
 * is a process of its own with a time limit.
 *
 * TRAF_FAULTS faults of each kind in each file (4), from the one numbered
 * TRAF_FAULTS_FIRST on.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
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

#include "history/history.h"
#include "rowset.h"
#include "scratch.h"

#define NSEC	UINT64_C(1000000000)
#define BEGIN	(UINT64_C(1767225600) * NSEC)
#define STEP	(UINT64_C(90000) * NSEC)	/* days come to an end */

/* Blocks in all, and those of an earlier state; one more is fed later. */
#define BLOCKS	36
#define OLD	30
#define ROWS	250

#define PAGE	65536
#define SMALL	4096		/* of a file system */
#define LIMIT	20		/* seconds */

static char	dirname[SCRATCH_LEN];

/* ---- the history ---- */

static struct history *
try_open(enum history_mode mode, char err[HISTORY_ERROR_LEN])
{
	return (history_open(dirname, mode, LIMIT, err));
}

static void
feed(struct history *h, uint64_t number)
{
	struct block_info	b;
	struct rowset		rows;

	info_make(&b, 5, number, number);
	b.begin_ns = BEGIN + number * STEP;
	b.end_ns = b.begin_ns + 300 * NSEC;
	rowset_make(&rows, ROWS, ROWS_MIXED, number);
	if (history_feed_block(h, &b) == -1 ||
	    history_feed_rows(h, rows.row, rows.n) == -1)
		_exit(1);
	rowset_free(&rows);
}

/* 0, or -1: it was refused, with a text. */
static int
feed_from(uint64_t first, uint64_t until)
{
	char		 err[HISTORY_ERROR_LEN] = "";
	struct history	*h = try_open(HISTORY_CREATE, err);
	uint64_t	 i;
	int		 rc = 0;

	if (h == NULL)
		return (err[0] == '\0' ? abort(), 0 : -1);
	for (i = first; i < until && rc == 0; i++) {
		if ((rc = history_feed_begin(h, "eth0")) == -1)
			break;
		feed(h, i);
		rc = history_feed_commit(h, NULL);
	}
	return (history_close(h) == -1 ? -1 : rc);
}

/* ---- everything that it says, as one number ---- */

struct digest {
	uint64_t	sum;
	uint64_t	rows;
};

static void
mix(struct digest *d, uint64_t v)
{
	d->sum = (d->sum ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	d->sum ^= d->sum >> 29;
}

static int
mix_row(void *arg, const struct history_row *row)
{
	struct digest	*d = arg;
	size_t		 k;

	for (k = 0; k < row->len; k++)
		mix(d, row->subject[k]);
	for (k = 0; k < HISTORY_COUNTS; k++) {
		mix(d, row->count[k].packets);
		mix(d, row->count[k].data);
		mix(d, row->count[k].ip);
	}
	d->rows++;
	return (0);
}

static int
mix_block(void *arg, const struct history_totals *t)
{
	mix(arg, t->checksum);
	mix(arg, t->total.packets);
	mix(arg, t->begin_ns);
	return (0);
}

/* Which blocks of the first and some that never were are known. */
static int
mix_known(struct history *h, const struct history_account *a,
    struct digest *d)
{
	struct block_info	b;
	enum history_known	known;
	uint64_t		i;

	for (i = 0; i < BLOCKS + 4; i++) {
		info_make(&b, 5, i, i);
		b.begin_ns = BEGIN + i * STEP;
		b.end_ns = b.begin_ns + 300 * NSEC;
		if ((known = history_knows(h, a, &b)) == HISTORY_FAILED)
			return (-1);
		mix(d, known);
	}
	return (0);
}

static int
mix_range(struct history *h, const struct history_account *a,
    struct history_range r, struct digest *d)
{
	struct history_totals	t;
	int			k, rc;

	rc = history_total(h, a, r, &t);
	mix(d, t.total.ip);
	mix(d, t.blocks);
	for (k = 1; k <= HISTORY_KINDS && rc == 0; k++)
		rc = history_each(h, a, (enum history_kind)k, r, NULL,
		    mix_row, d);
	return (rc);
}

/* All of it: by months where there are some, by days, and by hours. */
static int
mix_all(struct history *h, struct digest *d)
{
	struct history_account	a;
	uint32_t		day = (uint32_t)(BEGIN / HISTORY_HOUR_NS);
	struct history_range	all = { 0, UINT32_MAX }, r = { day, day };
	int			rc;

	if ((rc = history_account(h, "eth0", &a)) != 1) {
		mix(d, 1);
		return (rc);
	}
	mix(d, a.first);
	mix(d, a.last);
	rc = mix_range(h, &a, all, d);
	if (rc == 0)
		rc = history_each_once(h, &a, HISTORY_PAIR, all, mix_row, d);
	for (; r.from <= a.last && rc == 0; r.from = r.until) {
		r.until = r.from + 97;
		rc = mix_range(h, &a, r, d);
	}
	if (rc == 0)
		rc = history_blocks(h, &a, all, mix_block, d);
	return (rc == 0 ? mix_known(h, &a, d) : rc);
}

/* 0, or -1: it was refused, with a text. */
static int
read_all(struct digest *d)
{
	char		 err[HISTORY_ERROR_LEN] = "";
	struct history	*h = try_open(HISTORY_READ, err);
	int		 rc;

	memset(d, 0, sizeof(*d));
	if (h == NULL)
		return (err[0] == '\0' ? abort(), 0 : -1);
	rc = mix_all(h, d);
	if (rc == -1 && history_error(h)[0] == '\0')
		abort();
	(void)history_close(h);
	return (rc);
}

/* ---- its files ---- */

struct file {
	char		 name[32];
	uint8_t		*octets;
	size_t		 len;
};

struct files {
	struct file	file[16];
	size_t		n;
};

static struct files	now, old;
static struct digest	said, said_later;

static void
path_of(const char *name, char path[128])
{
	snprintf(path, 128, "%s/" HISTORY_DIR "/%.40s", dirname, name);
}

static void
file_load(struct file *f, const char *name)
{
	char		path[128];
	struct stat	st;
	int		fd;

	path_of(name, path);
	snprintf(f->name, sizeof(f->name), "%.31s", name);
	assert_true((fd = open(path, O_RDONLY)) != -1 && fstat(fd, &st) == 0);
	f->len = (size_t)st.st_size;
	assert_non_null(f->octets = malloc(f->len + 1));
	assert_int_equal(read(fd, f->octets, f->len), (ssize_t)f->len);
	close(fd);
}

static void
files_load(struct files *all)
{
	char		 path[128];
	struct dirent	*e;
	DIR		*d;

	path_of(".", path);
	assert_non_null(d = opendir(path));
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			file_load(&all->file[all->n++], e->d_name);
	closedir(d);
}

static void
files_free(struct files *all)
{
	while (all->n > 0)
		free(all->file[--all->n].octets);
}

static void
file_write(const char *name, const uint8_t *octets, size_t len)
{
	char	path[128];
	int	fd;

	path_of(name, path);
	assert_true((fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640)) !=
	    -1);
	assert_int_equal(write(fd, octets, len), (ssize_t)len);
	close(fd);
}

/* As if nothing had been done since. */
static void
files_restore(void)
{
	char	command[160];
	size_t	i;

	snprintf(command, sizeof(command), "rm -f '%s/" HISTORY_DIR "'/*",
	    dirname);
	assert_int_equal(system(command), 0);
	for (i = 0; i < now.n; i++)
		file_write(now.file[i].name, now.file[i].octets,
		    now.file[i].len);
}

static const struct file *
file_of(const struct files *all, const char *name)
{
	size_t	i;

	for (i = 0; i < all->n; i++)
		if (strncmp(all->file[i].name, name, strlen(name)) == 0)
			return (&all->file[i]);
	return (NULL);
}

/* ---- faults ---- */

enum fault { ZERO, SWAP, COPY, CUT, FLIP, STALE, FAULTS };

static const char *const	names[FAULTS] = {
	"zero", "swap", "copy", "cut", "flip", "stale"
};

struct damage {
	enum fault	 fault;
	size_t		 unit;		/* octets of a page */
	size_t		 a, b;		/* pages */
	uint8_t		*octets;	/* of the file */
	size_t		 len;
};

static size_t
page_len(const struct damage *d, size_t page)
{
	size_t	left = d->len - page * d->unit;

	return (left < d->unit ? left : d->unit);
}

static void
exchange(struct damage *d, size_t n)
{
	uint8_t	keep[PAGE];

	memcpy(keep, d->octets + d->a * d->unit, n);
	memcpy(d->octets + d->a * d->unit, d->octets + d->b * d->unit, n);
	if (d->fault == SWAP)
		memcpy(d->octets + d->b * d->unit, keep, n);
}

static void
apply(struct damage *d, const struct file *before, uint64_t random)
{
	size_t	 n = page_len(d, d->a), at = d->a * d->unit;
	uint8_t	*page = d->octets + at;

	switch (d->fault) {
	case ZERO:
		memset(page, 0, n);
		break;
	case SWAP:
	case COPY:
		exchange(d, n < page_len(d, d->b) ? n : page_len(d, d->b));
		break;
	case CUT:
		d->len = at;
		break;
	case FLIP:
		page[random % n] ^= (uint8_t)(1U << random / n % 8);
		break;
	default:
		if (before != NULL && before->len >= at + n)
			memcpy(page, before->octets + at, n);
	}
}

/* False: such a fault changes nothing here. */
static bool
damage(const char *name, enum fault fault, uint64_t seed)
{
	const struct file	*f = file_of(&now, name);
	struct damage		 d = { .fault = fault, .len = f->len };
	uint64_t		 rng = seed * FAULTS + fault + 1;
	size_t			 pages;
	bool			 changed;

	if (f->len == 0)
		return (false);
	d.unit = random_next(&rng) % 4 == 0 || f->len <= PAGE ? SMALL : PAGE;
	pages = (f->len + d.unit - 1) / d.unit;
	d.a = random_next(&rng) % pages;
	d.b = random_next(&rng) % pages;
	assert_non_null(d.octets = malloc(f->len));
	memcpy(d.octets, f->octets, f->len);
	apply(&d, file_of(&old, f->name), random_next(&rng));
	changed = d.len != f->len || memcmp(d.octets, f->octets, f->len) != 0;
	if (changed)
		file_write(f->name, d.octets, d.len);
	free(d.octets);
	return (changed);
}

/* ---- who comes then ---- */

/* What it is to say, or it must refuse. */
static int
read_right(const struct digest *right)
{
	struct digest	d;

	if (read_all(&d) == -1)
		return (1);
	return (d.sum == right->sum && d.rows == right->rows ? 0 : 2);
}

static int
reader(void)
{
	return (read_right(&said));
}

/* It has fed one more block, or nothing. */
static int
writer(void)
{
	if (feed_from(BLOCKS, BLOCKS + 1) == 0)
		return (read_right(&said_later));
	return (read_right(&said) == 2 ? 2 : 1);
}

/* 0: it was right; 1: it was refused. */
static int
in_child(int (*fn)(void), const char *what)
{
	pid_t	pid;
	int	status;

	if ((pid = fork()) == 0) {
		alarm(LIMIT);
		_exit(fn());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		fail_msg("%s: ended by signal %d", what, WTERMSIG(status));
	if (WEXITSTATUS(status) > 1)
		fail_msg("%s: a wrong answer", what);
	return (WEXITSTATUS(status));
}

static unsigned long
number(const char *name, unsigned long otherwise)
{
	const char	*text = getenv(name);

	return (text == NULL ? otherwise : strtoul(text, NULL, 10));
}

struct found {
	unsigned	n;		/* faults */
	unsigned	refused;	/* by a reader */
};

static void
one_fault(const char *name, enum fault fault, uint64_t seed,
    struct found *found)
{
	const struct file	*f = file_of(&now, name);
	char			 what[64];

	if (!damage(name, fault, seed))
		return;
	found->n++;
	snprintf(what, sizeof(what), "%s: %s %llu: reader", name,
	    names[fault], (unsigned long long)seed);
	found->refused += in_child(reader, what) != 0;
	snprintf(what, sizeof(what), "%s: %s %llu: writer", name,
	    names[fault], (unsigned long long)seed);
	if (seed % 4 == 0) {
		(void)in_child(writer, what);
		files_restore();
	} else
		file_write(f->name, f->octets, f->len);
}

static struct found
walk(const char *name)
{
	struct found	all = { 0, 0 };
	unsigned long	first = number("TRAF_FAULTS_FIRST", 0);
	unsigned long	n = number("TRAF_FAULTS", 4), seed;
	int		fault;

	for (fault = 0; fault < FAULTS; fault++)
		for (seed = first; seed < first + n; seed++)
			one_fault(name, (enum fault)fault, seed, &all);
	print_message("# %s: %u faults, %u refused\n", name, all.n,
	    all.refused);
	return (all);
}

/* ---- tests ---- */

/* An earlier state, a later one, and what they say. */
static int
setup(void **state)
{
	(void)state;
	if (scratch_make(dirname) == -1 || feed_from(0, OLD) == -1)
		return (-1);
	files_load(&old);
	if (feed_from(OLD, BLOCKS) == -1 || read_all(&said) == -1)
		return (-1);
	files_load(&now);
	if (feed_from(BLOCKS, BLOCKS + 1) == -1 ||
	    read_all(&said_later) == -1)
		return (-1);
	files_restore();
	return (said.rows > 0 && said_later.rows > said.rows ? 0 : -1);
}

static int
teardown(void **state)
{
	(void)state;
	files_free(&now);
	files_free(&old);
	return (scratch_remove(dirname));
}

/* Nearly every page is read: most faults are noticed. */
static void
of_the_database(void **state)
{
	struct found	f = walk("history.db");

	(void)state;
	assert_true(file_of(&now, "history.db")->len >= 12 * PAGE);
	assert_true(f.n > 0);
	assert_true(f.refused > f.n / 2);
}

static void
of_its_sums(void **state)
{
	(void)state;
	assert_true(walk("sums").n > 0);
}

/* Which readers do not need. */
static void
of_its_log(void **state)
{
	struct found	f = walk("log");

	(void)state;
	assert_true(f.n > 0);
	assert_int_equal(f.refused, 0);
}

static void
of_its_lock(void **state)
{
	(void)state;
	assert_true(walk("lock").n > 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(of_the_database),
		cmocka_unit_test(of_its_sums),
		cmocka_unit_test(of_its_log),
		cmocka_unit_test(of_its_lock)
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
