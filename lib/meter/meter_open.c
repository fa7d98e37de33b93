/*
 * Chooses the source of a meter.  By default it is the cheapest that works and
 * knows what the wire carries: packets are counted in the kernel, or read from
 * a ring of our own, or through libpcap.
 */
#include "config.h"

#include "base/log.h"
#include "meter_impl.h"

const char *const meter_sources[METER_SOURCES] = {
	[METER_AUTO] = "auto",
	[METER_PCAP] = "pcap",
	[METER_RING] = "ring",
	[METER_EBPF] = "ebpf",
};

/* Without another source than libpcap there is no choice to explain. */
static struct meter *
open_ring_or_pcap(const struct meter_opts *o, const char *why, char *err)
{
	bool		 several = o->threads > 1;
	const char	*and = why[0] == '\0' ? "" : "; ";
	char		 no_ring[METER_ERRLEN] = "";
	struct meter	*c;

	if (METER_CHOICES > METER_RING && (c = (several ? &meter_threads_ring :
	    &meter_ring)->open(o, no_ring)) != NULL) {
		log_info("source ring: %s%s%s: packets are read from the "
		    "kernel's buffer", why, and, o->frames.ifname);
		return (c);
	}
	c = (several ? &meter_threads : &meter_pcap)->open(o, err);
	if (c != NULL && no_ring[0] != '\0')
		log_info("source pcap: %s%s%s", why, and, no_ring);
	return (c);
}

static struct meter *
open_best(const struct meter_opts *o, char *err)
{
	struct meter	*c;
	char		 why[METER_ERRLEN] = "";

	if (o->threads <= 1 && meter_ebpf.open != NULL &&
	    (c = meter_ebpf.open(o, why)) != NULL) {
		log_info("source ebpf: %s: packets are counted in the kernel",
		    o->frames.ifname);
		return (c);
	}
	return (open_ring_or_pcap(o, why, err));
}

/* The interface may come later: open what can be opened now. */
static struct meter *
open_later(const struct meter_opts *o, char *err)
{
	bool		 several = o->threads > 1;
	struct meter	*m, *first;
	char		 why[METER_ERRLEN];

	m = (several ? &meter_threads : &meter_pcap)->open(o, err);
	if (m == NULL)
		return (NULL);
	if (!meter_is_absent(m)) {	/* such as `any', or just came */
		meter_close(m);
		return (open_best(o, err));
	}
	if (METER_CHOICES > METER_RING && (first = (several ?
	    &meter_threads_ring : &meter_ring)->open(o, why)) != NULL)
		m = meter_later_new(first, m);
	else if (METER_CHOICES > METER_RING)
		log_info("source pcap: %s", why);
	if (several || meter_ebpf.open == NULL)
		return (m);
	if ((first = meter_ebpf.open(o, why)) != NULL)
		return (meter_later_new(first, m));
	log_info("source ebpf: not possible: %s", why);
	return (m);
}

struct meter *
meter_open(const struct meter_opts *o, char *err)
{
	if (o->frames.file != NULL)
		return (meter_pcap.open(o, err));
	if (o->owners)
		return (meter_owners_source.open(o, err));
	switch (o->source) {
	case METER_EBPF:
		return (meter_ebpf.open(o, err));
	case METER_RING:
		return ((o->threads > 1 ? &meter_threads_ring :
		    &meter_ring)->open(o, err));
	case METER_PCAP:
		return ((o->threads > 1 ? &meter_threads :
		    &meter_pcap)->open(o, err));
	default:
		return (frames_may_come(&o->frames) ? open_later(o, err) :
		    open_best(o, err));
	}
}
