/*
 * Compiles the filter of a packet socket of our own, as classic BPF.
 * Linux only.
 */
#ifndef FILTER_KERNEL_H
#define FILTER_KERNEL_H

#include <stdbool.h>

#include "filter.h"

/* DLT_LINUX_SLL: a cooked socket receives frames without a link header. */
#define LINK_COOKED	113

/*
 * Compile the expression of the options for the kernel and for a socket on an
 * interface of this link type (a DLT_ number).  Returns 0 and stores *n
 * instructions in *insns, which the caller frees, or NULL if the expression is
 * empty.  Returns -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_for_kernel(const struct frames_opts *, int link,
	    struct cbpf_insn **insns, size_t *n, char *err);

/* Does the instruction load octets of the frame, not ancillary data? */
bool	filter_loads_from_frame(const struct cbpf_insn *);

#endif
