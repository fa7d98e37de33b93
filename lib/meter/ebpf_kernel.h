/*
 * The program in the kernel as an object: loaded while trafd is root, and
 * from then on only attached to sockets, which needs no privilege, and read,
 * which needs no system call.
 */
#ifndef EBPF_KERNEL_H
#define EBPF_KERNEL_H

#include "bpf/bpf_load.h"
#include "cbpf.h"
#include "ebpf_layout.h"
#include "ebpf_parse.h"
#include "meter.h"

struct ebpf_kernel;

#define EBPF_LINKS	(PARSE_COOKED + 1)

/* The filter as classic BPF; insns NULL: there is none. */
struct ebpf_filter {
	struct cbpf_insn	*insns;
	size_t			 n;
};

/*
 * Load the programs and map their memory.  filters[] has one for each link
 * type and is only read.  Where wanted[] is false no program is loaded for
 * that link type, nor where it is refused, unless it is `needed'.
 * On failure NULL, and a reason in why[BPF_WHYLEN] without the name of
 * the interface.
 */
struct ebpf_kernel *ebpf_kernel_load(const struct meter_opts *,
		    const struct ebpf_filter filters[EBPF_LINKS],
		    const bool wanted[EBPF_LINKS], enum parse_link needed,
		    char *why);
void		 ebpf_kernel_free(struct ebpf_kernel *);

/* The descriptor to attach to a socket, or -1. */
int		 ebpf_kernel_program(const struct ebpf_kernel *,
		    enum parse_link);

/*
 * All that has been counted since the last call goes to sink, ledger and
 * tally.  From
 * the frames that came before the call none is missing.
 */
void		 ebpf_kernel_harvest(struct ebpf_kernel *, meter_sink_fn *,
		    void *arg, struct ledger *, struct prototally *);

/*
 * Has anything been counted since then?  A glance at memory: what was counted
 * just now may not be seen yet.
 */
bool		 ebpf_kernel_has_counted(const struct ebpf_kernel *);

/* Has the last frame of -c been counted? */
bool		 ebpf_kernel_full(const struct ebpf_kernel *);

#endif
