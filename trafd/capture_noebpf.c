/*
 * In the place of the source `ebpf' where it cannot be built.
 */
#include "config.h"

#include <stdio.h>

#include "capture_impl.h"

static struct capture *
source_open(const struct capture_opts *o, char *err)
{
	(void)snprintf(err, CAPTURE_ERRLEN, "cannot count in the kernel: %s: "
	    "this trafd was built without clang or libbpf", o->ifname);
	return (NULL);
}

const struct capture_ops capture_ebpf = {
	.name = "ebpf",
	.open = source_open,
};
