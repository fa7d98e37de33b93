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
 * When a source harvests: once a second while there is traffic.  While nothing
 * is counted, the pause doubles up to about a minute.  No count depends on it:
 * meter_collect() fetches everything, and the program in the kernel wakes the
 * source if a table is nearly full.
 */
struct ebpf_pause {
	uint64_t	at;		/* next harvest, monotonic, ns */
	uint64_t	length;		/* pause before that, ns */
};

/* Set the time of the next harvest.  found: the last one found something. */
void	ebpf_pause_plan(struct ebpf_pause *, bool found);

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
