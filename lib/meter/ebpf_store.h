/*
 * The memory that programs in the kernel count in, which is ebpf_layout.h: its
 * sizes, its maps, and how what was counted is fetched.  For the sources `ebpf'
 * and `owners'.  One thread at a time.
 *
 *	configure, prepare -> bpf_load() -> map -> [harvest]* -> unmap
 */
#ifndef EBPF_STORE_H
#define EBPF_STORE_H

#include "bpf/bpf_load.h"
#include "ebpf_layout.h"
#include "meter.h"

struct ebpf_store {
	struct ebpf_config	 config;
	struct bpf_memory	 cpus, buckets, rows, senders, state;
	const struct networks	*networks;	/* borrowed; may be NULL */
	struct senders		*noted;		/* if there are networks */
};

/*
 * Choose sizes for buffers of mib MiB per processor (0: the default), which
 * `runs' runs of the program that interrupt each other have parts of.
 */
void	ebpf_store_configure(struct ebpf_config *, unsigned int mib,
	    unsigned int runs, enum flow_ports);

/*
 * Set the sizes of the maps of an object that is not loaded, and map them into
 * the process when it is.  senders: it has that map, too.  0, or -1 with errno.
 */
int	ebpf_store_prepare(const struct ebpf_config *, struct bpf_object *,
	    bool senders);
int	ebpf_store_map(struct ebpf_store *, const struct bpf_object *,
	    bool senders);
void	ebpf_store_unmap(struct ebpf_store *);

/* As the functions of ebpf_kernel.h. */
void	ebpf_store_harvest(struct ebpf_store *, meter_sink_fn *, void *arg,
	    struct ledger *, struct prototally *);
bool	ebpf_store_has_counted(const struct ebpf_store *);

#endif
