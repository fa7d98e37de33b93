/*
 * The source of packets that the options choose, for the start and for
 * --check-config.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "meter/meter.h"
#include "options.h"

struct networks;

/*
 * Open the source; meter_opts is filled in and borrowed until meter_close(), as
 * are the options and the networks.  Returns NULL after a message: it cannot be
 * opened, or its frames cannot be decoded.
 */
struct meter	*source_open(const struct options *, const struct networks *,
		    struct meter_opts *);

#endif
