/*
 * What of the run time that bpf_stats reports is the cost of measuring it.
 */
#ifndef CLOCK_SHARE_H
#define CLOCK_SHARE_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <unistd.h>

#define CLOCK_RUNS	1000000

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
	    .data_size_in = sizeof(frame), .repeat = CLOCK_RUNS);
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

#endif
