/*
 * From a filter in classic BPF to what the kernel runs today (eBPF).  A pure
 * function: knows neither libpcap nor the kernel.
 */
#ifndef CBPF_H
#define CBPF_H

#include <stddef.h>

#include "capture/filter.h"

struct bpf_insn;	/* of <linux/bpf.h> */

/*
 * Translate n instructions.  The result is a socket filter that ends with 0
 * where the filter says 0, and otherwise goes on with the first program of
 * the array of programs map_fd; map_fd -1: it ends with 1 then.  It accepts
 * what bpf_filter(3PCAP) accepts.  It knows the ancillary loads of Linux that
 * libpcap makes use of, among them those of a VLAN tag.
 *
 * Returns the number of instructions, which the caller frees in *out; or 0
 * with a reason in *why when there is one that cannot be translated.
 */
size_t	cbpf_translate(const struct cbpf_insn *filter, size_t n, int map_fd,
	    struct bpf_insn **out, const char **why);

#endif
