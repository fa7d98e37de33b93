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
#include "clock_share.h"

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
