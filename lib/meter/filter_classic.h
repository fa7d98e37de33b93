/*
 * The filter of a socket that counts in the kernel, as classic BPF.  Linux.
 */
#ifndef FILTER_CLASSIC_H
#define FILTER_CLASSIC_H

#include "capture/filter.h"

/* DLT_LINUX_SLL: a socket for it gets frames without a link header. */
#define LINK_COOKED	113

/*
 * The expression of opts as the kernel would run it for a socket on an
 * interface of this link type, for the caller to free in *insns: NULL if it
 * is empty.  0, or -1 with a message in err[FRAMES_ERRLEN].
 */
int	filter_classic(const struct frames_opts *, int link,
	    struct cbpf_insn **insns, size_t *n, char *err);

#endif
