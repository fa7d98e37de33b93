/*
 * Programs that tell the owner of each socket (sock.bpf.h), from the side of
 * the process.  They are attached at the root of cgroup v2 by links that
 * nothing but a descriptor of this process holds: however it ends, the kernel
 * takes them away.
 *
 *	prepare -> load the object -> new -> attach sock_create -> scan ->
 *	attach others* -> [fd, drain]* -> free
 *
 * All but draining needs CAP_BPF and CAP_NET_ADMIN, the scan CAP_SYS_PTRACE: do
 * it before the sandbox.  One thread at a time.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdint.h>

#include "bpf/bpf_load.h"
#include "cgroups.h"
#include "sock_layout.h"

#define OWNER_WATCH_PROGRAMS	8

struct owner_watch;

/* Before loading: set what the programs may ask this kernel. */
void		 owner_watch_prepare(struct bpf_object *);

/*
 * Take the maps of a loaded object, which may be closed then.  The tree is
 * borrowed.  Returns NULL with a reason in why[BPF_WHYLEN].
 */
struct owner_watch *owner_watch_new(const struct bpf_object *,
		    struct cgroups *, char *why);
void		 owner_watch_free(struct owner_watch *); /* NULL is allowed */

/*
 * Attach a program at the root, at most OWNER_WATCH_PROGRAMS; type is
 * BPF_CGROUP_... of <linux/bpf.h>.  0, or -1 with a reason in why[BPF_WHYLEN].
 */
int		 owner_watch_attach(struct owner_watch *, int program,
		    int type, char *why);

/*
 * Look for sockets that are older than the program of sock_create, and note who
 * has them.  Until then the owner of such a socket is not known.  Returns how
 * many were noted, or -1 with errno if this process may not look at all.
 */
int		 owner_watch_scan(struct owner_watch *);

/* Readable if there is something to drain. */
int		 owner_watch_fd(const struct owner_watch *);

/* Call fn for each piece of news that waits.  Returns how many. */
typedef void	 owner_news_fn(void *arg, const struct owner_news *);
int		 owner_watch_drain(struct owner_watch *, owner_news_fn *,
		    void *arg);

/* The cookie of this process's network namespace, as in struct owner_sock. */
uint64_t	 owner_watch_netns(const struct owner_watch *);

#endif
