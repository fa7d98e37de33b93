/*
 * Linux: the group RTMGRP_LINK of rtnetlink(7), which needs no privilege.  A
 * filter in the kernel drops notifications of other interfaces: on a host with
 * many containers there are always some.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iflink.h"

/* A longer message still counts as a change, but may not be read in full. */
#define MESSAGE_MOST	16384

struct iflink {
	int		fd;
	unsigned int	selected;	/* index, 0: all */
};

struct iflink *
iflink_open(void)
{
	struct sockaddr_nl	 nl = {
		.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK,
	};
	struct iflink		*l;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return (NULL);
	l->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);
	if (l->fd != -1 && bind(l->fd, (const struct sockaddr *)&nl,
	    sizeof(nl)) == 0)
		return (l);
	iflink_close(l);
	return (NULL);
}

void
iflink_close(struct iflink *l)
{
	if (l == NULL)
		return;
	if (l->fd != -1)
		(void)close(l->fd);
	free(l);
}

int
iflink_fd(const struct iflink *l)
{
	return (l == NULL ? -1 : l->fd);
}

void
iflink_select(struct iflink *l, unsigned int index)
{
	struct sock_filter	code[] = {
		/* The filter loads as big-endian what is in host order. */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NLMSG_HDRLEN +
		    offsetof(struct ifinfomsg, ifi_index)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(index), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog	program = {
		.len = sizeof(code) / sizeof(code[0]), .filter = code,
	};
	int			none = 0;

	if (l == NULL || l->selected == index)
		return;
	if (index == 0)
		(void)setsockopt(l->fd, SOL_SOCKET, SO_DETACH_FILTER, &none,
		    sizeof(none));
	else
		(void)setsockopt(l->fd, SOL_SOCKET, SO_ATTACH_FILTER,
		    &program, sizeof(program));
	l->selected = index;
}

/* Read the counters as /proc/net/dev has them.  False if there are none. */
static bool
read_counters(const struct nlmsghdr *h, uint64_t v[LEDGER_IFACE_COUNTERS])
{
	const struct ifinfomsg		*info = NLMSG_DATA(h);
	const struct rtattr		*a = IFLA_RTA(info);
	size_t				 len = IFLA_PAYLOAD(h);
	struct rtnl_link_stats64	 s;

	for (; RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		if (a->rta_type != IFLA_STATS64 || RTA_PAYLOAD(a) <
		    offsetof(struct rtnl_link_stats64, rx_compressed))
			continue;
		memcpy(&s, RTA_DATA(a), offsetof(struct rtnl_link_stats64,
		    rx_compressed));
		v[0] = s.rx_packets;
		v[1] = s.rx_bytes;
		v[2] = s.rx_dropped + s.rx_missed_errors;
		v[3] = s.tx_packets;
		v[4] = s.tx_bytes;
		return (true);
	}
	return (false);
}

/* Read the messages of one datagram. */
static void
read_messages(const void *octets, size_t len, unsigned int index, bool *gone,
    uint64_t v[LEDGER_IFACE_COUNTERS])
{
	const struct nlmsghdr	*h;
	const struct ifinfomsg	*info;

	for (h = octets; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		info = NLMSG_DATA(h);
		if (h->nlmsg_type == RTM_DELLINK && index != 0 &&
		    NLMSG_PAYLOAD(h, 0) >= sizeof(*info) &&
		    info->ifi_family == AF_UNSPEC &&
		    info->ifi_index == (int)index && read_counters(h, v))
			*gone = true;
	}
}

bool
iflink_read(struct iflink *l, unsigned int index, bool *gone,
    uint64_t v[LEDGER_IFACE_COUNTERS])
{
	_Alignas(struct nlmsghdr) char	octets[MESSAGE_MOST];
	struct sockaddr_nl		from;
	socklen_t			from_len;
	bool				told = false;
	ssize_t				n;

	*gone = false;
	if (l == NULL)
		return (false);
	for (;;) {
		from_len = sizeof(from);
		n = recvfrom(l->fd, octets, sizeof(octets), 0,
		    (struct sockaddr *)&from, &from_len);
		if (n == -1 && errno != EINTR && errno != ENOBUFS)
			return (told);
		/* ENOBUFS: the kernel has dropped notifications. */
		if (n == -1 || from.nl_pid == 0)
			told = true;
		if (n != -1 && from.nl_pid == 0)
			read_messages(octets, (size_t)n, index, gone, v);
	}
}
