/*
 * The eBPF program in the kernel (BPF_PROG_TEST_RUN), with single frames:
 * generations, a full table, a run that interrupts another, -c.  Needs the
 * right to load programs.
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "meter/ebpf_kernel.c"
#include "within.h"

#define FRAME_LENGTH	60
#define HEADER		14	/* the kernel takes one away before a run */

/* What the harvests gave. */
struct sums {
	uint64_t	rows, packets, ip, others, other_packets;
	struct ledger	ledger;
	struct prototally tally;
};

static struct ebpf_kernel	*kernel;
static struct sums		 sums;

static uint64_t
add(void *arg, const struct flow *f, size_t n)
{
	(void)arg;
	for (; n > 0; n--, f++) {
		sums.rows++;
		sums.packets += f->count.packets;
		sums.ip += f->count.ip;
		if (flow_is_other(&f->key)) {
			sums.others++;
			sums.other_packets += f->count.packets;
		}
	}
	return (0);
}

static void
harvest(void)
{
	memset(&sums, 0, sizeof(sums));
	ebpf_kernel_harvest(kernel, add, NULL, &sums.ledger, &sums.tally);
}

/* n packets by protocol, whether they have rows or not. */
static void
check_tally(uint64_t n)
{
	assert_int_equal(sums.tally.sums[0][17].packets, n);
	assert_int_equal(sums.tally.sums[0][17].bytes, n * 46);
	assert_int_equal(sums.tally.marks[TALLY_PLAIN], n);
}

/* A packet of flow i; what the program returned. */
static unsigned int
run(uint32_t i)
{
	uint8_t	frame[HEADER + FRAME_LENGTH] = { 0 }, *ip = frame + HEADER + 14;
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame,
	    .data_size_in = sizeof(frame));

	memcpy(ip - 2, "\x08\x00\x45\x00\x00\x2e", 6);
	ip[9] = 17;
	memcpy(ip + 12, &i, sizeof(i));
	assert_int_equal(bpf_prog_test_run_opts(
	    ebpf_kernel_program(kernel, PARSE_ETHERNET), &o), 0);
	return (o.retval);
}

static void
set_depth(uint32_t depth)
{
	struct ebpf_cpu	*cpus = kernel->store.cpus.at;
	uint32_t	 i;

	for (i = 0; i < kernel->store.config.cpus; i++)
		cpus[i].depth = depth;
}

static uint32_t
depth_of(uint32_t depth)
{
	struct ebpf_cpu	*cpus = kernel->store.cpus.at;
	uint32_t	 i;

	for (i = 0; i < kernel->store.config.cpus; i++)
		if (cpus[i].depth != depth)
			return (cpus[i].depth);
	return (depth);
}

static int
load_kernel(uint64_t count, bool filter, char *why)
{
	struct meter_opts	o = {
		.frames = { .buffer_mib = 1, .count = count },
	};
	struct ebpf_filter	filters[EBPF_LINKS] = { { NULL, 0 } };
	bool			wanted[EBPF_LINKS] = { true };
	struct cbpf_insn	only[] = {
		{ 0x30, 0, 0, 26 },		/* ldb [26] */
		{ 0x15, 0, 1, 7 },		/* jeq #7 */
		{ 0x06, 0, 0, 1 },
		{ 0x06, 0, 0, 0 },
	};

	if (filter)
		filters[0] = (struct ebpf_filter){ only, 4 };
	kernel = ebpf_kernel_load(&o, filters, wanted, PARSE_ETHERNET, why);
	return (kernel == NULL ? -1 : 0);
}

static void
open_kernel(uint64_t count, bool filter)
{
	char	why[BPF_WHYLEN];

	if (load_kernel(count, filter, why) == -1)
		fail_msg("%s", why);
}

static int
close_kernel(void **state)
{
	(void)state;
	ebpf_kernel_free(kernel);
	kernel = NULL;
	return (0);
}

static void
generations(void **state)
{
	uint32_t	round, i;

	(void)state;
	open_kernel(0, false);
	for (round = 0; round < 6; round++) {
		for (i = 0; i < round * 10; i++)
			assert_int_equal(run(i % 7), 0);
		harvest();
		assert_int_equal(sums.packets, round * 10);
		assert_int_equal(sums.ip, round * 460);
		assert_int_equal(sums.ledger.v[LEDGER_FRAMES], round * 10);
		assert_int_equal(sums.ledger.v[LEDGER_IP], round * 10);
		assert_int_equal(sums.ledger.v[LEDGER_WIRE_BYTES],
		    round * 10 * FRAME_LENGTH);
		assert_int_equal(sums.others, 0);
		check_tally(round * 10);
	}
	harvest();
	assert_int_equal(sums.rows, 0);
	assert_int_equal(sums.ledger.v[LEDGER_FRAMES], 0);
}

static void
full_table(void **state)
{
	uint32_t	i, n, woken = 0;
	cpu_set_t	one;

	(void)state;
	open_kernel(0, false);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
	n = kernel->store.config.rows + 1000;
	for (i = 0; i < n; i++)
		woken += run(i);
	assert_int_equal(woken, 1);	/* when three quarters were full */
	harvest();
	assert_int_equal(sums.packets, n);
	check_tally(n);
	assert_int_equal(sums.others, 1);
	assert_true(within(sums.other_packets, 1000, 1100));
	assert_int_equal(sums.rows, n - sums.other_packets + 1);
	assert_int_equal(sums.ledger.v[LEDGER_FOLD_PACKETS],
	    sums.other_packets);
	assert_int_equal(sums.ledger.v[LEDGER_IP], n);
	/* Empty again, in either generation. */
	assert_int_equal(run(1), 0);
	harvest();
	assert_int_equal(sums.rows, 1);
	assert_int_equal(run(n), 0);
	harvest();
	assert_int_equal(sums.rows, 1);
	assert_int_equal(sums.others, 0);
}

/* As if each run came while another one was under way on its processor. */
static void
interrupted(void **state)
{
	uint32_t	i;

	(void)state;
	open_kernel(0, false);
	for (i = 0; i < 5; i++)
		(void)run(i);
	set_depth(1);
	for (i = 0; i < 10; i++)
		(void)run(i);
	assert_int_equal(depth_of(1), 1);
	set_depth(2);
	for (i = 0; i < 3; i++)
		(void)run(i);
	assert_int_equal(depth_of(2), 2);
	set_depth(0);
	(void)run(0);
	assert_int_equal(depth_of(0), 0);
	harvest();
	assert_int_equal(sums.packets, 16);
	assert_int_equal(sums.others, 1);
	assert_int_equal(sums.other_packets, 10);
	assert_int_equal(sums.ledger.v[LEDGER_FRAMES], 16);
	assert_int_equal(sums.ledger.v[LEDGER_FOLD_PACKETS], 10);
	assert_int_equal(sums.ledger.v[LEDGER_DROP_KERNEL], 3);
	check_tally(16);
}

static void
counted(void **state)
{
	char		why[BPF_WHYLEN];
	uint32_t	i, woken = 0;

	(void)state;
	if (load_kernel(25, false, why) == -1) {
		if (strstr(why, "which -c needs") == NULL)
			fail_msg("%s", why);
		return;
	}
	for (i = 0; i < 24; i++)
		assert_int_equal(run(i), 0);
	assert_false(ebpf_kernel_full(kernel));
	for (i = 0; i < 24; i++)
		woken += run(i);
	assert_int_equal(woken, 1);
	assert_true(ebpf_kernel_full(kernel));
	harvest();
	assert_int_equal(sums.packets, 25);
}

static void
filtered(void **state)
{
	uint32_t	i;

	(void)state;
	open_kernel(0, true);
	for (i = 0; i < 256; i++)
		assert_int_equal(run(i), 0);
	harvest();
	assert_int_equal(sums.packets, 1);
	assert_int_equal(sums.ledger.v[LEDGER_FRAMES], 1);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_teardown(generations, close_kernel),
		cmocka_unit_test_teardown(full_table, close_kernel),
		cmocka_unit_test_teardown(interrupted, close_kernel),
		cmocka_unit_test_teardown(counted, close_kernel),
		cmocka_unit_test_teardown(filtered, close_kernel),
	};
	char			why[BPF_WHYLEN];

	if (load_kernel(0, false, why) == -1 &&
	    strstr(why, "not let this process load programs") != NULL) {
		printf("1..0 # SKIP the kernel lets nobody load programs "
		    "here\n");
		return (0);
	}
	(void)close_kernel(NULL);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
