/*
 * Sockets and answers of rtnetlink(7).
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "netlink_linux.h"

/* Seconds to wait for a datagram, which is there when it is asked for. */
#define PATIENCE	2

int
netlink_open(int flags, uint32_t groups)
{
	const struct timeval	tv = { .tv_sec = PATIENCE };
	struct sockaddr_nl	nl = {
		.nl_family = AF_NETLINK, .nl_groups = groups,
	};
	struct sockaddr_nl	kernel = { .nl_family = AF_NETLINK };
	int			fd, saved;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags,
	    NETLINK_ROUTE);
	/* Connected: no other process can answer. */
	if (fd == -1 || (bind(fd, (const struct sockaddr *)&nl,
	    sizeof(nl)) == 0 && connect(fd, (const struct sockaddr *)&kernel,
	    sizeof(kernel)) == 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO,
	    &tv, sizeof(tv)) == 0))
		return (fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (-1);
}

const uint8_t *
piece_take(struct piece *p, size_t n)
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

bool
piece_attribute(struct piece *p, unsigned int *type, struct piece *value)
{
	struct rtattr	 a;
	const uint8_t	*at;

	if (p->left < sizeof(a))
		return (false);
	memcpy(&a, p->at, sizeof(a));
	if (a.rta_len < sizeof(a) || (at = piece_take(p, a.rta_len)) == NULL)
		return (false);
	/* The two highest bits are flags. */
	*type = (unsigned int)a.rta_type & 0x3fff;
	value->at = at + sizeof(a);
	value->left = a.rta_len - sizeof(a);
	return (true);
}

/* An error in place of the answer. */
static enum netlink_next
find_error(struct piece p)
{
	const uint8_t	*at = piece_take(&p, sizeof(int));
	int		 error = 0;

	if (at != NULL)
		memcpy(&error, at, sizeof(error));
	errno = error < 0 && error > -4096 && error != -EINTR ? -error : EIO;
	return (NETLINK_ERROR);
}

enum netlink_next
netlink_next(struct piece *datagram, uint32_t sequence, uint16_t *type,
    struct piece *body, bool *changed)
{
	const uint8_t	*at;
	struct nlmsghdr	 h = { .nlmsg_len = 0 };

	do {
		if (datagram->left < sizeof(h))
			return (NETLINK_MORE);
		memcpy(&h, datagram->at, sizeof(h));
		if (h.nlmsg_len < sizeof(h) ||
		    (at = piece_take(datagram, h.nlmsg_len)) == NULL) {
			errno = EBADMSG;
			return (NETLINK_ERROR);
		}
		/* Others are of a request that was given up. */
	} while (h.nlmsg_seq != sequence);
	if ((h.nlmsg_flags & NLM_F_DUMP_INTR) != 0)
		*changed = true;
	*type = h.nlmsg_type;
	body->at = at + sizeof(h);
	body->left = h.nlmsg_len - sizeof(h);
	if (h.nlmsg_type == NLMSG_DONE)
		return (NETLINK_DONE);
	return (h.nlmsg_type == NLMSG_ERROR ? find_error(*body) :
	    NETLINK_MESSAGE);
}
