/*
 * Compiles the filter of a socket that counts in the kernel, as classic BPF.
 * Linux only.
 */
#ifndef FILTER_CLASSIC_H
#define FILTER_CLASSIC_H

#include "capture/filter.h"

/* DLT_LINUX_SLL: a cooked socket receives frames without a link header. */
#define LINK_COOKED	113

/*
 * Compile the expression of the options for the kernel and for a socket on an
 * interface of this link type (a DLT_ number).  Returns 0 and stores *n
 * instructions in *insns, which the caller frees, or NULL if the expression is
 * empty.  Returns -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_classic(const struct frames_opts *, int link,
	    struct cbpf_insn **insns, size_t *n, char *err);

#endif
