/*
 * The program that counts in the kernel, and its memory.
 *
 *	load (as root) -> [program, harvest, has_counted, full]* -> free
 *
 * After loading no privilege is needed: the program is attached to sockets,
 * and its memory is mapped into the process.  One thread at a time.
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

/* A filter as classic BPF; insns is NULL if there is none. */
struct ebpf_filter {
	struct cbpf_insn	*insns;
	size_t			 n;
};

/*
 * Load the programs and map their memory.  filters[] has a filter for each
 * link type and is only read.  A link type gets no program if its wanted[] is
 * false, or if the kernel refuses its filter and the type is not `needed'.
 * Returns NULL on failure, with a reason in why[BPF_WHYLEN], which does not
 * name the interface.
 */
struct ebpf_kernel *ebpf_kernel_load(const struct meter_opts *,
		    const struct ebpf_filter filters[EBPF_LINKS],
		    const bool wanted[EBPF_LINKS], enum parse_link needed,
		    char *why);
void		 ebpf_kernel_free(struct ebpf_kernel *);

/* The descriptor of a program, owned by the object; -1 if there is none. */
int		 ebpf_kernel_program(const struct ebpf_kernel *,
		    enum parse_link);

/*
 * Pass everything counted since the last call to sink, and add it to ledger
 * and tally.  No frame that came before this call is missing.
 */
void		 ebpf_kernel_harvest(struct ebpf_kernel *, meter_sink_fn *,
		    void *arg, struct ledger *, struct prototally *);

/* As meter_take_senders(): of the rows that were new to the sink. */
void		 ebpf_kernel_take_senders(struct ebpf_kernel *,
		    struct senders *);

/*
 * Has anything been counted since the last harvest?  Only reads memory: a
 * frame that was counted just now may be missed.
 */
bool		 ebpf_kernel_has_counted(const struct ebpf_kernel *);

/* Have all frames that -c asks for been counted? */
bool		 ebpf_kernel_full(const struct ebpf_kernel *);

#endif
