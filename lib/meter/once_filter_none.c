/*
 * Systems and builds without eBPF.
 */
#include "config.h"

#include <stdio.h>

#include "once_filter.h"

struct once_filter *
once_filter_new(struct once *o, char *err)
{
	(void)o;
	(void)snprintf(err, FRAMES_ERRLEN, "cannot count each packet once: "
	    "this trafd was built without eBPF");
	return (NULL);
}

void
once_filter_free(struct once_filter *f)
{
	(void)f;
}

int
once_filter_attach(struct once_filter *f, int fd, const struct frames_opts *o,
    uint32_t snaplen, char *err)
{
	(void)f;
	(void)fd;
	(void)o;
	(void)snaplen;
	(void)snprintf(err, FRAMES_ERRLEN, "out of memory");	/* not called */
	return (-1);
}
