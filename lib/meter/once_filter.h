/*
 * Counts each packet once on all interfaces (host/once.h): the beginning of a
 * filter in the kernel, which rejects frames that are repetitions.  Only the
 * kernel knows of an outgoing frame that it is forwarded.
 *
 *	new -> [prefix | attach]* -> free
 *
 * new and the first attach need the privilege to load a program; attaching
 * again works in the sandbox.  One thread at a time.
 */
#ifndef ONCE_FILTER_H
#define ONCE_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "capture/frames_opts.h"

/* The most instructions of the beginning. */
#define ONCE_PREFIX	32

struct bpf_insn;	/* of <linux/bpf.h> */
struct cbpf_insn;
struct once;
struct once_filter;

/*
 * The table is shared with the kernel until once_filter_free().  Returns NULL
 * with the reason in err[FRAMES_ERRLEN].
 */
struct once_filter	*once_filter_new(struct once *, char *err);
void			 once_filter_free(struct once_filter *);

/*
 * Translate a filter as cbpf_translate(), which may be NULL, with the check
 * before it.
 */
size_t			 once_filter_translate(const struct once_filter *,
			    const struct cbpf_insn *, size_t n, int map_fd,
			    struct bpf_insn **out, const char **why);

/*
 * Attach the check and the filter expression of the options to a cooked
 * socket of all interfaces, in place of its filter.  It passes snaplen octets
 * of a frame.  Returns 0, or -1 with a message.
 */
int			 once_filter_attach(struct once_filter *, int fd,
			    const struct frames_opts *, uint32_t snaplen,
			    char *err);

#endif
