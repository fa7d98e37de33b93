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

struct meter *
meter_open(const struct meter_opts *o, char *err)
{
	if (o->frames.file != NULL)
		return (meter_pcap.open(o, err));
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
		return (open_best(o, err));
	}
}
