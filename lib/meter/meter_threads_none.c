/*
 * The source of --threads on systems that cannot distribute packets.
 */
#include "config.h"

#include <stdio.h>

#include "meter_impl.h"

static struct meter *
fanout_open(const struct meter_opts *o, char *err)
{
	(void)snprintf(err, METER_ERRLEN, "cannot distribute packets to "
	    "threads: %s: not possible on this system; leave --threads out",
	    o->frames.ifname);
	return (NULL);
}

const struct meter_ops meter_threads = {
	.name = "pcap",
	.open = fanout_open,
};

const struct meter_ops meter_threads_ring = {
	.name = "ring",
	.open = fanout_open,
};
