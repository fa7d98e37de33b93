/*
 * The way to the sources: which one it is, and its functions.
 */
#include "config.h"

#include <net/if.h>
#include <string.h>

#include "capture_impl.h"
#include "log.h"

const char *const capture_sources[CAPTURE_SOURCES] = {
	[CAPTURE_AUTO] = "auto",
	[CAPTURE_PCAP] = "pcap",
	[CAPTURE_EBPF] = "ebpf",
};


static struct capture *
open_best(const struct capture_opts *o, char *err)
{
	struct capture	*c;
	char		 why[CAPTURE_ERRLEN];

	if ((c = capture_ebpf.open(o, why)) != NULL) {
		log_info("source ebpf: %s: packets are counted in the kernel",
		    o->ifname);
		return (c);
	}
	if ((c = capture_pcap.open(o, err)) != NULL)
		log_info("source pcap: %s", why);
	return (c);
}

struct capture *
capture_open(const struct capture_opts *o, char *err)
{
	if (o->threads > 1 && o->source != CAPTURE_EBPF)
		return (capture_fanout.open(o, err));
	if (o->file != NULL || o->source == CAPTURE_PCAP)
		return (capture_pcap.open(o, err));
	return (o->source == CAPTURE_EBPF ? capture_ebpf.open(o, err) :
	    open_best(o, err));
}

void
capture_close(struct capture *c)
{
	if (c != NULL)
		c->ops->close(c);
}

int
capture_reopen(struct capture *c, char *err)
{
	return (c->ops->reopen(c, err));
}

const char *
capture_name(const struct capture *c)
{
	return (c->ops->name);
}

bool
capture_is_same(const char *ifname, unsigned int index)
{
	return (index == 0 || if_nametoindex(ifname) == index);
}

bool
capture_present(const struct capture *c)
{
	return (c->ops->present(c));
}

int
capture_fd(const struct capture *c)
{
	return (c->ops->fd(c));
}

int
capture_latency(const struct capture *c)
{
	return (c->ops->latency(c));
}

const char *
capture_link_name(const struct capture *c)
{
	return (c->ops->link_name(c));
}

bool
capture_link_supported(const struct capture *c)
{
	return (c->ops->link_supported(c));
}

enum capture_state
capture_drain(struct capture *c, capture_sink_fn *sink, void *arg)
{
	return (c->ops->drain(c, sink, arg));
}

void
capture_collect(struct capture *c, capture_sink_fn *sink, void *arg)
{
	if (c->ops->collect != NULL)
		c->ops->collect(c, sink, arg);
}

void
capture_discard(struct capture *c)
{
	if (c->ops->discard != NULL)
		c->ops->discard(c);
}

const char *
capture_error(const struct capture *c)
{
	return (c->ops->error(c));
}

void
capture_take_ledger(struct capture *c, struct ledger *l)
{
	c->ops->take_ledger(c, l);
}

bool
capture_span(const struct capture *c, uint64_t *first_ns, uint64_t *last_ns)
{
	return (c->ops->span(c, first_ns, last_ns));
}

bool
capture_protostat(const struct capture *c, struct protostat *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (c->ops->add_protostat == NULL)
		return (false);
	c->ops->add_protostat(c, sum);
	return (true);
}
