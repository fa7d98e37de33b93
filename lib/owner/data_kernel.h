/*
 * The program of --data in the kernel: loaded and attached at the root of the
 * cgroups, read from its ring.  It is gone with the process.
 *
 *	load (as root) -> [read, lost]* -> free
 *
 * One thread at a time.
 */
#ifndef DATA_KERNEL_H
#define DATA_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "data_layout.h"

#define DATA_WHYLEN	256	/* longest reason, with its NUL */

struct data_kernel;

/*
 * With a ring of at least `mib' MiB (0: the least).  NULL with a reason in
 * why[DATA_WHYLEN].
 */
struct data_kernel *data_kernel_load(const struct data_config *,
		    unsigned int mib, char *why);
void		 data_kernel_free(struct data_kernel *); /* NULL is allowed */

/* Readable when there is something to read. */
void		 data_kernel_fds(const struct data_kernel *, int fds[2]);

/* A record, with its payload behind it.  True: stop after this one. */
typedef bool	 data_sink(void *arg, const struct data_event *);

/* Pass on what is there; true if the sink has stopped it. */
bool		 data_kernel_read(struct data_kernel *, data_sink *, void *arg);

/* The path of a cgroup, "" if it is not known; valid until the next call. */
const char	*data_kernel_unit(struct data_kernel *, uint64_t cgroup);

/* What each of DATA_CPUS processors has lost up to now. */
const struct data_lost *data_kernel_lost(const struct data_kernel *);

#endif
