/*
 * Linux: the table of neighbours (ARP, neighbour discovery), by rtnetlink(7).
 * The socket stays open, because a request needs no privilege.
 */
#include <sys/socket.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interface.h"
#include "packet/addr.h"
#include "packet/flow.h"
#include "neighbours_linux.h"
#include "netlink_linux.h"

/* The states in which the kernel uses a MAC address, or has used it. */
#define KNOWN	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |	\
		    NUD_PERMANENT)

struct neighbours {
	int		fd;
	uint32_t	sequence;	/* of the last request */
	uint8_t		octets[NETLINK_DATAGRAM_MOST];
};

struct neighbours *
neighbours_open(void)
{
	struct neighbours	*n;
	int			 saved;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	if ((n->fd = netlink_open(0, 0)) != -1)
		return (n);
	saved = errno;
	neighbours_close(n);
	errno = saved;
	return (NULL);
}

void
neighbours_close(struct neighbours *n)
{
	if (n == NULL)
		return;
	if (n->fd != -1)
		(void)close(n->fd);
	free(n);
}

/* ---- the messages ---- */

static bool
take_address(struct neighbour *to, uint8_t family, const uint8_t *at, size_t n)
{
	if (family == AF_INET && n == 4) {
		to->family = FLOW_FAMILY_IP4;
		addr_map_ip4(to->addr, at);
		return (true);
	}
	if (family != AF_INET6 || n != sizeof(to->addr))
		return (false);
	to->family = FLOW_FAMILY_IP6;
	memcpy(to->addr, at, n);
	return (true);
}

/* Read the attributes of a neighbour.  False if it has no usable MAC. */
static bool
take_attributes(struct neighbour *to, uint8_t family, struct piece p)
{
	bool		addr = false, mac = false;
	unsigned int	type;
	struct piece	value;

	while (piece_attribute(&p, &type, &value))
		if (type == NDA_DST)
			addr = take_address(to, family, value.at, value.left);
		else if (type == NDA_LLADDR &&
		    (mac = value.left == sizeof(to->mac)))
			memcpy(to->mac, value.at, sizeof(to->mac));
	return (addr && mac && mac_is_device(to->mac));
}

static void
parse_neighbour(const struct neighbours_asked *q, struct piece p)
{
	struct neighbour	 to;
	const uint8_t		*at;
	struct ndmsg		 nd;

	if ((at = piece_take(&p, sizeof(nd))) == NULL)
		return;
	memcpy(&nd, at, sizeof(nd));
	if (nd.ndm_ifindex >= 0 && (unsigned int)nd.ndm_ifindex == q->index &&
	    (nd.ndm_state & KNOWN) != 0 && (nd.ndm_flags & NTF_PROXY) == 0 &&
	    nd.ndm_type == RTN_UNICAST &&
	    take_attributes(&to, nd.ndm_family, p))
		q->fn(q->arg, &to);
}

/* A table that changes meanwhile is as good: it is read again soon. */
int
neighbours_parse(const struct neighbours_asked *q, const void *octets,
    size_t len)
{
	struct piece		all = { octets, len }, body;
	enum netlink_next	next;
	uint16_t		type;
	bool			changed = false;

	while ((next = netlink_next(&all, q->sequence, &type, &body,
	    &changed)) == NETLINK_MESSAGE)
		if (type == RTM_NEWNEIGH)
			parse_neighbour(q, body);
	return (next == NETLINK_ERROR ? -1 : next == NETLINK_MORE);
}

/* ---- the interface itself ---- */

/* Its MAC address, from a list of addresses; false if it has none. */
static bool
own_mac(const struct ifaddrs *a, const char *ifname,
    uint8_t mac[MAC_LEN])
{
	struct sockaddr_ll	ll;

	for (; a != NULL; a = a->ifa_next) {
		if (a->ifa_addr == NULL || strcmp(a->ifa_name, ifname) != 0 ||
		    a->ifa_addr->sa_family != AF_PACKET)
			continue;
		memcpy(&ll, a->ifa_addr, sizeof(ll));
		if (ll.sll_halen != MAC_LEN)
			return (false);
		memcpy(mac, ll.sll_addr, MAC_LEN);
		return (mac_is_device(mac));
	}
	return (false);
}

static void
pass_own(const struct neighbours_asked *q, const char *ifname)
{
	struct ifaddrs		*list, *a;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
	struct neighbour	 n = { 0 };
	bool			 is_ip;

	if (getifaddrs(&list) == -1)
		return;		/* the neighbours are known all the same */
	for (a = own_mac(list, ifname, n.mac) ? list : NULL; a != NULL;
	    a = a->ifa_next) {
		is_ip = false;
		if (a->ifa_addr == NULL || strcmp(a->ifa_name, ifname) != 0)
			continue;
		if (a->ifa_addr->sa_family == AF_INET) {
			memcpy(&in, a->ifa_addr, sizeof(in));
			is_ip = take_address(&n, AF_INET,
			    (const uint8_t *)&in.sin_addr, 4);
		} else if (a->ifa_addr->sa_family == AF_INET6) {
			memcpy(&in6, a->ifa_addr, sizeof(in6));
			is_ip = take_address(&n, AF_INET6,
			    (const uint8_t *)&in6.sin6_addr, 16);
		}
		if (is_ip)
			q->fn(q->arg, &n);
	}
	freeifaddrs(list);
}

/* ---- the request ---- */

static int
send_request(struct neighbours *n)
{
	struct {
		struct nlmsghdr	h;
		struct ndmsg	nd;
	} request = {
		.h = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = ++n->sequence,
		},
		.nd = { .ndm_family = AF_UNSPEC },
	};

	return (send(n->fd, &request, sizeof(request), 0) == -1 ? -1 : 0);
}

int
neighbours_read(struct neighbours *n, const char *ifname, neighbours_fn *fn,
    void *arg)
{
	struct neighbours_asked	q = { .fn = fn, .arg = arg };
	char			real[INTERFACE_NAME_MAX];
	ssize_t			got;
	int			rc = 1;

	if (interface_find(ifname, &q.index) != INTERFACE_THERE)
		return (0);
	if (send_request(n) == -1)
		return (-1);
	q.sequence = n->sequence;
	while (rc == 1) {
		got = recv(n->fd, n->octets, sizeof(n->octets), 0);
		if (got == -1 && errno == EINTR)
			continue;
		rc = got == -1 ? -1 : neighbours_parse(&q, n->octets,
		    (size_t)got);
	}
	if (rc == 0)
		pass_own(&q, interface_real(ifname, real));
	return (rc);
}
