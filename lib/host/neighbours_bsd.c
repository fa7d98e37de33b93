/*
 * BSD: the table of neighbours (ARP, neighbour discovery), by sysctl(3).  It
 * also has the addresses of the interface itself.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>

#include "neighbours_route.h"

/* The table may grow between two calls, but not without an end. */
#define TRIES		8
#define SLACK		4096

#define NAMES		6		/* of the variable */

static const struct route_layout	layout = {
	.header = sizeof(struct rt_msghdr),
	.flags = offsetof(struct rt_msghdr, rtm_flags),
	.addrs = offsetof(struct rt_msghdr, rtm_addrs),
	.align = sizeof(long),
	.proxy = RTF_PROTO2,	/* named RTF_ANNOUNCE in few headers */
	.inet = AF_INET, .inet6 = AF_INET6, .link = AF_LINK
};

struct neighbours {
	void	*octets;
	size_t	 room;
};

struct neighbours *
neighbours_open(void)
{
	return (calloc(1, sizeof(struct neighbours)));
}

void
neighbours_close(struct neighbours *n)
{
	if (n == NULL)
		return;
	free(n->octets);
	free(n);
}

/* Make room for so many octets, and for some that may be added. */
static int
grow(struct neighbours *n, size_t size)
{
	void	*octets;

	if (size + SLACK <= n->room)
		return (0);
	if ((octets = realloc(n->octets, size + SLACK)) == NULL)
		return (-1);
	n->octets = octets;
	n->room = size + SLACK;
	return (0);
}

/* Read the table of one family.  Returns 0, or -1 with errno. */
static int
read_table(struct neighbours *n, int family, size_t *size)
{
	int	name[NAMES] = { CTL_NET, PF_ROUTE, 0, family, NET_RT_FLAGS,
		    RTF_LLINFO };
	int	tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (sysctl(name, NAMES, NULL, size, NULL, 0) == -1 ||
		    grow(n, *size) == -1)
			return (-1);
		*size = n->room;
		if (sysctl(name, NAMES, n->octets, size, NULL, 0) == 0)
			return (0);
		if (errno != ENOMEM)
			return (-1);
	}
	return (-1);
}

int
neighbours_read(struct neighbours *n, const char *ifname, neighbours_fn *fn,
    void *arg)
{
	static const int	families[] = { AF_INET, AF_INET6 };
	struct route_asked	q = { .fn = fn, .arg = arg };
	size_t			size, i;

	if ((q.index = if_nametoindex(ifname)) == 0)
		return (0);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (read_table(n, families[i], &size) == -1) {
			/* The kernel may have been built without IPv6. */
			if (errno == EAFNOSUPPORT || errno == EINVAL)
				continue;
			return (-1);
		}
		neighbours_route_parse(&layout, &q, n->octets, size);
	}
	return (0);
}
