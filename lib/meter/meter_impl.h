/*
 * What a source of meter.h is made of.  For meter.c and the sources only.
 */
#ifndef METER_IMPL_H
#define METER_IMPL_H

#include "meter.h"

/* Each as the function of the same name in meter.h. */
struct meter_ops {
	const char	*name;
	const char	*(*name_now)(const struct meter *); /* NULL: name */
	struct meter	*(*open)(const struct meter_opts *, char *err);
	void		 (*close)(struct meter *);
	int		 (*reopen)(struct meter *, char *err);
	bool		 (*present)(const struct meter *);
	int		 (*fd)(const struct meter *);
	int		 (*wait)(const struct meter *);	/* NULL: -1 */
	uint64_t	 (*buffer)(const struct meter *); /* NULL: 0 */
	int		 (*latency)(const struct meter *);
	const char	*(*link_name)(const struct meter *);
	bool		 (*link_supported)(const struct meter *);
	bool		 (*is_file)(const struct meter *); /* NULL: no */
	enum meter_state (*drain)(struct meter *, meter_sink_fn *,
			    void *arg);
	bool		 (*split)(struct meter *, uint64_t at_ns,
			    meter_split_fn *, void *arg); /* NULL: false */
	bool		 (*collect)(struct meter *, meter_sink_fn *,
			    void *arg);	/* NULL: nothing to do */
	uint64_t	 (*discard)(struct meter *);	/* NULL: none */
	const char	*(*error)(const struct meter *);
	void		 (*take_ledger)(struct meter *, struct ledger *);
	void		 (*take_senders)(struct meter *, struct senders *);
					/* NULL: it notes none */
	bool		 (*span)(const struct meter *, uint64_t *first_ns,
			    uint64_t *last_ns);
	void		 (*add_protostat)(const struct meter *,
			    struct protostat *); /* NULL: not counted */
	const struct owners *(*owners)(struct meter *);	/* NULL: none; then
					those below are NULL, too */
	void		 (*owners_taken)(struct meter *);
	int		 (*owners_adopt)(struct meter *,
			    const struct owners *);
	const char	*(*owners_tree)(const struct meter *);
};

/* The first member of each source's own struct. */
struct meter {
	const struct meter_ops	*ops;
	bool			 absent;	/* see meter_is_absent() */
};

extern const struct meter_ops	meter_pcap, meter_ring, meter_ebpf,
    meter_owners_source;

/*
 * The choice of METER_AUTO for an interface that is missing, which is made when
 * it comes.  Takes both, which are absent.
 */
struct meter	*meter_later_new(struct meter *first, struct meter *otherwise);

/*
 * Several sources `pcap' or `ring' with a thread each; meter_opts.threads > 1.
 */
extern const struct meter_ops	meter_threads, meter_threads_ring;

/* lib/packet's name of a link type, or `otherwise' if it cannot decode it. */
const char *meter_name_of_link(int link, const char *otherwise);

#endif
