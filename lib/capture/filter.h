/*
 * Filter expressions, pcap-filter(7), compiled to classic BPF or printed.  No
 * state.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "frames_opts.h"

/* An instruction of classic BPF: struct bpf_insn or sock_filter. */
struct cbpf_insn {
	uint16_t	code;
	uint8_t		jt, jf;
	uint32_t	k;
};

/*
 * Compile the expression of opts for frames of this link type on opts->ifname,
 * for a socket in the kernel, where VLAN tags may be stored outside the frame.
 * The caller frees *insns, which is NULL if the expression is empty.  Returns
 * 0, or -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_for_link(const struct frames_opts *, int link,
	    struct cbpf_insn **insns, size_t *n, char *err);

/*
 * Print the compiled expression to standard output as tcpdump -d does.
 * Returns 0, or -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_print(const struct frames_opts *, char *err);

#endif
