/*
 * Systems without rtnetlink: getifaddrs(3).  An interface has one name there,
 * and its index belongs to that name.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "packet/addr.h"
#include "packet/flow.h"
#include "addresses.h"
#include "hostmap.h"

struct addresses {
	char	unused;
};

struct addresses *
addresses_open(void)
{
	return (calloc(1, sizeof(struct addresses)));
}

void
addresses_close(struct addresses *a)
{
	free(a);
}

int
addresses_fd(const struct addresses *a)
{
	(void)a;
	return (-1);
}

bool
addresses_heard(struct addresses *a)
{
	(void)a;
	return (true);
}

void
addresses_mark(struct addresses *a, struct once *o)
{
	(void)a;
	(void)o;
}

/* The bytes of the address in a sockaddr, and their number; or NULL. */
static const uint8_t *
octets(const struct sockaddr *sa, sa_family_t family, size_t *len)
{
	const struct sockaddr_in	*sin = (const void *)sa;
	const struct sockaddr_in6	*sin6 = (const void *)sa;

	if (sa == NULL)
		return (NULL);
	*len = family == AF_INET ? sizeof(sin->sin_addr) :
	    sizeof(sin6->sin6_addr);
	return (family == AF_INET ? (const uint8_t *)&sin->sin_addr :
	    (const uint8_t *)&sin6->sin6_addr);
}

static unsigned int
mask_bits(const uint8_t *mask, size_t len)
{
	unsigned int	bits = 0;
	size_t		i;

	for (i = 0; i < len * 8; i++) {
		if ((mask[i / 8] & (0x80 >> (i % 8))) == 0)
			break;
		bits++;
	}
	return (bits);
}

/*
 * A point-to-point interface has its own address and the peer's, and a mask
 * that may mean nothing: its own address is what is local.  With no bits
 * nothing would be remote.
 */
static int
add_address(struct hostmap *m, const struct ifaddrs *a)
{
	struct hostmap_address	 to = { 0 };
	sa_family_t		 family = a->ifa_addr->sa_family;
	const uint8_t		*p, *mask;
	size_t			 len;

	if ((family != AF_INET && family != AF_INET6) ||
	    (to.index = if_nametoindex(a->ifa_name)) == 0)
		return (0);
	/* Some systems leave the family of a netmask unset. */
	if ((p = octets(a->ifa_addr, family, &len)) == NULL ||
	    (mask = octets(a->ifa_netmask, family, &len)) == NULL)
		return (0);
	if (family == AF_INET)
		addr_map_ip4(to.addr, p);
	else
		memcpy(to.addr, p, sizeof(to.addr));
	to.family = family == AF_INET ? FLOW_FAMILY_IP4 : FLOW_FAMILY_IP6;
	to.bits = mask_bits(mask, len);
	if ((a->ifa_flags & IFF_POINTOPOINT) != 0 || to.bits == 0)
		to.bits = (unsigned int)len * 8;
	return (hostmap_add_address(m, &to));
}

int
addresses_read(struct addresses *unused, unsigned int index, struct nets *set)
{
	struct hostmap	 m = { .links = NULL };
	struct ifaddrs	*list, *a;
	int		 rc = 0;

	(void)unused;
	/* A system that cannot list addresses has no networks to add. */
	if (getifaddrs(&list) == -1)
		return (errno == ENOSYS || errno == EAFNOSUPPORT ||
		    errno == EPROTONOSUPPORT ? 0 : -1);
	for (a = list; a != NULL && rc == 0; a = a->ifa_next)
		if (a->ifa_addr != NULL)
			rc = add_address(&m, a);
	freeifaddrs(list);
	if (rc == 0)
		rc = hostmap_networks(&m, index, set);
	hostmap_clear(&m);
	return (rc);
}
