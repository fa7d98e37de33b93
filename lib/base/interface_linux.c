/*
 * Linux: other names of interfaces.  The kernel finds an interface also by the
 * label of an address (eth0:1) and by an alternative name, but through ioctl(2)
 * only by names that fit into IFNAMSIZ; longer ones need rtnetlink(7).
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "interface_impl.h"

/* Linux 5.5; older headers lack it. */
#define ALT_IFNAME	53

/* Seconds to wait for an answer, which is there when it is asked for. */
#define PATIENCE	2

struct question {
	struct nlmsghdr	 h;
	struct ifinfomsg info;
	struct rtattr	 a;
	char		 name[INTERFACE_NAME_MAX];
};

/* Ask for the interface of that alternative name.  0 with errno. */
static unsigned int
ask(int fd, const char *name)
{
	struct question	 q = {
		.h = { .nlmsg_type = RTM_GETLINK,
		    .nlmsg_flags = NLM_F_REQUEST },
		.a = { .rta_type = ALT_IFNAME },
	};
	_Alignas(struct nlmsghdr) char	 octets[32768];
	const struct nlmsghdr		*h = (const void *)octets;
	const struct ifinfomsg		*info = NLMSG_DATA(h);
	const struct nlmsgerr		*e = NLMSG_DATA(h);
	ssize_t				 n;

	(void)strlcpy(q.name, name, sizeof(q.name));
	q.a.rta_len = (unsigned short)(sizeof(q.a) + strlen(q.name) + 1);
	q.h.nlmsg_len = (uint32_t)(offsetof(struct question, a) +
	    RTA_ALIGN(q.a.rta_len));
	if (send(fd, &q, q.h.nlmsg_len, 0) == -1)
		return (0);
	while ((n = recv(fd, octets, sizeof(octets), 0)) == -1 &&
	    errno == EINTR)
		continue;
	if (n >= (ssize_t)NLMSG_LENGTH(sizeof(*info)) &&
	    h->nlmsg_type == RTM_NEWLINK)
		return ((unsigned int)info->ifi_index);
	if (n >= (ssize_t)NLMSG_LENGTH(sizeof(e->error)) &&
	    h->nlmsg_type == NLMSG_ERROR)
		errno = -e->error;
	return (0);
}

/* As if_nametoindex(3), for a name that is longer than it takes. */
static unsigned int
find_long(const char *name)
{
	const struct timeval	 tv = { .tv_sec = PATIENCE };
	struct sockaddr_nl	 kernel = { .nl_family = AF_NETLINK };
	unsigned int		 index = 0;
	int			 fd, saved;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd == -1)
		return (0);
	/* Connected: no other process can answer. */
	if (connect(fd, (const struct sockaddr *)&kernel,
	    sizeof(kernel)) == 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO,
	    &tv, sizeof(tv)) == 0)
		index = ask(fd, name);
	saved = errno;
	(void)close(fd);
	/* Kernels before 5.5 know of no such names. */
	errno = saved == EINVAL || saved == EOPNOTSUPP || saved == ERANGE ?
	    ENODEV : saved;
	return (index);
}

static unsigned int
find(const char *name)
{
	if (strlen(name) < IF_NAMESIZE)
		return (if_nametoindex(name));
	if (strlen(name) < INTERFACE_NAME_MAX)
		return (find_long(name));
	errno = ENODEV;
	return (0);
}

/* The kernel ignores what follows the colon, in names that it takes. */
unsigned int
interface_index(const char *name)
{
	char		 device[INTERFACE_NAME_MAX], *colon;
	unsigned int	 index = find(name);

	if (index != 0 || (errno != ENODEV && errno != ENXIO) ||
	    strlcpy(device, name, sizeof(device)) >= sizeof(device) ||
	    (colon = strchr(device, ':')) == NULL)
		return (index);
	*colon = '\0';
	return (find(device));
}
