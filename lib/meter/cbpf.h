/*
 * Translates a filter in classic BPF into eBPF, which the kernel runs today.
 * A pure function: it uses neither libpcap nor the kernel.
 */
#ifndef CBPF_H
#define CBPF_H

#include <stddef.h>

#include "capture/filter.h"

struct bpf_insn;	/* of <linux/bpf.h> */

/*
 * Translate n instructions into a socket filter.  If the filter rejects a
 * frame, the result returns 0.  If the filter accepts it, the result calls the
 * first program of the program array map_fd, or returns 1 if map_fd is -1.
 * It accepts the frames that bpf_filter(3PCAP) accepts.  The ancillary loads
 * of Linux that libpcap uses are supported, those of a VLAN tag too.
 *
 * Returns the number of instructions in *out, which the caller frees; or 0
 * with the reason, a constant string, in *why.
 */
size_t	cbpf_translate(const struct cbpf_insn *filter, size_t n, int map_fd,
	    struct bpf_insn **out, const char **why);

#endif
