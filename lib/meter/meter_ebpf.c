/*
 * The source `ebpf' of Linux: a packet socket whose filter counts frames in
 * the kernel and passes none of them on.  Owns the socket and decides when the
 * counts are fetched: once a second while there is traffic, when a table in
 * the kernel is nearly full, and when the caller collects.  lib/capture finds
 * the link type, explains errors of the interface and compiles the filter, so
 * that all this is the same as with `pcap'.
 */
#include "config.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bpf/bpf_load.h"
#include "capture/attached.h"
#include "capture/filter_kernel.h"
#include "capture/link_ask.h"
#include "ebpf_kernel.h"
#include "ebpf_store.h"
#include "meter_impl.h"

struct source {
	struct meter		 base;		/* comes first */
	const struct frames_opts *opts;	/* borrowed */
	struct ebpf_kernel	*kernel;
	int			 fd;		/* -1: not open */
	unsigned int		 index;		/* 0: of all interfaces */
	const char		*link_name;
	struct ebpf_pause	 pause;		/* between harvests */
	struct ledger		 ledger;
	struct prototally	 tally;		/* since it was opened */
	char			 error[METER_ERRLEN];
};

/* The link types that the program supports, by libpcap's numbers. */
static const struct {
	int		number;
	enum parse_link	link;
} links[] = {
	{ 1, PARSE_ETHERNET },		/* DLT_EN10MB */
	{ 12, PARSE_RAW },		/* DLT_RAW */
	{ LINK_COOKED, PARSE_COOKED },
};

#define NLINKS	(sizeof(links) / sizeof(links[0]))

static int
ask_link(const struct frames_opts *o, struct link_kind *a,
    enum parse_link *link, char *err)
{
	size_t	i;

	if (link_ask(o, a, err) == -1)
		return (-1);
	a->name = meter_name_of_link(a->number, a->name);
	for (i = 0; i < NLINKS; i++)
		if (links[i].number == a->number) {
			*link = links[i].link;
			return (0);
		}
	(void)snprintf(err, METER_ERRLEN, "cannot count in the kernel: %s: "
	    "link type %s is not supported there", o->ifname, a->name);
	return (-1);
}

static int
fail(const struct source *c, const char *what, char *err)
{
	(void)snprintf(err, METER_ERRLEN, "cannot count in the kernel: %s: "
	    "%s: %s", c->opts->ifname, what, strerror(errno));
	return (-1);
}

/* Attach the program before bind(2), so that it sees the first frame. */
static int
bind_socket(struct source *c, int program, char *err)
{
	struct sockaddr_ll	ll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)c->index,
	};
	struct packet_mreq	promisc = {
		.mr_ifindex = (int)c->index, .mr_type = PACKET_MR_PROMISC,
	};

	if (bpf_load_attach_socket(c->fd, program) == -1)
		return (fail(c, "cannot attach the program", err));
	if (c->opts->promisc && c->index != 0 && setsockopt(c->fd, SOL_PACKET,
	    PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)) == -1)
		return (fail(c, "cannot set promiscuous mode", err));
	if (bind(c->fd, (struct sockaddr *)&ll, sizeof(ll)) == -1)
		return (fail(c, "cannot bind to the interface", err));
	return (0);
}

static void
close_socket(struct source *c)
{
	if (c->fd != -1)
		(void)close(c->fd);
	c->fd = -1;
}

/* Open the socket on the interface that link_ask() has found. */
static int
attach(struct source *c, const struct link_kind *a, enum parse_link link,
    char *err)
{
	int	program = ebpf_kernel_program(c->kernel, link);

	if (program == -1) {
		(void)snprintf(err, METER_ERRLEN, "cannot count in the "
		    "kernel: %s: no program is loaded for link type %s",
		    c->opts->ifname, a->name);
		return (-1);
	}
	c->fd = socket(AF_PACKET, (link == PARSE_COOKED ? SOCK_DGRAM :
	    SOCK_RAW) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd == -1)
		return (fail(c, "cannot open a socket", err));
	c->index = a->index;
	c->link_name = a->name;
	c->error[0] = '\0';
	if (bind_socket(c, program, err) == 0)
		return (0);
	close_socket(c);
	return (-1);
}

/*
 * Load filters for all link types that the interface may have when it returns:
 * inside the sandbox no program can be loaded.
 */
static int
load(struct source *c, const struct meter_opts *o, enum parse_link link,
    char *err)
{
	struct ebpf_filter	 filters[EBPF_LINKS] = { { NULL, 0 } };
	bool			 wanted[EBPF_LINKS] = { false };
	char			 other[METER_ERRLEN] = "", why[BPF_WHYLEN];
	size_t			 i;
	int			 rc = 0;

	for (i = 0; i < NLINKS && rc == 0; i++) {
		enum parse_link	l = links[i].link;

		wanted[l] = filter_for_kernel(c->opts, links[i].number,
		    &filters[l].insns, &filters[l].n,
		    l == link ? err : other) == 0;
		if (l == link && !wanted[l])
			rc = -1;
	}
	if (rc == 0 && (c->kernel = ebpf_kernel_load(o, filters, wanted,
	    link, why)) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "cannot count in the "
		    "kernel: %s: %s", c->opts->ifname, why);
		rc = -1;
	}
	for (i = 0; i < EBPF_LINKS; i++)
		free(filters[i].insns);
	return (rc);
}

static void
source_close(struct meter *base)
{
	struct source	*c = (struct source *)base;

	close_socket(c);
	ebpf_kernel_free(c->kernel);
	free(c);
}

static struct meter *
source_open(const struct meter_opts *o, char *err)
{
	struct link_kind	 a;
	enum parse_link		 link;
	struct source		*c;
	bool			 absent;

	absent = ask_link(&o->frames, &a, &link, err) == -1;
	if (absent && !frames_may_come(&o->frames))
		return (NULL);
	if (absent)
		link = PARSE_ETHERNET;	/* the one that must be loaded */
	if ((c = calloc(1, sizeof(*c))) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		return (NULL);
	}
	c->base.ops = &meter_ebpf;
	c->opts = &o->frames;
	c->fd = -1;
	c->link_name = "unknown";
	c->base.absent = absent;
	ebpf_pause_plan(&c->pause, false);
	if (load(c, o, link, err) == 0 &&
	    (absent || attach(c, &a, link, err) == 0))
		return (&c->base);
	source_close(&c->base);
	return (NULL);
}

static uint64_t
discard(void *arg, const struct flow *flows, size_t n)
{
	(void)arg;
	(void)flows;
	(void)n;
	return (0);
}

/*
 * The old interface may still exist, renamed or moved.  What was counted there
 * since the source failed is not part of the account: discard it.
 */
static int
source_reopen(struct meter *base, char *err)
{
	struct source		*c = (struct source *)base;
	struct link_kind	 a;
	struct ledger		 unused = { { 0 } };
	struct prototally	 unused_too = { .first_fragments = 0 };
	enum parse_link		 link;

	if (c->fd != -1) {
		close_socket(c);
		ebpf_kernel_harvest(c->kernel, discard, NULL, &unused,
		    &unused_too);
	}
	if (ask_link(c->opts, &a, &link, err) == -1)
		return (-1);
	return (attach(c, &a, link, err));
}

static bool
source_present(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (attached_to(c->fd, c->opts->ifname, c->index));
}

static int
source_fd(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (c->fd);
}

static int
source_wait(const struct meter *base)
{
	return (ms_until(((const struct source *)base)->pause.at,
	    now_mono()));
}

static int
source_latency(const struct meter *base)
{
	(void)base;
	return (0);
}

static const char *
source_link_name(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (c->link_name);
}

static bool
source_link_supported(const struct meter *base)
{
	(void)base;
	return (true);
}

static uint64_t
seen(const struct ledger *l)
{
	return (l->v[LEDGER_FRAMES] + l->v[LEDGER_DROP_KERNEL]);
}

static bool
source_collect(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source	*c = (struct source *)base;
	uint64_t	 before = seen(&c->ledger);

	ebpf_kernel_harvest(c->kernel, sink, arg, &c->ledger,
	    &c->tally);
	ebpf_pause_plan(&c->pause, seen(&c->ledger) != before);
	return (false);
}

/*
 * The socket has an error.  If its interface is still there, the program
 * continues to count.
 */
static enum meter_state
read_error(struct source *c, int error)
{
	bool	gone = error == ENXIO || error == ENODEV ||
	    !source_present(&c->base);

	if (error == ENETDOWN && !gone)
		return (METER_IDLE);
	(void)snprintf(c->error, sizeof(c->error), "%s", gone ?
	    "the interface disappeared" : strerror(error));
	return (gone ? METER_FAILED : METER_TROUBLED);
}

/* Has the program woken us?  FAILED: the interface is gone. */
static enum meter_state
read_socket(struct source *c, bool *woken)
{
	char			octets[4];
	enum meter_state	state = METER_IDLE;

	while (state == METER_IDLE) {
		if (recv(c->fd, octets, sizeof(octets), 0) >= 0)
			*woken = true;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return (METER_IDLE);
		else if (errno != EINTR)
			state = read_error(c, errno);
	}
	return (state);
}

static enum meter_state
source_drain(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source		*c = (struct source *)base;
	bool			 woken = false;
	enum meter_state	 state = read_socket(c, &woken);

	if (state == METER_FAILED)
		return (state);
	if (woken || (now_mono() >= c->pause.at &&
	    ebpf_kernel_has_counted(c->kernel)))
		(void)source_collect(base, sink, arg);
	else if (now_mono() >= c->pause.at)
		ebpf_pause_plan(&c->pause, false);
	return (c->opts->count > 0 && ebpf_kernel_full(c->kernel) ?
	    METER_END : state);
}

static const char *
source_error(const struct meter *base)
{
	const struct source	*c = (const struct source *)base;

	return (c->error[0] != '\0' ? c->error :
	    "it was deleted, renamed or replaced");
}

static void
source_take_ledger(struct meter *base, struct ledger *l)
{
	struct source	*c = (struct source *)base;

	ledger_add(l, &c->ledger);
	memset(&c->ledger, 0, sizeof(c->ledger));
}

static void
source_add_protostat(const struct meter *base, struct protostat *sum)
{
	protostat_add(sum, &((const struct source *)base)->tally);
}

static void
source_take_senders(struct meter *base, struct senders *s)
{
	ebpf_kernel_take_senders(((struct source *)base)->kernel, s);
}

/* Not kept: only for capture files are these times used. */
static bool
source_span(const struct meter *base, uint64_t *first_ns, uint64_t *last_ns)
{
	(void)base;
	*first_ns = *last_ns = 0;
	return (false);
}

const struct meter_ops meter_ebpf = {
	.name = "ebpf",
	.open = source_open,
	.close = source_close,
	.reopen = source_reopen,
	.present = source_present,
	.fd = source_fd,
	.wait = source_wait,
	.latency = source_latency,
	.link_name = source_link_name,
	.link_supported = source_link_supported,
	.drain = source_drain,
	.collect = source_collect,
	.error = source_error,
	.take_ledger = source_take_ledger,
	.take_senders = source_take_senders,
	.span = source_span,
	.add_protostat = source_add_protostat,
};
