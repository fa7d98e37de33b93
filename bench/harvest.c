/*
 * The speed of reading tables that the kernel has filled: a million rows in
 * batches, without adding them to an account.  Also the time that
 * kernel.bpf_stats_enabled reports for an empty program, which is the cost of
 * measuring.
 */
#include <sched.h>
#include <stdio.h>
#include <time.h>

#include "meter/ebpf_kernel.c"

#define ROWS	1000000

static uint64_t	seen;

static uint64_t
take(void *arg, const struct flow *f, size_t n)
{
	(void)arg;
	for (; n > 0; n--, f++)
		seen += f->count.packets;
	return (0);
}

static double
now_ms(clockid_t clock)
{
	struct timespec	ts;

	(void)clock_gettime(clock, &ts);
	return ((double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6);
}

/* Send one packet per flow; a test run strips the 14 octets of Ethernet. */
static int
fill(int program)
{
	uint8_t		frame[74] = { 0 };
	uint32_t	i;
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame,
	    .data_size_in = sizeof(frame));

	memcpy(frame + 26, "\x08\x00\x45\x00\x00\x2e", 6);
	frame[37] = 17;
	for (i = 0; i < ROWS; i++) {
		memcpy(frame + 40, &i, sizeof(i));
		if (bpf_prog_test_run_opts(program, &o) != 0)
			return (-1);
	}
	return (0);
}

/* ns per run of an empty program, or 0 if it cannot be measured. */
static uint64_t
clock_share(void)
{
	const struct bpf_insn	 empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info	 info = { 0 };
	uint32_t		 len = sizeof(info);
	uint8_t			 frame[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame,
	    .data_size_in = sizeof(frame), .repeat = ROWS);
	int	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	int	program = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL,
		    "GPL", empty, 2, NULL);

	if (stats >= 0 && program >= 0 &&
	    bpf_prog_test_run_opts(program, &o) == 0)
		(void)bpf_obj_get_info_by_fd(program, &info, &len);
	if (program >= 0)
		(void)close(program);
	if (stats >= 0)
		(void)close(stats);
	return (info.run_cnt == 0 ? 0 : info.run_time_ns / info.run_cnt);
}

int
main(void)
{
	struct meter_opts	o = { .frames = { .buffer_mib = 256 } };
	struct ebpf_filter	filters[EBPF_LINKS] = { { NULL, 0 } };
	bool			wanted[EBPF_LINKS] = { true };
	char			why[BPF_WHYLEN];
	struct ebpf_kernel	*k;
	struct ledger		l = { { 0 } };
	static struct prototally tally;
	double			wall, cpu;
	cpu_set_t		one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
	k = ebpf_kernel_load(&o, filters, wanted, PARSE_ETHERNET, why);
	if (k == NULL || fill(ebpf_kernel_program(k, PARSE_ETHERNET)) == -1) {
		printf("harvest: %s\n", k == NULL ? why : strerror(errno));
		return (1);
	}
	wall = now_ms(CLOCK_MONOTONIC);
	cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
	ebpf_kernel_harvest(k, take, NULL, &l, &tally);
	printf("reading %d rows: %.0f ms of CPU, %.0f ms with the grace "
	    "period; %llu packets\n", ROWS,
	    now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	    now_ms(CLOCK_MONOTONIC) - wall, (unsigned long long)seen);
	ebpf_kernel_free(k);
	printf("a program that does nothing, by bpf_stats: %llu ns a run\n",
	    (unsigned long long)clock_share());
	return (0);
}
