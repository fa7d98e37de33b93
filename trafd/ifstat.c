/*
 * The networks of an interface, by getifaddrs(3): the same everywhere.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "ifstat.h"

/* The addresses and their length in a sockaddr, or NULL. */
static const uint8_t *
octets(const struct sockaddr *sa, size_t *len)
{
	const struct sockaddr_in	*sin = (const void *)sa;
	const struct sockaddr_in6	*sin6 = (const void *)sa;

	if (sa->sa_family == AF_INET) {
		*len = sizeof(sin->sin_addr);
		return ((const uint8_t *)&sin->sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		*len = sizeof(sin6->sin6_addr);
		return ((const uint8_t *)&sin6->sin6_addr);
	}
	return (NULL);
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

static void
add_address(struct nets *set, const struct ifaddrs *a)
{
	char		 addr[ADDR_STRLEN], text[ADDR_STRLEN + 8];
	const char	*bad;
	const uint8_t	*p, *mask;
	size_t		 len, mask_len;

	if ((p = octets(a->ifa_addr, &len)) == NULL ||
	    a->ifa_netmask == NULL)
		return;
	/* Some systems leave the family of a netmask unset. */
	a->ifa_netmask->sa_family = a->ifa_addr->sa_family;
	mask = octets(a->ifa_netmask, &mask_len);
	if (inet_ntop(a->ifa_addr->sa_family, p, addr, sizeof(addr)) == NULL)
		return;
	(void)snprintf(text, sizeof(text), "%s/%u", addr,
	    mask_bits(mask, len));
	(void)nets_add(set, text, &bad);
}

void
ifstat_networks(const char *ifname, struct nets *set)
{
	struct ifaddrs	*list, *a;

	if (getifaddrs(&list) == -1)
		return;
	for (a = list; a != NULL; a = a->ifa_next)
		if (a->ifa_addr != NULL && strcmp(a->ifa_name, ifname) == 0)
			add_address(set, a);
	freeifaddrs(list);
}
