/*
 * Chooses the source of a meter.  By default packets are counted in the kernel
 * if it permits that; otherwise they are read through libpcap.
 */
#include "config.h"

#include "base/log.h"
#include "meter_impl.h"

const char *const meter_sources[METER_SOURCES] = {
	[METER_AUTO] = "auto",
	[METER_PCAP] = "pcap",
	[METER_EBPF] = "ebpf",
};

static struct meter *
open_best(const struct meter_opts *o, char *err)
{
	struct meter	*c;
	char		 why[METER_ERRLEN];

	if ((c = meter_ebpf.open(o, why)) != NULL) {
		log_info("source ebpf: %s: packets are counted in the kernel",
		    o->frames.ifname);
		return (c);
	}
	if ((c = meter_pcap.open(o, err)) != NULL)
		log_info("source pcap: %s", why);
	return (c);
}

/* The interface may come later: open what can be opened now. */
static struct meter *
open_later(const struct meter_opts *o, char *err)
{
	struct meter	*pcap = meter_pcap.open(o, err), *kernel;
	char		 why[METER_ERRLEN];

	if (pcap == NULL)
		return (NULL);
	if (!meter_is_absent(pcap)) {	/* such as `any', or just came */
		meter_close(pcap);
		return (open_best(o, err));
	}
	if ((kernel = meter_ebpf.open(o, why)) == NULL) {
		log_info("source pcap: %s", why);
		return (pcap);
	}
	return (meter_later_new(kernel, pcap));
}

struct meter *
meter_open(const struct meter_opts *o, char *err)
{
	if (o->threads > 1 && o->source != METER_EBPF)
		return (meter_threads.open(o, err));
	if (o->frames.file != NULL || o->source == METER_PCAP ||
	    meter_ebpf.open == NULL)
		return (meter_pcap.open(o, err));
	if (o->source == METER_EBPF)
		return (meter_ebpf.open(o, err));
	return (frames_may_come(&o->frames) ? open_later(o, err) :
	    open_best(o, err));
}
