/*
 * Filter expressions, pcap-filter(7): as classic BPF and as text.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "frames_opts.h"

/* An instruction of classic BPF, the same on every system. */
struct cbpf_insn {
	uint16_t	code;
	uint8_t		jt, jf;
	uint32_t	k;
};

/*
 * The expression of opts for frames of this link type on opts->ifname, as the
 * kernel runs it: VLAN tags may lie beside the frame.  *insns is for the
 * caller to free, and NULL if the expression is empty.  0, or -1 with a
 * message in err[FRAMES_ERRLEN].
 */
int	filter_for_link(const struct frames_opts *, int link,
	    struct cbpf_insn **insns, size_t *n, char *err);

/*
 * Print the compiled expression to standard output as tcpdump -d does.  0, or
 * -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_print(const struct frames_opts *, char *err);

#endif
