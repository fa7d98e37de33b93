/*
 * The history against a list of all flows that were fed: random blocks in
 * random order, random questions; exactly once; kills at every step.
 */
#include <sys/stat.h>
#include <sys/wait.h>
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
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "history/history.h"
#include "history/history_impl.h"
#include "history/pack/code.h"
#include "opened.h"
#include "rowset.h"
#include "scratch.h"
#include "within.h"

#define BLOCKS	60
/* 2026-01-30 00:00 UTC: the month ends within the days of the test. */
#define START	((uint32_t)491472)
#define HOURS	80

struct fed {
	struct block_info	info;
	struct rowset		rows;
	uint32_t		hour;
	bool			in;
};

static char		dirname[SCRATCH_LEN];
static struct fed	fed[BLOCKS];
static bool		slowly;		/* periods are closed in small parts */
static unsigned		halves;		/* how often one was half closed */

static int
setup(void **state)
{
	(void)state;
	return (scratch_make(dirname));
}

static int
teardown(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < BLOCKS; i++) {
		rowset_free(&fed[i].rows);
		fed[i].in = false;
	}
	slowly = false;
	return (scratch_remove(dirname));
}

static struct history *
open_history(enum history_mode mode)
{
	struct history	*h = opened(dirname, mode, 120);

	if (slowly) {
		h->close_blocks = UINT64_MAX;
		h->close_rows = 100;
		h->close_rows_each = 0;
	}
	return (h);
}

/* Is a period half summed up? */
static bool
is_half_closed(struct history *h)
{
	static const uint8_t	 key[] = { KEY_JOB, 0, 0, 0, 1 };
	const void		*value;
	size_t			 len;

	return (store_get(h->store, key, sizeof(key), &value, &len) == 1 &&
	    len > 5);
}

/* ---- blocks ---- */

static void
make_blocks(uint64_t seed, size_t rows)
{
	uint64_t	r;
	size_t		i;

	for (i = 0; i < BLOCKS; i++) {
		r = random_next(&seed);
		rowset_make(&fed[i].rows, rows, ROWS_MIXED, seed % 5);
		info_make(&fed[i].info, 1 + r % 2, 10 * i + 5, 10 * i + 3);
		fed[i].hour = START + (uint32_t)(r >> 8) % HOURS;
		fed[i].info.begin_ns = fed[i].hour * HISTORY_HOUR_NS -
		    HISTORY_HOUR_NS / 2 + (r >> 32);
		fed[i].info.end_ns = fed[i].info.begin_ns + HISTORY_HOUR_NS;
		fed[i].info.rows = fed[i].rows.n;
	}
}

/* In the history it is, or goes there now. */
static void
feed(struct history *h, struct fed *b)
{
	struct flow	*rows;
	size_t		 i;

	assert_int_equal(history_feed_block(h, &b->info), 0);
	rows = calloc(b->rows.n + 1, sizeof(*rows));
	for (i = 0; i < b->rows.n; i++)
		rows[i] = *b->rows.sorted[i];
	assert_int_equal(history_feed_rows(h, rows, b->rows.n), 0);
	free(rows);
}

static void
feed_some(struct history *h, uint64_t *rng)
{
	size_t	i, n = 1 + random_next(rng) % 8;

	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	for (; n > 0; n--) {
		i = (size_t)random_next(rng) % BLOCKS;
		assert_int_equal(history_feed_known(h, &fed[i].info),
		    fed[i].in ? HISTORY_KNOWN : HISTORY_NEW);
		if (!fed[i].in)
			feed(h, &fed[i]);
		fed[i].in = true;
	}
	assert_int_equal(history_feed_commit(h, NULL), 0);
	halves += is_half_closed(h);
}

/* ---- questions ---- */

struct rows {
	struct history_row	*row;
	size_t			 n;
	size_t			 room;
};

static struct history_row *
rows_add(struct rows *l)
{
	if (l->n == l->room) {
		l->room = 2 * l->room + 1000;
		l->row = reallocarray(l->row, l->room, sizeof(*l->row));
		assert_non_null(l->row);
	}
	memset(&l->row[l->n], 0, sizeof(*l->row));
	return (&l->row[l->n++]);
}

static int
collect(void *arg, const struct history_row *row)
{
	*rows_add(arg) = *row;
	return (0);
}

/* By the networks of info_make(): 10.0.0.0/8 fd00::/8. */
static bool
local(unsigned family, const uint8_t a[16], bool given_up)
{
	if (given_up || family == FLOW_FAMILY_NONE)
		return (false);
	return (family == FLOW_FAMILY_IP4 ? a[12] == 10 : a[0] == 0xfd);
}

static void
set_sides(struct history_row *row, const struct flow_key *k, uint64_t octets)
{
	bool	src = local(k->family, k->src, k->flags & FLOW_NO_SRC);
	bool	dst = local(k->family, k->dst, k->flags & FLOW_NO_DST);

	row->in = dst && !src ? octets : 0;
	row->out = src && !dst ? octets : 0;
}

/* What a flow is in rows of that kind, by the definition. */
static void
add_flow(struct rows *l, enum history_kind kind, const struct flow *f)
{
	struct history_row	*row, in = { .len = 0 };

	if (kind == HISTORY_VLAN && f->key.vlan == FLOW_VLAN_NONE)
		return;
	row = rows_add(l);
	row->count[0] = f->count;
	if (kind != HISTORY_PAIR)
		set_sides(row, &f->key, f->count.ip);
	switch (kind) {
	case HISTORY_SERVICE:
		history_subject_service(row, &f->key);
		break;
	case HISTORY_VLAN:
		history_subject_vlan(row, &f->key);
		break;
	case HISTORY_PAIR:
		if (history_subject_pair(row, &f->key) == 1) {
			row->count[1] = f->count;
			memset(&row->count[0], 0, sizeof(row->count[0]));
		}
		break;
	default:
		history_subject_dst(row, &f->key);
		in = *row;
		row = rows_add(l);
		set_sides(row, &f->key, f->count.ip);
		row->count[HISTORY_OUT] = f->count;
		history_subject_src(row, &f->key);
		if (history_subject_cmp(&in, row) == 0) {
			row->count[HISTORY_SELF] = f->count;
			row->in = row->out = 0;
		}
		break;
	}
}

static void
collect_fed(struct rows *l, enum history_kind kind, struct history_range r)
{
	size_t	i, k;

	for (i = 0; i < BLOCKS; i++)
		if (fed[i].in && fed[i].hour >= r.from &&
		    fed[i].hour < r.until)
			for (k = 0; k < fed[i].rows.n; k++)
				add_flow(l, kind, fed[i].rows.sorted[k]);
}

static void
same_rows(struct rows *a, struct rows *b)
{
	size_t	i;

	a->n = history_rows_merge(a->row, a->n);
	b->n = history_rows_merge(b->row, b->n);
	assert_int_equal(a->n, b->n);
	for (i = 0; i < a->n; i++) {
		assert_int_equal(history_subject_cmp(&a->row[i], &b->row[i]),
		    0);
		assert_memory_equal(a->row[i].count, b->row[i].count,
		    sizeof(a->row[i].count));
		assert_int_equal(a->row[i].in, b->row[i].in);
		assert_int_equal(a->row[i].out, b->row[i].out);
	}
}

static void
ask_one(struct history *h, const struct history_account *a,
    enum history_kind kind, struct history_range r, struct rows *all,
    uint64_t *rng)
{
	struct rows		 got = { 0 };
	struct history_row	*one;

	if (all->n == 0)
		return;
	one = &all->row[random_next(rng) % all->n];
	assert_int_equal(history_each(h, a, kind, r, one, collect, &got), 0);
	got.n = history_rows_merge(got.row, got.n);
	assert_int_equal(got.n, 1);
	assert_memory_equal(got.row[0].count, one->count, sizeof(one->count));
	assert_int_equal(got.row[0].in, one->in);
	free(got.row);
}

static int
add_block(void *arg, const struct history_totals *t)
{
	totals_add(arg, t);
	return (0);
}

static void
ask_totals(struct history *h, const struct history_account *a,
    struct history_range r)
{
	struct history_totals	t, sum;
	struct block_info	b;
	uint64_t		frames = 0, blocks = 0, begin = UINT64_MAX;
	size_t			i;

	for (i = 0; i < BLOCKS; i++)
		if (fed[i].in && fed[i].hour >= r.from &&
		    fed[i].hour < r.until) {
			blocks++;
			frames += fed[i].info.ledger.v[LEDGER_FRAMES];
			if (fed[i].info.begin_ns < begin)
				begin = fed[i].info.begin_ns;
		}
	assert_int_equal(history_total(h, a, r, &t), 0);
	assert_int_equal(t.blocks, blocks);
	assert_int_equal(t.ledger.v[LEDGER_FRAMES], frames);
	memset(&sum, 0, sizeof(sum));
	assert_int_equal(history_blocks(h, a, r, add_block, &sum), 0);
	assert_memory_equal(&sum, &t, sizeof(t));
	if (blocks > 0) {
		assert_int_equal(history_texts(h, t.texts, &b), 0);
		assert_string_equal(b.networks, "10.0.0.0/8 fd00::/8");
	}
	if (blocks > 0)
		assert_int_equal(t.begin_ns, begin);
}

static void
ask(struct history *h, uint64_t *rng)
{
	struct history_account	 a;
	struct history_range	 r;
	struct rows		 want = { 0 }, got = { 0 };
	enum history_kind	 kind;

	kind = (enum history_kind)(1 + random_next(rng) % HISTORY_KINDS);
	r.from = START - 10 + (uint32_t)random_next(rng) % HOURS;
	r.until = r.from + (uint32_t)random_next(rng) % HOURS;
	if (random_next(rng) % 4 == 0) {
		r.from = 0;
		r.until = UINT32_MAX;
	}
	assert_int_equal(history_account(h, "eth0", &a), 1);
	assert_true(history_answers(&a, &r));
	assert_int_equal(history_each(h, &a, kind, r, NULL, collect, &got),
	    0);
	collect_fed(&want, kind, r);
	same_rows(&want, &got);
	ask_one(h, &a, kind, r, &want, rng);
	ask_totals(h, &a, r);
	free(want.row);
	free(got.row);
}

static void
random_blocks_random_questions(void **state)
{
	struct history	*h;
	uint64_t	 seed, rng;
	int		 i, k;

	for (seed = 1; seed <= 6; seed++) {
		rng = seed;
		slowly = seed % 2;
		make_blocks(seed, 300);
		for (i = 0; i < 12; i++) {
			h = open_history(HISTORY_CREATE);
			feed_some(h, &rng);
			assert_int_equal(history_close(h), 0);
			h = open_history(HISTORY_READ);
			for (k = 0; k < 6; k++)
				ask(h, &rng);
			assert_int_equal(history_close(h), 0);
		}
		teardown(state);
		setup(state);
	}
}

/* ---- periods half closed ---- */

static void
feed_in_order(struct history *h, size_t i)
{
	uint32_t	hour = START + (uint32_t)(i * HOURS / BLOCKS);

	fed[i].info.begin_ns += (hour - (uint64_t)fed[i].hour) *
	    HISTORY_HOUR_NS;
	fed[i].info.end_ns = fed[i].info.begin_ns + HISTORY_HOUR_NS;
	fed[i].hour = hour;
	fed[i].in = true;
	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	feed(h, &fed[i]);
	assert_int_equal(history_feed_commit(h, NULL), 0);
	halves += is_half_closed(h);
}

/* Feedings of nothing: how many until all is closed that is over. */
static unsigned
close_all(struct history *h)
{
	struct history_account	a;
	unsigned		n = 0;

	do {
		assert_int_equal(history_feed_begin(h, "eth0"), 0);
		assert_int_equal(history_feed_commit(h, NULL), 0);
		assert_int_equal(history_account(h, "eth0", &a), 1);
		n++;
	} while (a.closed < a.last);
	assert_false(is_half_closed(h));
	return (n);
}

static void
half_closed_periods_answer(void **state)
{
	struct history	*h;
	uint64_t	 rng = 3;
	size_t		 i;
	int		 k;

	(void)state;
	slowly = true;
	halves = 0;
	make_blocks(4, 600);
	h = open_history(HISTORY_CREATE);
	for (i = 0; i < BLOCKS; i++) {
		feed_in_order(h, i);
		for (k = 0; k < 4; k++)
			ask(h, &rng);
	}
	assert_true(halves > 8);
	assert_true(close_all(h) > 2);
	for (k = 0; k < 20; k++)
		ask(h, &rng);
	assert_int_equal(history_close(h), 0);
}

/* ---- exactly once ---- */

static void
what_is_not_committed_is_not_there(void **state)
{
	struct history		*h;
	struct history_account	 a;

	(void)state;
	make_blocks(1, 50);
	h = open_history(HISTORY_CREATE);
	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	feed(h, &fed[0]);
	history_feed_abort(h);
	assert_int_equal(history_account(h, "eth0", &a), 0);
	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	feed(h, &fed[0]);
	assert_int_equal(history_close(h), 0);	/* in the middle */
	h = open_history(HISTORY_READ);
	assert_int_equal(history_account(h, "eth0", &a), 0);
	assert_int_equal(history_close(h), 0);
}

/* The caller need not know whether it was the commit that failed. */
static void
an_abort_without_a_feed_does_nothing(void **state)
{
	struct history		*h;
	struct history_account	 a;

	(void)state;
	make_blocks(1, 50);
	h = open_history(HISTORY_CREATE);
	history_feed_abort(h);
	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	feed(h, &fed[0]);
	assert_int_equal(history_feed_commit(h, NULL), 0);
	history_feed_abort(h);
	assert_int_equal(history_account(h, "eth0", &a), 1);
	assert_int_equal(history_close(h), 0);
}

static int
stop(void *arg, const struct history_totals *t)
{
	(void)t;
	++*(unsigned *)arg;
	return (1);
}

static void
blocks_end_with_what_was_returned(void **state)
{
	struct history		*h;
	struct history_account	 a;
	struct history_range	 all = { 0, UINT32_MAX };
	unsigned		 n = 0;
	size_t			 i;

	(void)state;
	make_blocks(1, 50);
	h = open_history(HISTORY_CREATE);
	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	for (i = 0; i < 3; i++)
		feed(h, &fed[i]);
	assert_int_equal(history_feed_commit(h, NULL), 0);
	assert_int_equal(history_account(h, "eth0", &a), 1);
	assert_int_equal(history_blocks(h, &a, all, stop, &n), 1);
	assert_int_equal(n, 1);
	/* An account of no name takes no place. */
	assert_int_equal(history_replace(h, "eth1", "eth0"), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(history_error(h), "no such account");
	assert_int_equal(history_account(h, "eth0", &a), 1);
	assert_int_equal(history_close(h), 0);
}

/* ---- kills ---- */

/* Feed blocks from `first' on, one a transaction, until killed. */
static _Noreturn void
feed_until_killed(size_t first, int told)
{
	struct history	*h = open_history(HISTORY_CREATE);
	size_t		 i;

	for (i = first; i < BLOCKS; i++) {
		assert_int_equal(history_feed_begin(h, "eth0"), 0);
		feed(h, &fed[i]);
		assert_int_equal(history_feed_commit(h, NULL), 0);
		if (i % 4 == 3)
			assert_int_equal(history_yield(h), 0);
		if (write(told, "", 1) != 1)
			_exit(1);
	}
	_exit(history_close(h) == 0 ? 0 : 1);
}

/* How many blocks are there: the first ones, and nothing of the next. */
static size_t
count_fed(struct history *h)
{
	size_t	i;

	assert_int_equal(history_feed_begin(h, "eth0"), 0);
	for (i = 0; i < BLOCKS; i++)
		fed[i].in = history_feed_known(h, &fed[i].info) ==
		    HISTORY_KNOWN;
	history_feed_abort(h);
	for (i = 0; i < BLOCKS && fed[i].in; i++)
		;
	return (i);
}

static size_t
kill_one(size_t first, uint64_t *rng)
{
	int		 told[2], status;
	char		 c;
	pid_t		 pid;
	size_t		 n = first, wait_for = random_next(rng) % 8;

	assert_int_equal(pipe(told), 0);
	if ((pid = fork()) == 0)
		feed_until_killed(first, told[1]);
	close(told[1]);
	while (n - first < wait_for && read(told[0], &c, 1) == 1)
		n++;
	/* Somewhere in the next one. */
	usleep((useconds_t)(random_next(rng) % 15000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	while (read(told[0], &c, 1) == 1)
		n++;
	close(told[0]);
	return (n);
}

static void
a_kill_loses_and_doubles_nothing(void **state)
{
	struct history	*h;
	uint64_t	 rng = 42;
	size_t		 n, told, first = 0;
	int		 k;

	(void)state;
	slowly = true;
	make_blocks(9, 800);
	while (first < BLOCKS) {
		told = kill_one(first, &rng);
		h = open_history(HISTORY_CREATE);
		n = count_fed(h);
		/* All that was told is there, and at most one more. */
		assert_true(n >= told && n <= told + 1);
		if (n > 0)
			for (k = 0; k < 3; k++)
				ask(h, &rng);
		assert_int_equal(history_close(h), 0);
		first = n;
	}
}

/* ---- readers and writers ---- */

static void
readers_see_whole_transactions(void **state)
{
	struct history		*h;
	struct history_account	 a;
	struct history_totals	 t;
	struct rows		 got = { 0 }, want = { 0 };
	struct history_range	 all = { 0, UINT32_MAX };
	uint64_t		 blocks = 0;
	int			 status;
	size_t			 i;
	pid_t			 pid;

	(void)state;
	make_blocks(3, 200);
	history_close(open_history(HISTORY_CREATE));
	if ((pid = fork()) == 0)
		feed_until_killed(0, open("/dev/null", O_WRONLY));
	while (blocks < BLOCKS) {
		h = open_history(HISTORY_READ);
		if (history_account(h, "eth0", &a) == 1) {
			assert_int_equal(history_total(h, &a, all, &t), 0);
			assert_true(t.blocks >= blocks);
			blocks = t.blocks;
			for (i = 0; i < BLOCKS; i++)
				fed[i].in = i < blocks;
			got.n = want.n = 0;
			assert_int_equal(history_each(h, &a, HISTORY_PAIR,
			    all, NULL, collect, &got), 0);
			collect_fed(&want, HISTORY_PAIR, all);
			same_rows(&want, &got);
		}
		history_close(h);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(got.row);
	free(want.row);
}

static void
one_writer_at_a_time(void **state)
{
	char		 err[HISTORY_ERROR_LEN];
	struct history	*h = open_history(HISTORY_CREATE);

	(void)state;
	assert_null(history_open(dirname, HISTORY_WRITE, 0, err));
	assert_int_equal(errno, EAGAIN);
	assert_non_null(strstr(err, "another trafdb"));
	assert_null(history_open(dirname, HISTORY_READ, 0, err));
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(history_close(h), 0);
}

/* The state directory has a path of more than 600 bytes. */
static void
a_long_path_is_verified(void **state)
{
	char		 path[1024], err[HISTORY_ERROR_LEN];
	struct history	*h;
	size_t		 len;
	int		 i;

	(void)state;
	(void)strlcpy(path, dirname, sizeof(path));
	for (i = 0; i < 3; i++) {
		len = strlen(path);
		(void)snprintf(path + len, sizeof(path) - len, "/%0200d", i);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	h = history_open(path, HISTORY_CREATE, 20, err);
	assert_non_null(h);
	assert_int_equal(history_close(h), 0);
	assert_int_equal(history_verify_file(path, 20, err), 0);
}

/* ---- packs ---- */

static void
packs_are_what_was_packed(void **state)
{
	struct history_packer	*p = history_packer_new();
	struct history_row	 got[HISTORY_PACK_ROWS];
	struct rows		 l = { 0 };
	struct rowset		 s;
	const uint8_t		*octets;
	enum history_kind	 kind;
	size_t			 i, n, len, seed;

	(void)state;
	for (seed = 0; seed < 60; seed++) {
		l.n = 0;
		kind = (enum history_kind)(1 + seed % 3);
		rowset_make(&s, 1 + seed * 4, seed % 2 ? ROWS_EXTREME :
		    ROWS_MIXED, seed);
		for (i = 0; i < s.n; i++)
			add_flow(&l, kind, s.sorted[i]);
		n = history_rows_merge(l.row, l.n);
		n = n > HISTORY_PACK_ROWS ? HISTORY_PACK_ROWS : n;
		octets = history_pack(p, kind, l.row, n, &len);
		assert_non_null(octets);
		assert_int_equal(history_unpack(p, kind, octets, len, got), n);
		assert_memory_equal(got, l.row, n * sizeof(got[0]));
		rowset_free(&s);
	}
	free(l.row);
	history_packer_free(p);
}

/* A run of traffic that is another kind of traffic every 20000 rows. */
static void
write_run(struct history *h, const struct sorted_run *run, size_t n)
{
	struct history_row	 row = { .len = 5 };
	struct run_writer	*w = run_begin(h, run);
	uint64_t		 rng = 7, r;
	size_t			 i;

	assert_non_null(w);
	row.subject[0] = FLOW_FAMILY_IP4;
	for (i = 0; i < n; i++) {
		r = random_next(&rng);
		(void)put_be(row.subject + 1, i * 1000 + r % 1000, 4);
		row.count[HISTORY_IN].packets = 1 + r % (10 + i / 20000 * 300);
		row.count[HISTORY_IN].data = r >> 40;
		row.count[HISTORY_IN].ip = (r >> 40) + 40;
		assert_int_equal(run_put(w, &row), 0);
	}
	assert_int_equal(run_end(w, true), 0);
}

/* Pages that the items fill one after the other have little room left. */
static void
packs_fill_pages(void **state)
{
	const size_t		 page = 65536 - 32;
	struct history		*h = open_history(HISTORY_CREATE);
	struct sorted_run	 run = { 1, HISTORY_HOST, HISTORY_DAY, 0, 0 };
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX];
	size_t			 len, room = 0, pages = 0, lost = 0;

	(void)state;
	assert_int_equal(store_begin(h->store), 0);
	write_run(h, &run, 100000);
	c = store_cursor_new(h->store);
	assert_int_equal(store_cursor_from(c, key, key_run(&run, key), &item),
	    1);
	do {
		/* With their headers and places in the page. */
		len = item.klen + item.len + 16;
		if (len > room) {
			pages++;
			lost += room;
			room = page;
		}
		room -= len;
	} while (store_cursor_next(c, &item) == 1 &&
	    key_is_run(&item, &run));
	store_cursor_free(c);
	assert_true(pages > 8);
	assert_true(within(lost, 0, pages * page / 100 * 4));
	assert_int_equal(history_close(h), 0);
}

/* Numbers at which symbols and lengths change, there and back. */
static void
codes_are_what_was_coded(void **state)
{
	static const struct code	*const codes[] = {
		&code_of_sizes, &code_of_heads
	};
	uint8_t		 octets[64 * 3 * 3 * 8], symbol[64 * 3], *s;
	struct bits_out	 out = { octets, 0, 0 };
	struct bits_in	 in;
	const struct code *c;
	uint64_t	 v;
	unsigned	 i, k, pass;

	(void)state;
	for (k = 0; k < 2; k++) {
		c = codes[k];
		out = (struct bits_out){ octets, 0, 0 };
		in = (struct bits_in){ octets, octets, 0, 0, false };
		for (pass = 0; pass < 2; pass++) {
			s = symbol;
			for (i = 0; i < 64 * 3; i++, s++) {
				v = (UINT64_C(1) << i / 3) + i % 3 - 1;
				if (pass == 0) {
					*s = code_put(&out, c, v);
					code_put_below(&out, v + 1, v);
					code_put_below(&out, v + 1, v / 2);
					continue;
				}
				assert_int_equal(code_get(&in, c, *s), v);
				assert_int_equal(code_get_below(&in, v + 1),
				    v);
				assert_int_equal(code_get_below(&in, v + 1),
				    v / 2);
			}
			code_end(&out);
			in.end = out.p;
		}
		assert_false(in.past);
		assert_ptr_equal(in.p, in.end);
		(void)code_get(&in, c, 255);
		assert_true(in.past);
	}
	assert_true(within(out.p - octets, 1, sizeof(octets)));
}

/* ---- periods ---- */

static void
periods_follow_the_calendar(void **state)
{
	time_t		t;
	struct tm	tm;
	uint32_t	hour = 0, next;

	(void)state;
	while (hour < 24 * 366 * 400) {
		next = history_period_next(HISTORY_MONTH, hour + 300);
		assert_int_equal(history_period(HISTORY_MONTH, next - 1), hour);
		t = (time_t)next * 3600;
		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(tm.tm_mday, 1);
		assert_int_equal(tm.tm_hour, 0);
		assert_true(within(next - hour, 28 * 24, 31 * 24));
		hour = next;
	}
	assert_int_equal(history_period(HISTORY_DAY, 49), 48);
	assert_int_equal(history_period_next(HISTORY_DAY, 49), 72);
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(packs_are_what_was_packed),
		cmocka_unit_test(codes_are_what_was_coded),
		cmocka_unit_test(periods_follow_the_calendar),
		CASE(packs_fill_pages),
		CASE(random_blocks_random_questions),
		CASE(half_closed_periods_answer),
		CASE(what_is_not_committed_is_not_there),
		CASE(an_abort_without_a_feed_does_nothing),
		CASE(blocks_end_with_what_was_returned),
		CASE(a_kill_loses_and_doubles_nothing),
		CASE(readers_see_whole_transactions),
		CASE(one_writer_at_a_time),
		CASE(a_long_path_is_verified),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
