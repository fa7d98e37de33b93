/*
 * The source of --threads where the system has no way to share packets out.
 */
#include "config.h"

#include <stdio.h>

#include "capture_impl.h"

static struct capture *
fanout_open(const struct capture_opts *o, char *err)
{
	(void)snprintf(err, CAPTURE_ERRLEN, "cannot distribute packets to "
	    "threads: %s: not possible on this system; leave --threads out",
	    o->ifname);
	return (NULL);
}

const struct capture_ops	capture_fanout = {
	.name = "pcap",
	.open = fanout_open,
};
