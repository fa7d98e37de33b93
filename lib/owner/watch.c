/*
 * Attaches programs to the root of cgroup v2, reads what they tell.
 */
#include "config.h"

#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"
#include "watch.h"

struct owner_watch {
	struct cgroups		*cgroups;	/* borrowed */
	struct ring_buffer	*ring;
	int			 ring_fd, setup_fd, socks_fd;
	int			 link[OWNER_WATCH_PROGRAMS];
	int			 nlinks;
	struct owner_setup	 setup;
	owner_news_fn		*fn;		/* while draining */
	void			*arg;
	int			 drained;
};

static int
take_news(void *arg, void *data, size_t len)
{
	struct owner_watch	*w = arg;

	if (len >= sizeof(struct owner_news)) {
		w->fn(w->arg, data);
		w->drained++;
	}
	return (0);
}

/* A descriptor of our own: that of the object is closed with it. */
static int
take_map(const struct bpf_object *o, const char *name)
{
	int	fd = bpf_object__find_map_fd_by_name(o, name);

	return (fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

static int
set_up(struct owner_watch *w)
{
	uint32_t	zero = 0;

	return (bpf_map_update_elem(w->setup_fd, &zero, &w->setup,
	    BPF_ANY) == 0 ? 0 : -1);
}

/*
 * Which namespace is ours?  Before Linux 5.14 only a program can tell: a socket
 * that is made now has it in its storage.
 */
static void
ask_netns(struct owner_watch *w)
{
	struct owner_sock	s = { .netns = 0 };
	int			fd;

	fd = socket(w->nlinks > 0 ? AF_INET : AF_UNIX,
	    SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return;
	w->setup.netns = owner_netns(fd);
	if (w->setup.netns == 0 && w->nlinks > 0 &&
	    bpf_map_lookup_elem(w->socks_fd, &fd, &s) == 0)
		w->setup.netns = s.netns;
	(void)close(fd);
	(void)set_up(w);
}

void
owner_watch_prepare(struct bpf_object *o)
{
	struct bpf_map	*m = bpf_object__find_map_by_name(o, ".rodata.owner");
	uint32_t	 may = 1;

	if (m != NULL && libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SKB,
	    BPF_FUNC_get_netns_cookie, NULL) == 1)
		(void)bpf_map__set_initial_value(m, &may, sizeof(may));
}

struct owner_watch *
owner_watch_new(const struct bpf_object *o, struct cgroups *c, char *why)
{
	struct owner_watch	*w = calloc(1, sizeof(*w));

	if (w == NULL) {
		(void)snprintf(why, BPF_WHYLEN, "out of memory");
		return (NULL);
	}
	w->cgroups = c;
	w->ring_fd = take_map(o, "owner_ring");
	w->setup_fd = take_map(o, "owner_setup");
	w->socks_fd = take_map(o, "owner_socks");
	arc4random_buf(w->setup.secret, sizeof(w->setup.secret));
	if (w->ring_fd != -1 && w->setup_fd != -1 && w->socks_fd != -1 &&
	    set_up(w) == 0)
		w->ring = ring_buffer__new(w->ring_fd, take_news, w, NULL);
	if (w->ring != NULL) {
		ask_netns(w);
		return (w);
	}
	(void)snprintf(why, BPF_WHYLEN, "no ring for the names of owners: %s",
	    strerror(errno));
	owner_watch_free(w);
	return (NULL);
}

void
owner_watch_free(struct owner_watch *w)
{
	if (w == NULL)
		return;
	while (w->nlinks > 0)
		(void)close(w->link[--w->nlinks]);
	ring_buffer__free(w->ring);
	if (w->ring_fd != -1)
		(void)close(w->ring_fd);
	if (w->setup_fd != -1)
		(void)close(w->setup_fd);
	if (w->socks_fd != -1)
		(void)close(w->socks_fd);
	free(w);
}

int
owner_watch_attach(struct owner_watch *w, int program, int type, char *why)
{
	int	fd = -1;

	if (w->nlinks < OWNER_WATCH_PROGRAMS)
		fd = bpf_link_create(program, cgroups_fd(w->cgroups),
		    (enum bpf_attach_type)type, NULL);
	if (fd < 0) {
		(void)snprintf(why, BPF_WHYLEN, "%s: cannot attach the "
		    "program: %s%s", cgroups_mount(w->cgroups),
		    strerror(errno), errno == EPERM ? "; another program "
		    "there may allow no second one" : "");
		return (-1);
	}
	w->link[w->nlinks++] = fd;
	if (w->setup.netns == 0)
		ask_netns(w);
	return (0);
}

int
owner_watch_scan(struct owner_watch *w)
{
	int	n = owner_scan(w->cgroups, w->socks_fd, &w->setup);

	w->setup.ready = 1;
	return (set_up(w) == -1 ? -1 : n);
}

int
owner_watch_fd(const struct owner_watch *w)
{
	return (w->ring_fd);
}

int
owner_watch_drain(struct owner_watch *w, owner_news_fn *fn, void *arg)
{
	w->fn = fn;
	w->arg = arg;
	w->drained = 0;
	(void)ring_buffer__consume(w->ring);
	return (w->drained);
}

uint64_t
owner_watch_netns(const struct owner_watch *w)
{
	return (w->setup.netns);
}
