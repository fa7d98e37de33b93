/*
 * Loads the program of --data by lib/bpf and attaches it by lib/owner.
 */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bpf/bpf_load.h"
#include "bpf/bpf_probe.h"
#include "owner/data_bpf.inc"
#include "data_kernel.h"
#include "watch.h"

/* What the user can do if the kernel has no memory for the ring. */
#define RELIEF		"try a smaller --buffer-size"

/* Why there may be no cgroup v2. */
#define HIDDEN		"; `ip netns exec' hides it: use `nsenter --net=FILE'"

static const struct {
	const char	*name;
	int		 type;
} programs[] = {
	{ "data_create", BPF_CGROUP_INET_SOCK_CREATE },
	{ "data_out", BPF_CGROUP_INET_EGRESS },
	{ "data_in", BPF_CGROUP_INET_INGRESS },
};

#define NPROGRAMS	((int)(sizeof(programs) / sizeof(programs[0])))

struct data_kernel {
	struct bpf_object	*object;
	struct cgroups		*cgroups;
	struct owner_watch	*watch;
	struct ring_buffer	*ring;
	struct bpf_memory	 lost;
	data_sink		*sink;		/* during a read */
	void			*arg;
	bool			 stopped;
};

/* ---- cgroups ---- */

static int
attach(struct data_kernel *k, char *why)
{
	int	i;

	for (i = 0; i < NPROGRAMS; i++)
		if (owner_watch_attach(k->watch, bpf_load_program(k->object,
		    programs[i].name), programs[i].type, why) == -1)
			return (-1);
	if (owner_watch_scan(k->watch) == -1)
		log_notice("not all processes can be looked into: %s; sockets "
		    "that are older than the trace may have no program",
		    strerror(errno));
	return (0);
}

/* Keep the names of cgroups that may be gone when they are asked for. */
static void
on_news(void *arg, const struct owner_news *n)
{
	(void)cgroups_path(arg, n->parts.cgroup);
}

const char *
data_kernel_unit(struct data_kernel *k, uint64_t cgroup)
{
	const char	*path = cgroups_path(k->cgroups, cgroup);

	return (path == NULL ? "" : path);
}

/* ---- the ring ---- */

static int
on_record(void *arg, void *data, size_t len)
{
	struct data_kernel	*k = arg;
	const struct data_event	*e = data;

	if (len < sizeof(*e) || len - sizeof(*e) < e->caplen)
		return (0);
	if (!k->sink(k->arg, e))
		return (0);
	k->stopped = true;
	return (-EAGAIN);	/* the record has been taken all the same */
}

static int
map_ring(struct data_kernel *k)
{
	k->ring = ring_buffer__new(bpf_object__find_map_fd_by_name(k->object,
	    "ring"), on_record, k, NULL);
	return (k->ring == NULL ? -1 :
	    bpf_load_map(k->object, "lost", &k->lost));
}

bool
data_kernel_read(struct data_kernel *k, data_sink *sink, void *arg)
{
	k->sink = sink;
	k->arg = arg;
	k->stopped = false;
	(void)owner_watch_drain(k->watch, on_news, k->cgroups);
	(void)ring_buffer__consume(k->ring);
	return (k->stopped);
}

void
data_kernel_fds(const struct data_kernel *k, int fds[2])
{
	fds[0] = ring_buffer__epoll_fd(k->ring);
	fds[1] = owner_watch_fd(k->watch);
}

const struct data_lost *
data_kernel_lost(const struct data_kernel *k)
{
	return (k->lost.at);
}

/* ---- loading ---- */

static size_t
ring_octets(unsigned int mib)
{
	size_t	n = (size_t)1 << 20;

	while (n < (size_t)mib << 20 && n < (size_t)1 << 30)
		n *= 2;
	return (n);
}

static int
load(struct data_kernel *k, const struct data_config *c, unsigned int mib,
    char *why)
{
	int	i;

	if ((k->cgroups = cgroups_open(why)) == NULL) {
		(void)strlcat(why, HIDDEN, DATA_WHYLEN);
		return (-1);
	}
	k->object = bpf_load_open(data_bpf, sizeof(data_bpf) - 1, why);
	if (k->object == NULL)
		return (-1);
	for (i = 0; i < NPROGRAMS; i++)
		bpf_load_want(k->object, programs[i].name);
	if (bpf_load_set_constants(k->object, c, sizeof(*c)) == -1 ||
	    bpf_load_set_entries(k->object, "ring", ring_octets(mib)) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	if (bpf_load(k->object, RELIEF, why) == -1)
		return (-1);
	if (map_ring(k) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	k->watch = owner_watch_new(k->object, k->cgroups, why);
	return (k->watch == NULL ? -1 : attach(k, why));
}

struct data_kernel *
data_kernel_load(const struct data_config *c, unsigned int mib, char *why)
{
	struct data_kernel	*k;

	_Static_assert(DATA_WHYLEN == BPF_WHYLEN && DATA_WHYLEN ==
	    CGROUPS_ERRLEN, "a reason must fit");
	if (bpf_probe_release(10, "", why) == -1)
		return (NULL);
	if ((k = calloc(1, sizeof(*k))) == NULL) {
		(void)snprintf(why, DATA_WHYLEN, "out of memory");
		return (NULL);
	}
	if (load(k, c, mib, why) == 0)
		return (k);
	data_kernel_free(k);
	return (NULL);
}

void
data_kernel_free(struct data_kernel *k)
{
	if (k == NULL)
		return;
	owner_watch_free(k->watch);
	ring_buffer__free(k->ring);
	bpf_load_unmap(&k->lost);
	bpf_object__close(k->object);
	cgroups_close(k->cgroups);
	free(k);
}
