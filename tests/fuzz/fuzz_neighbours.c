/*
 * Messages of the kernel about neighbours.  The input is a datagram of Linux,
 * and what BSD has in its table.  Whatever it holds, only devices are passed,
 * and no more octets are read than there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/neighbours_linux.h"
#include "host/neighbours_route.h"
#include "packet/flow.h"
#include "fuzz.h"

static void
on_neighbour(void *arg, const struct neighbour *n)
{
	(void)arg;
	check(n->family == FLOW_FAMILY_IP4 || n->family == FLOW_FAMILY_IP6);
	check(mac_is_device(n->mac));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static const struct route_layout layout = {
		.header = 24, .flags = 8, .addrs = 12, .align = 8,
		.proxy = 0x2000, .inet = 2, .inet6 = 28, .link = 18
	};
	const struct neighbours_asked	asked = { 7, 42, on_neighbour, NULL };
	const struct route_asked	route = { 7, on_neighbour, NULL };
	int				rc;

	errno = 0;
	rc = neighbours_parse(&asked, in, size);
	check(rc == 0 || rc == 1 || (rc == -1 && errno != 0));
	neighbours_route_parse(&layout, &route, in, size);
	return (0);
}
