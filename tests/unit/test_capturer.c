/*
 * How often a look at the live account makes the source hand over what it
 * has counted by itself, what is in a frozen one, and how often counters of
 * the kernel are read: over a source that counts just that, by clocks that
 * the test moves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "meter/meter_impl.h"
#include "trafd/capturer.h"
#include "within.h"

#define MS	UINT64_C(1000000)

uint64_t	__wrap_now_mono(void);
uint64_t	__wrap_thread_cpu_ns(void);

static _Atomic uint64_t	clock_ns, work_ns;
static _Atomic int	held;		/* harvests that the source has */
static _Atomic int	discarded;	/* frames, of those it drops */
static _Atomic int	collected;
static _Atomic int	waiting;	/* batches that the source has */
static _Atomic int	ledgers;	/* how often it was asked for it */

/* It goes on a little by itself, for those who wait by it. */
uint64_t
__wrap_now_mono(void)
{
	return (atomic_fetch_add(&clock_ns, 1000));
}

/* Each look at this one is a tenth of a millisecond of work. */
uint64_t
__wrap_thread_cpu_ns(void)
{
	return (atomic_fetch_add(&work_ns, MS / 10));
}

/* ---- the source ---- */

static bool
is_there(const struct meter *c)
{
	(void)c;
	return (true);
}

static int
no_fd(const struct meter *c)
{
	(void)c;
	return (-1);
}

static int
no_latency(const struct meter *c)
{
	(void)c;
	return (0);
}

static const char *
name(const struct meter *c)
{
	(void)c;
	return ("test");
}

/* Others work on this machine: a batch takes more than half a second. */
static enum meter_state
batch(struct meter *c, meter_sink_fn *sink, void *arg)
{
	(void)c;
	(void)sink;
	(void)arg;
	if (atomic_load(&waiting) == 0)
		return (METER_IDLE);
	(void)atomic_fetch_sub(&waiting, 1);
	(void)atomic_fetch_add(&clock_ns, 600 * MS);
	return (METER_MORE);
}

/* It hands over one of its harvests. */
static bool
count(struct meter *c, meter_sink_fn *sink, void *arg)
{
	(void)c;
	(void)sink;
	(void)arg;
	(void)atomic_fetch_add(&collected, 1);
	if (atomic_load(&held) == 0)
		return (false);
	return (atomic_fetch_sub(&held, 1) > 1);
}

/* A frame for each batch and each harvest. */
static uint64_t
drop(struct meter *c)
{
	int	n = atomic_exchange(&waiting, 0) + atomic_exchange(&held, 0);

	(void)c;
	(void)atomic_fetch_add(&discarded, n);
	return ((uint64_t)n);
}

static void
no_ledger(struct meter *c, struct ledger *l)
{
	(void)c;
	(void)l;
	(void)atomic_fetch_add(&ledgers, 1);
}

static void
no_close(struct meter *c)
{
	(void)c;
}

const struct meter_ops	meter_pcap = {
	.name = "test", .close = no_close, .present = is_there, .fd = no_fd,
	.latency = no_latency, .link_name = name, .drain = batch,
	.collect = count, .discard = drop, .take_ledger = no_ledger
};
const struct meter_ops	meter_ebpf, meter_threads;

/* ---- the capturer ---- */

static struct capturer *
begin(void)
{
	static struct meter	 source = { .ops = &meter_pcap };
	struct generation	*live = generation_new(1, 1024, NULL,
				    FLOW_PORTS_ALL);
	struct capturer		*c;

	assert_non_null(live);
	c = capturer_new(&source, "test", NULL, live, false);
	assert_non_null(c);
	assert_int_equal(capturer_start(c), 0);
	return (c);
}

static void
await(struct capturer *c, enum capturer_event e)
{
	struct pollfd	p = { .fd = capturer_fd(c), .events = POLLIN };
	char		octet;

	assert_int_equal(poll(&p, 1, 60000), 1);
	assert_int_equal(read(p.fd, &octet, 1), 1);
	assert_int_equal(octet, e);
}

static void
finish(struct capturer *c)
{
	capturer_finish(c);
	await(c, CAPTURER_FROZEN);
	generation_free(capturer_take(c));
	capturer_free(c);
}

/* ---- the looks ---- */

static void
look(struct capturer *c)
{
	struct live_sums	g;

	capturer_ask_sums(c);
	await(c, CAPTURER_SUMS);
	capturer_sums(c, &g);
}

/* How often it is asked in two seconds of looks, one each `step'. */
static int
asked(struct capturer *c, uint64_t step)
{
	uint64_t	t;

	(void)atomic_fetch_add(&clock_ns, 10000 * MS);
	atomic_store(&collected, 0);
	for (t = 0; t < 2000 * MS; t += step) {
		look(c);
		(void)atomic_fetch_add(&clock_ns, step);
	}
	return (atomic_load(&collected));
}

static void
looks(void **state)
{
	static const struct {
		uint64_t	step;		/* milliseconds */
		int		least, most;
	} cases[] = {
		{ 1, 9, 11 }, { 50, 9, 10 }, { 150, 7, 7 }, { 250, 8, 8 },
		{ 1000, 2, 2 },
	};
	struct capturer	*c = begin();
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(within(asked(c, cases[i].step * MS),
		    (uintmax_t)cases[i].least, (uintmax_t)cases[i].most));
	finish(c);
}

/* What came before it was asked is in it, however late that is counted. */
static void
nothing_is_left(void **state)
{
	struct capturer	*c = begin();

	(void)state;
	/* The batches come later: they move the clock, too. */
	capturer_freeze(c, generation_new(2, 1024, NULL, FLOW_PORTS_ALL));
	atomic_store(&waiting, 50);
	await(c, CAPTURER_FROZEN);
	assert_int_equal(atomic_load(&waiting), 0);
	generation_free(capturer_take(c));
	atomic_store(&waiting, 50);
	finish(c);
	assert_int_equal(atomic_load(&waiting), 0);
}

/* A source that counts by itself has more than it hands over at once. */
static void
no_harvest_is_left(void **state)
{
	struct capturer	*c = begin();

	(void)state;
	atomic_store(&held, 50);
	finish(c);
	assert_int_equal(atomic_load(&held), 0);
	assert_int_equal(atomic_load(&discarded), 0);
}

/* What there is no time for at the end is in the ledger all the same. */
static void
rest_is_counted_as_dropped(void **state)
{
	static _Atomic int	*const kinds[] = { &waiting, &held };
	struct capturer		*c;
	struct generation	*g;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		c = begin();
		atomic_store(&discarded, 0);
		atomic_store(kinds[i], 1000000);
		capturer_finish(c);
		await(c, CAPTURER_FROZEN);
		assert_int_equal(atomic_load(kinds[i]), 0);
		assert_true(atomic_load(&discarded) > 900000);
		g = capturer_take(c);
		assert_int_equal(g->ledger.v[LEDGER_DROP_KERNEL],
		    atomic_load(&discarded));
		generation_free(g);
		capturer_free(c);
	}
}

/*
 * A counter of 32 bits that goes round in 71 minutes of a million packets a
 * second: it is read again and again while there is traffic, whether somebody
 * asks for a dump or not.
 */
static void
counters_do_not_wrap(void **state)
{
	struct capturer	*c = begin();
	uint64_t	 begin_ns = atomic_load(&clock_ns);
	int		 before;

	(void)state;
	look(c);
	before = atomic_load(&ledgers);
	atomic_store(&waiting, 10000);	/* 0.6 s of the clock each */
	while (atomic_load(&waiting) > 0)
		(void)poll(NULL, 0, 1);
	assert_true(atomic_load(&clock_ns) - begin_ns >=
	    6000 * (uint64_t)1000 * MS);
	assert_true(atomic_load(&ledgers) - before >= 100);
	finish(c);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(looks),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(no_harvest_is_left),
		cmocka_unit_test(rest_is_counted_as_dropped),
		cmocka_unit_test(counters_do_not_wrap),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
