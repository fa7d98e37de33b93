/*
 * Linux: replaces the source `ebpf' if it cannot be built.
 */
#include "config.h"

#include <stdio.h>

#include "meter_impl.h"

static struct meter *
source_open(const struct meter_opts *o, char *err)
{
	(void)snprintf(err, METER_ERRLEN, "cannot count in the kernel: %s: "
	    "this trafd was built without clang or libbpf",
	    o->frames.ifname);
	return (NULL);
}

static struct meter *
owners_open(const struct meter_opts *o, char *err)
{
	(void)o;
	(void)snprintf(err, METER_ERRLEN, "cannot count owners: this trafd "
	    "was built without clang or libbpf; accounts of interfaces need "
	    "nothing of this");
	return (NULL);
}

const struct meter_ops meter_owners_source = {
	.name = "owners",
	.open = owners_open,
};

const struct meter_ops meter_ebpf = {
	.name = "ebpf",
	.open = source_open,
};
