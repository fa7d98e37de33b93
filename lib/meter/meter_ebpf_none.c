/*
 * In the place of the source `ebpf' where it cannot be built.
 */
#include "config.h"

#include <stdio.h>

#include "meter_impl.h"

static struct capture *
source_open(const struct capture_opts *o, char *err)
{
	(void)snprintf(err, CAPTURE_ERRLEN, "%s: this trafd was built without "
	    "it", o->ifname);
	return (NULL);
}

const struct capture_ops capture_ebpf = {
	.name = "ebpf",
	.open = source_open,
};
