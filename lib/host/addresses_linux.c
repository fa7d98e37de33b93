/*
 * Linux: addresses and interfaces by rtnetlink(7), which names them by index:
 * what an address is labelled and how the interface is called do not matter.
 * Requests and notifications have a socket each and need no privilege.
 */
#include <sys/socket.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/addr.h"
#include "packet/flow.h"
#include "addresses_linux.h"
#include "hear_linux.h"
#include "netlink_linux.h"
#include "once.h"

/* How often an answer is asked for again that changes meanwhile. */
#define TRIES		5

struct addresses {
	int		ask;		/* for requests */
	int		hear;		/* for notifications */
	struct once	*once;		/* NULL: not asked for; borrowed */
	struct hear	heard;		/* the news that are heard */
	uint32_t	sequence;	/* of the last request */
	uint8_t		octets[NETLINK_DATAGRAM_MOST];
};

struct addresses *
addresses_open(void)
{
	struct addresses	*a;
	int			 saved;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return (NULL);
	a->hear = -1;
	if ((a->ask = netlink_open(0, 0)) != -1 &&
	    (a->hear = netlink_open(SOCK_NONBLOCK, RTMGRP_LINK |
	    RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)) != -1)
		return (a);
	saved = errno;
	addresses_close(a);
	errno = saved;
	return (NULL);
}

void
addresses_close(struct addresses *a)
{
	if (a == NULL)
		return;
	if (a->ask != -1)
		(void)close(a->ask);
	if (a->hear != -1)
		(void)close(a->hear);
	free(a);
}

void
addresses_mark(struct addresses *a, struct once *o)
{
	a->once = o;
}

int
addresses_fd(const struct addresses *a)
{
	return (a->hear);
}

/* ENOBUFS: the kernel has dropped notifications. */
bool
addresses_heard(struct addresses *a)
{
	bool	any = false;
	ssize_t	n;

	for (;;) {
		n = recv(a->hear, a->octets, sizeof(a->octets), 0);
		if (n == -1 && errno != EINTR && errno != ENOBUFS)
			return (any);
		any = true;
	}
}

/* ---- the messages ---- */

static bool
take_address(uint8_t to[16], uint8_t family, const struct piece *p)
{
	if (family == AF_INET && p->left == 4)
		addr_map_ip4(to, p->at);
	else if (family == AF_INET6 && p->left == 16)
		memcpy(to, p->at, 16);
	else
		return (false);
	return (true);
}

/* Are the first bits, of 32 or 128, the same? */
static bool
is_inside(const struct hostmap_address *net, const uint8_t own[16])
{
	struct nets	*s = nets_new();
	bool		 inside;

	inside = s != NULL && nets_add_net(s, net->family, net->addr,
	    net->bits) == 0 && nets_contains(s, net->family, own);
	nets_free(s);
	return (inside);
}

/*
 * IFA_ADDRESS and the length are the network.  Only a point-to-point address
 * has another one there than its own, that of the peer; then the host's own
 * address is what is local, unless the network has both.  With a length of 0
 * nothing would be remote.
 */
static int
parse_address(struct hostmap *m, struct piece p)
{
	struct hostmap_address	 to = { 0 };
	struct ifaddrmsg	 msg;
	struct piece		 value;
	const uint8_t		*at;
	uint8_t			 own[16];
	unsigned int		 type, most;
	bool			 has_net = false, has_own = false;

	if ((at = piece_take(&p, sizeof(msg))) == NULL)
		return (0);
	memcpy(&msg, at, sizeof(msg));
	while (piece_attribute(&p, &type, &value))
		if (type == IFA_ADDRESS)
			has_net = take_address(to.addr, msg.ifa_family,
			    &value);
		else if (type == IFA_LOCAL)
			has_own = take_address(own, msg.ifa_family, &value);
	most = msg.ifa_family == AF_INET ? 32 : 128;
	if ((!has_net && !has_own) || msg.ifa_prefixlen > most)
		return (0);
	to.index = msg.ifa_index;
	to.family = most == 32 ? FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6;
	to.bits = msg.ifa_prefixlen;
	if (!has_own)
		memcpy(own, to.addr, sizeof(own));
	if (!has_net || to.bits == 0 || !is_inside(&to, own)) {
		memcpy(to.addr, own, sizeof(to.addr));
		to.bits = has_net ? most : to.bits;
	}
	return (hostmap_add_address(m, &to));
}

/* What kinds of devices do with frames. */
enum kind {
	KIND_OTHER,
	KIND_UPPER,	/* passes on the frames of the device below */
	KIND_MASTER,	/* ... of its ports */
	KIND_TUNNEL,	/* its packets are in those of other devices */
	KIND_PAIR,	/* what goes in comes out of its other end */
	KIND_TUN	/* a tunnel if it has no link layer */
};

static const struct {
	const char	*name;
	enum kind	 kind;
} kinds[] = {
	{ "vlan", KIND_UPPER }, { "macvlan", KIND_UPPER },
	{ "macvtap", KIND_UPPER }, { "ipvlan", KIND_UPPER },
	{ "ipvtap", KIND_UPPER }, { "macsec", KIND_UPPER },
	{ "bridge", KIND_MASTER }, { "bond", KIND_MASTER },
	{ "team", KIND_MASTER }, { "vrf", KIND_MASTER },
	{ "hsr", KIND_MASTER }, { "ifb", KIND_MASTER },
	{ "vxlan", KIND_TUNNEL }, { "geneve", KIND_TUNNEL },
	{ "gre", KIND_TUNNEL }, { "gretap", KIND_TUNNEL },
	{ "ip6gre", KIND_TUNNEL }, { "ip6gretap", KIND_TUNNEL },
	{ "erspan", KIND_TUNNEL }, { "ip6erspan", KIND_TUNNEL },
	{ "ipip", KIND_TUNNEL }, { "sit", KIND_TUNNEL },
	{ "ip6tnl", KIND_TUNNEL }, { "vti", KIND_TUNNEL },
	{ "vti6", KIND_TUNNEL }, { "xfrm", KIND_TUNNEL },
	{ "wireguard", KIND_TUNNEL }, { "bareudp", KIND_TUNNEL },
	{ "gtp", KIND_TUNNEL }, { "batadv", KIND_MASTER },
	{ "veth", KIND_PAIR }, { "vxcan", KIND_PAIR }, { "tun", KIND_TUN },
};

static enum kind
kind_of(struct piece info)
{
	struct piece	value;
	unsigned int	type;
	size_t		i, len;

	while (piece_attribute(&info, &type, &value))
		for (i = 0; type == IFLA_INFO_KIND &&
		    i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			len = strlen(kinds[i].name);
			if (value.left >= len &&
			    memcmp(value.at, kinds[i].name, len) == 0 &&
			    (value.left == len || value.at[len] == '\0'))
				return (kinds[i].kind);
		}
	return (KIND_OTHER);
}

/* See once.h.  here: the device that it is on is in this namespace. */
static unsigned int
repeats(enum kind kind, bool here, unsigned int type)
{
	if (type == ARPHRD_LOOPBACK)
		return (HOSTMAP_REPEATS_OUT);	/* it comes in again */
	switch (kind) {
	case KIND_MASTER:
	case KIND_TUNNEL:
		return (HOSTMAP_REPEATS_IN | HOSTMAP_REPEATS_OUT);
	case KIND_UPPER:
		return (here ? HOSTMAP_REPEATS_IN | HOSTMAP_REPEATS_OUT : 0);
	case KIND_PAIR:
		return (here ? HOSTMAP_REPEATS_IN : 0);
	case KIND_TUN:
		return (type == ARPHRD_NONE ? HOSTMAP_REPEATS_IN |
		    HOSTMAP_REPEATS_OUT : 0);
	default:
		return (0);
	}
}

static unsigned int
number(const struct piece *p)
{
	uint32_t	v = 0;

	if (p->left == sizeof(v))
		memcpy(&v, p->at, sizeof(v));
	return (v);
}

static int
parse_link(struct hostmap *m, struct piece p)
{
	struct hostmap_link	 to = { 0 };
	struct ifinfomsg	 msg;
	struct piece		 value;
	const uint8_t		*at;
	unsigned int		 type;
	enum kind		 kind = KIND_OTHER;
	bool			 elsewhere = false;

	if ((at = piece_take(&p, sizeof(msg))) == NULL)
		return (0);
	memcpy(&msg, at, sizeof(msg));
	while (piece_attribute(&p, &type, &value))
		if (type == IFLA_MASTER)
			to.master = number(&value);
		else if (type == IFLA_LINK)
			to.below = number(&value);
		else if (type == IFLA_LINKINFO)
			kind = kind_of(value);
		else if (type == IFLA_LINK_NETNSID)
			elsewhere = true;
	to.index = (unsigned int)msg.ifi_index;
	to.repeats = repeats(kind, to.below != 0 && !elsewhere, msg.ifi_type);
	/* A veth names its other end there. */
	if (kind != KIND_UPPER || elsewhere)
		to.below = 0;
	return (hostmap_add_link(m, &to));
}

int
addresses_parse(struct hostmap *m, uint32_t sequence, const void *octets,
    size_t len)
{
	struct piece		all = { octets, len }, body;
	enum netlink_next	next;
	uint16_t		type;
	bool			changed = false;
	int			rc = 0;

	while (rc == 0 && (next = netlink_next(&all, sequence, &type, &body,
	    &changed)) == NETLINK_MESSAGE)
		if (type == RTM_NEWADDR)
			rc = parse_address(m, body);
		else if (type == RTM_NEWLINK)
			rc = parse_link(m, body);
	if (rc == -1 || next == NETLINK_ERROR)
		return (-1);
	if (changed) {
		errno = EINTR;
		return (-1);
	}
	return (next == NETLINK_DONE ? 0 : 1);
}

/* ---- the request ---- */

static int
send_request(struct addresses *a, uint16_t type)
{
	/* The kernel takes this header for both types, and some of them need
	 * all of it. */
	struct {
		struct nlmsghdr		h;
		struct ifinfomsg	info;
	} request = {
		.h = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = ++a->sequence,
		},
		.info = { .ifi_family = AF_UNSPEC },
	};

	return (send(a->ask, &request, sizeof(request), 0) == -1 ? -1 : 0);
}

static int
ask(struct addresses *a, uint16_t type, struct hostmap *m)
{
	ssize_t	got;
	int	rc = 1;

	if (send_request(a, type) == -1)
		return (-1);
	while (rc == 1) {
		got = recv(a->ask, a->octets, sizeof(a->octets), 0);
		if (got == -1 && errno == EINTR)
			continue;
		rc = got == -1 ? -1 : addresses_parse(m, a->sequence,
		    a->octets, (size_t)got);
		if (rc == -1 && got != -1 && errno == EINTR)
			return (-2);	/* it changes */
	}
	return (rc);
}

/* Only an interface without an address of its own needs the others. */
static bool
needs_links(const struct addresses *a, const struct hostmap *m,
    unsigned int index)
{
	struct nets	*own;
	bool		 found;

	if (a->once != NULL || index == 0)
		return (a->once != NULL);
	own = nets_new();
	found = own != NULL && hostmap_networks(m, index, own) == 0 &&
	    nets_beyond_link(own);
	nets_free(own);
	return (!found);
}

int
addresses_read(struct addresses *a, unsigned int index, struct nets *set)
{
	struct hostmap	m = { .links = NULL };
	int		rc = -2, tries;

	for (tries = 0; rc == -2 && tries < TRIES; tries++) {
		hostmap_clear(&m);
		if ((rc = ask(a, RTM_GETADDR, &m)) == 0 &&
		    needs_links(a, &m, index))
			rc = ask(a, RTM_GETLINK, &m);
		/* Something may have changed that was not heard. */
		if (rc == 0 && hear_only(&a->heard, a->hear, &m,
		    a->once == NULL ? index : 0) && tries + 1 < TRIES)
			rc = -2;
	}
	if (rc == 0 && a->once != NULL)
		once_set(a->once, &m);
	if (rc == 0)
		rc = hostmap_networks(&m, index, set);
	else if (rc == -2)
		errno = EAGAIN;
	hostmap_clear(&m);
	return (rc == 0 ? 0 : -1);
}
