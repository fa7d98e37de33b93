/*
 * Systems whose kernel cannot count: --source does not offer it there.
 */
#include "config.h"

#include <stdio.h>

#include "meter_impl.h"

static struct meter *
owners_open(const struct meter_opts *o, char *err)
{
	(void)o;
	(void)snprintf(err, METER_ERRLEN, "cannot count owners: only Linux "
	    "can; accounts of interfaces need nothing of this");
	return (NULL);
}

const struct meter_ops meter_owners_source = {
	.name = "owners",
	.open = owners_open,
};

const struct meter_ops meter_ebpf = {
	.name = "ebpf",
	.open = NULL,
};
