/*
 * Commands of trafdb on databases that no trafdb writes: each ends, and says
 * that it failed.  And budgets that cannot be understood, and a feed that
 * fails between two transactions.
 */
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "history/history.h"
#include "history/history_impl.h"
#include "opened.h"
#include "rowset.h"
#include "scratch.h"
#include "tools/trafdb/limit.h"
#include "tools/trafdb/trafdb.h"
#include "traffic.h"
#include "within.h"

#define ROWS	20
#define BLOCKS	80
#define LIMIT	20		/* seconds */

static char	dirname[SCRATCH_LEN];

static int
setup(void **state)
{
	(void)state;
	return (scratch_make(dirname));
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dirname));
}

static struct history *
open_history(enum history_mode mode)
{
	return (opened(dirname, mode, LIMIT));
}

/* One block, of now. */
static void
make_history(void)
{
	struct history		*h = open_history(HISTORY_CREATE);
	struct block_info	 b;
	struct rowset		 rows;

	info_make(&b, 1, 1, 1);
	b.begin_ns = b.end_ns = (uint64_t)time(NULL) * UINT64_C(1000000000);
	rowset_make(&rows, ROWS, ROWS_IP4, 1);
	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	assert_int_equal(history_feed_block(h, &b), 0);
	assert_int_equal(history_feed_rows(h, rows.row, rows.n), 0);
	assert_int_equal(history_feed_commit(h, NULL), 0);
	assert_int_equal(history_close(h), 0);
	rowset_free(&rows);
}

/* The exit status of a command, which has a time limit. */
static int
run(command_fn *command)
{
	struct options	opt = { .statedir = dirname, .run_dir = dirname,
			    .all = true };
	int		status, null;
	pid_t		pid;

	(void)fflush(NULL);
	if ((pid = fork()) == 0) {
		(void)alarm(LIMIT);
		null = open("/dev/null", O_WRONLY);
		if (dup2(null, STDOUT_FILENO) == -1)
			_exit(99);
		_exit(command(&opt));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (WEXITSTATUS(status));
}

/* ---- a database that no trafdb writes ---- */

static void
put(const void *key, size_t klen, const void *value, size_t len)
{
	struct history	*h = open_history(HISTORY_WRITE);

	assert_int_equal(store_begin(h->store), 0);
	assert_int_equal(store_put(h->store, key, klen, value, len), 0);
	assert_int_equal(store_commit(h->store), 0);
	assert_int_equal(history_close(h), 0);
}

static struct history_account
account(void)
{
	struct history		*h = open_history(HISTORY_READ);
	struct history_account	 a;

	assert_int_equal(history_account(h, "eth0", &a), 1);
	assert_int_equal(history_close(h), 0);
	return (a);
}

static void
put_account(const struct history_account *a)
{
	struct history	*h = open_history(HISTORY_WRITE);

	assert_int_equal(store_begin(h->store), 0);
	assert_int_equal(account_put(h, a), 0);
	assert_int_equal(store_commit(h->store), 0);
	assert_int_equal(history_close(h), 0);
}

/* No block is in the last hours that the account has. */
static void
a_dump_ends_without_blocks(void **state)
{
	struct history_account	a;

	(void)state;
	make_history();
	a = account();
	a.last += 1000;
	put_account(&a);
	assert_int_equal(run(dump_run), TRAFD_EXIT_OK);
}

static void
an_account_has_no_hour_beyond_all_blocks(void **state)
{
	struct history_account	a;

	(void)state;
	make_history();
	a = account();
	a.kept[HISTORY_HOUR] = a.kept[HISTORY_DAY] = UINT32_MAX;
	put_account(&a);
	assert_int_equal(run(dump_run), TRAFD_EXIT_ERROR);
	a.kept[HISTORY_HOUR] = a.kept[HISTORY_DAY] = 0;
	a.closed = UINT32_MAX;
	put_account(&a);
	assert_int_equal(run(dump_run), TRAFD_EXIT_ERROR);
}

/* The period after it is before it. */
static void
totals_of_the_last_period_are_damaged(void **state)
{
	struct history_totals	t = { .blocks = 1 };
	uint8_t			key[KEY_MAX], value[TOTALS_MAX];
	size_t			len;
	int			g;

	(void)state;
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++) {
		make_history();
		len = key_totals(1, (enum history_grain)g, UINT32_MAX, key);
		put(key, len, value, totals_pack(&t, value));
		assert_int_equal(run(verify_run), TRAFD_EXIT_ERROR);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

/* A search for the name after it finds it again. */
static void
names_have_no_nul(void **state)
{
	struct history	*h;
	uint8_t		 value[256];
	const void	*found;
	size_t		 len;

	(void)state;
	make_history();
	h = open_history(HISTORY_READ);
	assert_int_equal(store_get(h->store, "Aeth0", 5, &found, &len), 1);
	assert_true(len <= sizeof(value));
	memcpy(value, found, len);
	assert_int_equal(history_close(h), 0);
	put("Aeth0\0x", 7, value, len);
	assert_int_equal(run(stat_run), TRAFD_EXIT_ERROR);
	put("La\0b", 4, "", 0);
	assert_int_equal(run(limit_run), TRAFD_EXIT_ERROR);
}

/* ---- feeding ---- */

int	__wrap_history_yield(struct history *);

/* A reader holds the history for longer than the writer waits. */
int
__wrap_history_yield(struct history *h)
{
	return (history_fail(h, EAGAIN, "busy"));
}

/* More blocks than one transaction takes. */
static void
make_file(const char *path)
{
	struct block_info	b;
	struct rowset		rows;
	off_t			at = 0;
	uint64_t		i;
	int			fd = open(path, O_RDWR | O_CREAT, 0600);

	assert_true(fd != -1);
	rowset_make(&rows, ROWS, ROWS_IP4, 1);
	for (i = 1; i <= BLOCKS; i++) {
		info_make(&b, 1, i, i);
		at += block_write(fd, at, &b, rows.sorted, rows.n);
	}
	rowset_free(&rows);
	assert_int_equal(close(fd), 0);
}

static void
a_feed_that_cannot_yield_keeps_what_is_committed(void **state)
{
	struct options		 opt = { .statedir = dirname };
	struct history		*h = open_history(HISTORY_CREATE);
	struct fed		 fed = { 0 };
	struct history_account	 a;
	char			 path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", dirname);
	make_file(path);
	assert_int_equal(feed_file(&opt, h, "eth0", path, 0, &fed), -1);
	assert_string_equal(history_error(h), "busy");
	assert_true(within(fed.added, 1, BLOCKS - 1));
	assert_int_equal(history_close(h), 0);
	a = account();
	assert_true(a.any);
}

/* ---- budgets ---- */

static int
delete_c(const struct options *opt)
{
	static const char	*const c[] = { "c" };
	struct options		 o = *opt;

	o.delete = true;
	o.names = c;
	o.nnames = 1;
	return (limit_run(&o));
}

static const struct limit	budget = {
	.name = "b", .iface = "eth0", .octets = 1, .direction = LIMIT_BOTH,
	.period = LIMIT_MONTH, .day = 1, .percent = { 50 }
};

static void
a_bad_budget_hides_no_other(void **state)
{
	struct history	*h;
	struct limit	 l = budget;

	(void)state;
	make_history();
	h = open_history(HISTORY_WRITE);
	assert_int_equal(limit_put(h, &l), 0);
	assert_int_equal(history_note_put(h, "a", "what", 4), 0);
	assert_int_equal(history_note_put(h, "c", "what", 4), 0);
	assert_int_equal(history_close(h), 0);
	assert_int_equal(run(check_run), TRAFD_EXIT_ERROR);
	h = open_history(HISTORY_READ);
	assert_int_equal(limit_next(h, "", &l), LIMIT_UNKNOWN);
	assert_string_equal(l.name, "a");
	assert_int_equal(limit_next(h, l.name, &l), 1);
	assert_string_equal(l.name, "b");
	assert_int_equal(l.told, 50);
	assert_int_equal(history_close(h), 0);
	assert_int_equal(run(limit_run), TRAFD_EXIT_ERROR);
	assert_int_equal(run(delete_c), TRAFD_EXIT_OK);
	h = open_history(HISTORY_READ);
	assert_int_equal(limit_next(h, "b", &l), 0);
	assert_int_equal(history_close(h), 0);
}

static void
a_note_is(struct history *h, const char *name, const char *text)
{
	uint8_t	note[HISTORY_NOTE_MAX + 1];
	char	found[HISTORY_NAME_MAX];
	size_t	len;

	assert_int_equal(history_note_next(h, "", found, note, &len), 1);
	assert_string_equal(found, name);
	note[len] = '\0';
	assert_string_equal((const char *)note, text);
}

/* `host' is 1 if nets is one address, as the first trafdb understands it. */
static void
notes_of_hosts_are_read_by_old_and_new(void **state)
{
	static const char	old[] = "iface eth0\nnets 192.0.2.7\nhost 1\n"
	    "direction both\nperiod month\nday 1\noctets 1\nat 50\nsince 0\n"
	    "told 0\n";
	struct history		*h;
	struct limit		 l = budget;

	(void)state;
	make_history();
	h = open_history(HISTORY_WRITE);
	assert_int_equal(history_note_put(h, "b", old, strlen(old)), 0);
	assert_int_equal(limit_next(h, "", &l), 1);
	assert_true(l.one_host);
	assert_string_equal(l.nets, "192.0.2.7");
	assert_string_equal(l.hosts, "");
	assert_int_equal(limit_put(h, &l), 0);
	a_note_is(h, "b", old);
	(void)strlcpy(l.hosts, "laptop", sizeof(l.hosts));
	assert_int_equal(limit_put(h, &l), 0);
	a_note_is(h, "b", "iface eth0\nnets 192.0.2.7\nhost 1\n"
	    "direction both\nperiod month\nday 1\noctets 1\nat 50\nsince 0\n"
	    "told 0\nhosts laptop\n");
	(void)strlcpy(l.nets, "192.0.2.7,2001:db8::7", sizeof(l.nets));
	assert_int_equal(limit_put(h, &l), 0);
	a_note_is(h, "b", "iface eth0\nnets 192.0.2.7,2001:db8::7\nhost 0\n"
	    "direction both\nperiod month\nday 1\noctets 1\nat 50\nsince 0\n"
	    "told 0\nhosts laptop\n");
	assert_int_equal(limit_next(h, "", &l), 1);
	assert_true(l.one_host);
	assert_string_equal(l.hosts, "laptop");
	assert_string_equal(l.nets, "192.0.2.7,2001:db8::7");
	assert_int_equal(history_close(h), 0);
}

/* An older trafdb needs nets, and says that it does not understand others. */
static void
notes_of_owners_have_no_networks(void **state)
{
	const char	*words[LIMIT_OWNER_WORDS] = {
		"anna", "nginx.service", NULL, NULL
	};
	struct history	*h;
	struct limit	 l = budget;

	(void)state;
	make_history();
	h = open_history(HISTORY_WRITE);
	l.nets[0] = l.hosts[0] = '\0';
	l.one_host = l.whole = false;
	(void)strlcpy(l.name, "b", sizeof(l.name));
	assert_int_equal(limit_owner_set(&l.owner, words), -1);
	assert_int_equal(limit_put(h, &l), 0);
	memset(&l, 0, sizeof(l));
	assert_int_equal(limit_next(h, "", &l), 1);
	assert_string_equal(l.owner.text, "user anna, unit nginx.service");
	assert_string_equal(limit_subject(&l), l.owner.text);
	l.told_since = 0;
	l.told = 0;
	l.octets = 1;
	assert_int_equal(limit_put(h, &l), 0);
	a_note_is(h, "b", "iface eth0\n"
	    "direction both\nperiod month\nday 1\noctets 1\nat 50\nsince 0\n"
	    "told 0\nuser anna\nunit nginx.service\n");
	assert_int_equal(history_close(h), 0);
}

/* The history is closed, too, if there are more budgets than are checked. */
static void
of_too_many_budgets_the_first_are_noted(void **state)
{
	struct history	*h;
	struct limit	 l = budget;
	int		 i;

	(void)state;
	make_history();
	h = open_history(HISTORY_WRITE);
	for (i = 0; i < 1001; i++) {
		(void)snprintf(l.name, sizeof(l.name), "b%04d", i);
		assert_int_equal(limit_put(h, &l), 0);
	}
	assert_int_equal(history_close(h), 0);
	assert_int_equal(run(check_run), TRAFD_EXIT_ERROR);
	h = open_history(HISTORY_READ);
	assert_int_equal(limit_next(h, "b0998", &l), 1);
	assert_int_equal(l.told, 50);
	assert_int_equal(limit_next(h, "b0999", &l), 1);
	assert_int_equal(l.told, 0);
	assert_int_equal(history_close(h), 0);
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		CASE(a_dump_ends_without_blocks),
		CASE(an_account_has_no_hour_beyond_all_blocks),
		CASE(totals_of_the_last_period_are_damaged),
		CASE(names_have_no_nul),
		CASE(a_feed_that_cannot_yield_keeps_what_is_committed),
		CASE(a_bad_budget_hides_no_other),
		CASE(notes_of_hosts_are_read_by_old_and_new),
		CASE(notes_of_owners_have_no_networks),
		CASE(of_too_many_budgets_the_first_are_noted),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
