/*
 * Linux: the groups of NETLINK_SOCK_DIAG to which the kernel sends each socket
 * that it destroys.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <string.h>
#include <unistd.h>

#include "data_ends.h"

/* Octets for messages that wait. */
#define BUFFER	(16 << 20)

#define GROUP(n)	(1U << ((n) - 1))

int
data_ends_open(void)
{
	struct sockaddr_nl	to = {
		.nl_family = AF_NETLINK,
		.nl_groups = GROUP(SKNLGRP_INET_TCP_DESTROY) |
		    GROUP(SKNLGRP_INET_UDP_DESTROY) |
		    GROUP(SKNLGRP_INET6_TCP_DESTROY) |
		    GROUP(SKNLGRP_INET6_UDP_DESTROY),
	};
	int			size = BUFFER, on = 1, error;
	int			fd = socket(AF_NETLINK, SOCK_RAW |
				    SOCK_CLOEXEC | SOCK_NONBLOCK,
				    NETLINK_SOCK_DIAG);

	if (fd == -1)
		return (-1);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	/* Also of other network namespaces, as far as this one knows them. */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on,
	    sizeof(on));
	if (bind(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return (fd);
	error = errno;
	(void)close(fd);
	errno = error;
	return (-1);
}

static void
read_info(struct data_end *e, const void *from, size_t len)
{
	struct tcp_info	t;

	memset(&t, 0, sizeof(t));
	memcpy(&t, from, len < sizeof(t) ? len : sizeof(t));
	/* Linux 4.19 has all of these. */
	e->has_tcp = len >= offsetof(struct tcp_info, tcpi_bytes_retrans) +
	    sizeof(t.tcpi_bytes_retrans);
	e->sent = t.tcpi_bytes_sent - t.tcpi_bytes_retrans;
	e->received = t.tcpi_bytes_received;
	e->rtt_us = t.tcpi_rtt;
	e->retransmissions = t.tcpi_total_retrans;
}

static bool
read_one(struct data_end *e, const struct nlmsghdr *h)
{
	const struct inet_diag_msg	*m = NLMSG_DATA(h);
	const struct rtattr		*a;
	unsigned int			 left;

	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return (false);
	*e = (struct data_end){ .cid = (uint64_t)m->id.idiag_cookie[1] << 32 |
	    m->id.idiag_cookie[0] };
	left = h->nlmsg_len - (unsigned int)NLMSG_LENGTH(sizeof(*m));
	for (a = (const struct rtattr *)(m + 1); RTA_OK(a, (int)left);
	    a = RTA_NEXT(a, left))
		if (a->rta_type == INET_DIAG_INFO)
			read_info(e, RTA_DATA(a), RTA_PAYLOAD(a));
	return (true);
}

size_t
data_ends_read(int fd, struct data_end *ends, size_t n, bool *missed)
{
	_Alignas(struct nlmsghdr) char	buf[8192];
	struct sockaddr_nl		from;
	struct iovec			iov = { buf, sizeof(buf) };
	struct msghdr			msg = { .msg_name = &from,
					    .msg_namelen = sizeof(from),
					    .msg_iov = &iov,
					    .msg_iovlen = 1 };
	const struct nlmsghdr		*h = (const struct nlmsghdr *)buf;
	ssize_t				got;
	size_t				done = 0;

	while (done < n) {
		msg.msg_namelen = sizeof(from);
		got = recvmsg(fd, &msg, MSG_DONTWAIT);
		if (got == -1 && errno == ENOBUFS) {
			*missed = true;
			continue;
		}
		if (got == -1)
			break;
		/* One message each; only the kernel may tell. */
		if (from.nl_pid == 0 && (size_t)got >= sizeof(*h) &&
		    h->nlmsg_len <= (size_t)got && read_one(&ends[done], h))
			done++;
	}
	return (done);
}
