/*
 * Loads the program of --data by lib/bpf.  The object is kept: it owns the
 * programs, and the links own their places at the root of the cgroups.
 */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/bpf_load.h"
#include "bpf/bpf_probe.h"
#include "data_bpf.inc"
#include "data_kernel.h"

/* What the user can do if the kernel has no memory for the ring. */
#define RELIEF		"try a smaller --buffer"

#define NPROGRAMS	3
static const char *const programs[NPROGRAMS] = { "data_create", "data_out",
    "data_in" };

struct data_kernel {
	struct bpf_object	*object;
	struct bpf_link		*links[NPROGRAMS];
	struct ring_buffer	*ring;
	struct bpf_memory	 lost;
	data_sink		*sink;		/* during a read */
	void			*arg;
	bool			 stopped;
};

/* ---- cgroup v2 ---- */

/* Where cgroup v2 is mounted, opened; -1 with a reason. */
static int
open_root(char *why)
{
	struct mntent	*m;
	FILE		*f = setmntent("/proc/self/mounts", "re");
	int		 fd = -1;

	while (fd == -1 && f != NULL && (m = getmntent(f)) != NULL)
		if (strcmp(m->mnt_type, "cgroup2") == 0)
			fd = open(m->mnt_dir, O_RDONLY | O_DIRECTORY |
			    O_CLOEXEC);
	if (f != NULL)
		(void)endmntent(f);
	if (fd == -1)
		(void)snprintf(why, DATA_WHYLEN, "cgroup v2 is not mounted "
		    "(`ip netns exec' hides it: use `nsenter --net=FILE')");
	return (fd);
}

static int
attach(struct data_kernel *k, char *why)
{
	struct bpf_program	*p;
	int			 i, fd = open_root(why);

	if (fd == -1)
		return (-1);
	for (i = 0; i < NPROGRAMS; i++) {
		p = bpf_object__find_program_by_name(k->object, programs[i]);
		k->links[i] = p == NULL ? NULL :
		    bpf_program__attach_cgroup(p, fd);
		if (k->links[i] != NULL)
			continue;
		(void)snprintf(why, DATA_WHYLEN, "the kernel does not let a "
		    "program see the packets of cgroups: %s",
		    strerror(errno));
		(void)close(fd);
		return (-1);
	}
	(void)close(fd);
	return (0);
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
	(void)ring_buffer__consume(k->ring);
	return (k->stopped);
}

int
data_kernel_fd(const struct data_kernel *k)
{
	return (ring_buffer__epoll_fd(k->ring));
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

	k->object = bpf_load_open(data_bpf, sizeof(data_bpf) - 1, why);
	if (k->object == NULL)
		return (-1);
	for (i = 0; i < NPROGRAMS; i++)
		bpf_load_want(k->object, programs[i]);
	if (bpf_load_set_constants(k->object, c, sizeof(*c)) == -1 ||
	    bpf_load_set_entries(k->object, "ring", ring_octets(mib)) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	if (bpf_load(k->object, RELIEF, why) == -1)
		return (-1);
	if (map_ring(k) == 0)
		return (attach(k, why));
	bpf_why(errno, RELIEF, why);
	return (-1);
}

struct data_kernel *
data_kernel_load(const struct data_config *c, unsigned int mib, char *why)
{
	struct data_kernel	*k;

	_Static_assert(DATA_WHYLEN == BPF_WHYLEN, "a reason must fit");
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
	int	i;

	if (k == NULL)
		return;
	for (i = 0; i < NPROGRAMS; i++)
		(void)bpf_link__destroy(k->links[i]);
	ring_buffer__free(k->ring);
	bpf_load_unmap(&k->lost);
	bpf_object__close(k->object);
	free(k);
}
