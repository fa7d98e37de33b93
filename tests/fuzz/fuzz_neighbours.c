/*
 * Messages of the kernel about neighbours.  The input is a datagram.  Whatever
 * it holds, only devices are passed, and no more octets are read than there
 * are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/neighbours_linux.h"
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
	const struct neighbours_asked	asked = { 7, 42, on_neighbour, NULL };
	int				rc;

	errno = 0;
	rc = neighbours_parse(&asked, in, size);
	check(rc == 0 || rc == 1 || (rc == -1 && errno != 0));
	return (0);
}
