/*
 * Programs of classic BPF for packet sockets, and for what is attached to them
 * in their place.  Linux only.
 */
#ifndef FILTER_KERNEL_H
#define FILTER_KERNEL_H

#include <stdbool.h>

#include "filter.h"

/*
 * DLT_LINUX_SLL and DLT_LINUX_SLL2: a cooked socket receives frames without a
 * link header.
 */
#define LINK_COOKED	113
#define LINK_COOKED2	276

/*
 * Compile the expression of the options for the kernel and for a socket on an
 * interface of this link type (a DLT_ number).  Returns 0 and stores *n
 * instructions in *insns, which the caller frees, or NULL if the expression is
 * empty.  Returns -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_for_kernel(const struct frames_opts *, int link,
	    struct cbpf_insn **insns, size_t *n, char *err);

/*
 * libpcap compiles for the cooked header that it puts before a frame, and that
 * the kernel does not see.  Make a program for this link type one for the
 * kernel.  False, and the program is of no use, if it tests what only that
 * header has.
 */
bool	filter_without_header(struct cbpf_insn *, size_t n, int link);

/* Does the instruction load octets of the frame, not ancillary data? */
bool	filter_loads_from_frame(const struct cbpf_insn *);

/* Does it load what the kernel knows of the frame; which, a SKF_AD_ number? */
bool	filter_loads_ancillary(const struct cbpf_insn *, uint32_t *which);

#endif
