/*
 * Linux: the table of neighbours (ARP, neighbour discovery), by rtnetlink(7).
 * The socket stays open, because a request needs no privilege.
 */
#include <sys/socket.h>
#include <sys/time.h>
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

/* The kernel's datagrams have up to 32 KiB. */
#define DATAGRAM_MOST	65536

/* Seconds to wait for a datagram, which is there when it is asked for. */
#define PATIENCE	2

/* The states in which the kernel uses a MAC address, or has used it. */
#define KNOWN	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |	\
		    NUD_PERMANENT)

struct neighbours {
	int		fd;
	uint32_t	sequence;	/* of the last request */
	uint8_t		octets[DATAGRAM_MOST];
};

struct neighbours *
neighbours_open(void)
{
	const struct timeval	 tv = { .tv_sec = PATIENCE };
	struct sockaddr_nl	 kernel = { .nl_family = AF_NETLINK };
	struct neighbours	*n;
	int			 saved;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	/* Connected: no other process can answer. */
	if (n->fd != -1 && connect(n->fd, (const struct sockaddr *)&kernel,
	    sizeof(kernel)) == 0 && setsockopt(n->fd, SOL_SOCKET,
	    SO_RCVTIMEO, &tv, sizeof(tv)) == 0)
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

/* What is left of a datagram, or of the attributes of a message. */
struct piece {
	const uint8_t	*at;
	size_t		 left;
};

/* The next n octets, rounded up to what the format aligns to; or NULL. */
static const uint8_t *
take(struct piece *p, size_t n)
{
	const uint8_t	*at = p->at;
	size_t		 whole = NLMSG_ALIGN(n);

	if (p->left < n)
		return (NULL);
	/* Nothing pads what is last. */
	whole = whole < p->left ? whole : p->left;
	p->at += whole;
	p->left -= whole;
	return (at);
}

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
	bool		 addr = false, mac = false;
	struct rtattr	 a;
	const uint8_t	*at;
	size_t		 n;

	while (p.left >= sizeof(a)) {
		memcpy(&a, p.at, sizeof(a));
		if (a.rta_len < sizeof(a) || (at = take(&p, a.rta_len)) == NULL)
			return (false);
		at += sizeof(a);
		n = a.rta_len - sizeof(a);
		if (a.rta_type == NDA_DST)
			addr = take_address(to, family, at, n);
		else if (a.rta_type == NDA_LLADDR &&
		    (mac = n == sizeof(to->mac)))
			memcpy(to->mac, at, n);
	}
	return (addr && mac && mac_is_device(to->mac));
}

static void
parse_neighbour(const struct neighbours_asked *q, struct piece p)
{
	struct neighbour	 to;
	const uint8_t		*at;
	struct ndmsg		 nd;

	if ((at = take(&p, sizeof(nd))) == NULL)
		return;
	memcpy(&nd, at, sizeof(nd));
	if (nd.ndm_ifindex >= 0 && (unsigned int)nd.ndm_ifindex == q->index &&
	    (nd.ndm_state & KNOWN) != 0 && (nd.ndm_flags & NTF_PROXY) == 0 &&
	    nd.ndm_type == RTN_UNICAST &&
	    take_attributes(&to, nd.ndm_family, p))
		q->fn(q->arg, &to);
}

/* An error in place of the answer: -1 with errno. */
static int
parse_error(struct piece p)
{
	const uint8_t	*at = take(&p, sizeof(int));
	int		 error = 0;

	if (at != NULL)
		memcpy(&error, at, sizeof(error));
	errno = error < 0 && error > -4096 ? -error : EIO;
	return (-1);
}

int
neighbours_parse(const struct neighbours_asked *q, const void *octets,
    size_t len)
{
	struct piece	 all = { octets, len }, body;
	const uint8_t	*at;
	struct nlmsghdr	 h;

	while (all.left >= sizeof(h)) {
		memcpy(&h, all.at, sizeof(h));
		if (h.nlmsg_len < sizeof(h) ||
		    (at = take(&all, h.nlmsg_len)) == NULL) {
			errno = EBADMSG;
			return (-1);
		}
		if (h.nlmsg_seq != q->sequence)
			continue;	/* of a request that was given up */
		body.at = at + sizeof(h);
		body.left = h.nlmsg_len - sizeof(h);
		if (h.nlmsg_type == NLMSG_DONE)
			return (0);
		if (h.nlmsg_type == NLMSG_ERROR)
			return (parse_error(body));
		if (h.nlmsg_type == RTM_NEWNEIGH)
			parse_neighbour(q, body);
	}
	return (1);
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
