/*
 * What a source of capture.h is made of.  For capture.c and the sources
 * only.
 */
#ifndef CAPTURE_IMPL_H
#define CAPTURE_IMPL_H

#include "meter.h"

/* As the functions of the same names in capture.h. */
struct capture_ops {
	const char	*name;
	struct capture	*(*open)(const struct capture_opts *, char *err);
	void		 (*close)(struct capture *);
	int		 (*reopen)(struct capture *, char *err);
	bool		 (*present)(const struct capture *);
	int		 (*fd)(const struct capture *);
	int		 (*latency)(const struct capture *);
	const char	*(*link_name)(const struct capture *);
	bool		 (*link_supported)(const struct capture *);
	enum capture_state (*drain)(struct capture *, capture_sink_fn *,
			    void *arg);
	void		 (*collect)(struct capture *, capture_sink_fn *,
			    void *arg);	/* NULL: nothing to do */
	void		 (*discard)(struct capture *);	/* NULL: cannot */
	const char	*(*error)(const struct capture *);
	void		 (*take_ledger)(struct capture *, struct ledger *);
	bool		 (*span)(const struct capture *, uint64_t *first_ns,
			    uint64_t *last_ns);
	void		 (*add_protostat)(const struct capture *,
			    struct protostat *); /* NULL: not known */
};

/* The first member of each source's own struct. */
struct capture {
	const struct capture_ops	*ops;
};

extern const struct capture_ops	capture_pcap, capture_ebpf;

/* Several of those with a thread each; capture_opts.threads > 1. */
extern const struct capture_ops	capture_fanout;

/* Is it still the interface of this index?  Of 0, none, nobody can tell. */
bool	capture_is_same(const char *ifname, unsigned int index);

/* Forget what has come in, without a look at it. */
void	capture_discard(struct capture *);

#endif
