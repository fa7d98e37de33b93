/*
 * Converts addresses, networks and names of a pattern to sets of networks.
 * Names are resolved once, when the pattern is compiled.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "packet/addr.h"
#include "packet/nets.h"
#include "pattern_side.h"

/* The length of a contiguous mask, or -1. */
static int
mask_bits(uint32_t mask)
{
	int	bits = 0;

	for (; mask & 0x80000000; mask <<= 1)
		bits++;
	return (mask == 0 ? bits : -1);
}

int
side_mask(const char *text)
{
	struct in_addr	 a;
	char		*end;
	unsigned long	 v;

	if (strchr(text, '.') != NULL)
		return (inet_pton(AF_INET, text, &a) == 1 ?
		    mask_bits(ntohl(a.s_addr)) : -1);
	if (text[0] < '0' || text[0] > '9')
		return (-1);
	v = strtoul(text, &end, 0);
	if (*end != '\0')
		return (-1);
	if (strncasecmp(text, "0x", 2) == 0)
		return (v <= UINT32_MAX ? mask_bits((uint32_t)v) : -1);
	return (v <= 128 ? (int)v : -1);
}

/*
 * Parse an IPv4 network whose trailing zeros may be left out, as in `10.1'.
 * Returns how many octets were given, or -1.
 */
static int
parse_octets(const char *text, uint8_t octets[4])
{
	size_t		digits;
	unsigned long	v;
	int		n;

	memset(octets, 0, 4);
	for (n = 0; n < 4;) {
		digits = strspn(text, "0123456789");
		if (digits == 0 || digits > 3 ||
		    (v = strtoul(text, NULL, 10)) > 255)
			return (-1);
		octets[n++] = (uint8_t)v;
		text += digits;
		if (*text == '\0')
			return (n);
		if (*text++ != '.')
			return (-1);
	}
	return (-1);
}

static const char *
add_net(struct nets *set, const char *addr, int bits)
{
	char		 text[ADDR_STRLEN + 8];
	const char	*bad;

	(void)snprintf(text, sizeof(text), "%.*s/%d", ADDR_STRLEN - 1, addr,
	    bits);
	if (nets_add(set, text, &bad) == 0)
		return (NULL);
	return (errno == ENOMEM ? "out of memory" : "unknown mask");
}

static const char *
add_octets(struct nets *set, const uint8_t octets[4], int bits)
{
	char	text[INET_ADDRSTRLEN];

	(void)snprintf(text, sizeof(text), "%u.%u.%u.%u", octets[0], octets[1],
	    octets[2], octets[3]);
	return (add_net(set, text, bits));
}

/*
 * A network of networks(5).  Its file may omit trailing zeros, and
 * getnetbyname(3) then returns it with leading ones: neither are significant.
 */
static const char *
add_network(struct nets *set, uint32_t net, int bits)
{
	uint8_t	octets[4];
	int	i, n;

	for (i = 0; i < 3 && (net & 0xff000000) == 0; i++)
		net <<= 8;
	for (i = 0; i < 4; i++)
		octets[i] = (uint8_t)(net >> (24 - 8 * i));
	for (n = 4; n > 1 && octets[n - 1] == 0;)
		n--;
	return (add_octets(set, octets, bits == SIDE_ANY ? 8 * n : bits));
}

/* All addresses of a host. */
static const char *
add_host(struct nets *set, const char *name, int bits)
{
	struct addrinfo	 hints, *list, *ai;
	char		 addr[NI_MAXHOST];
	const char	*wrong = NULL;
	int		 most;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return ("unknown host or network");
	for (ai = list; ai != NULL && wrong == NULL; ai = ai->ai_next) {
		most = ai->ai_family == AF_INET6 ? 128 : 32;
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, addr,
		    sizeof(addr), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		addr[strcspn(addr, "%")] = '\0';
		wrong = add_net(set, addr, bits == SIDE_ANY ? most : bits);
	}
	freeaddrinfo(list);
	return (wrong);
}

const char *
side_add(struct nets *set, const char *text, int bits)
{
	const struct netent	*net;
	uint8_t			 octets[4], scratch[16];
	const char		*bad;
	int			 n;

	if ((n = parse_octets(text, octets)) != -1)
		return (add_octets(set, octets, bits == SIDE_ANY ? 8 * n :
		    bits));
	if (inet_pton(AF_INET6, text, scratch) == 1)
		return (add_net(set, text, bits == SIDE_ANY ? 128 : bits));
	if (strchr(text, '/') != NULL) {
		if (bits == SIDE_ANY && nets_add(set, text, &bad) == 0)
			return (NULL);
		return (bits == SIDE_ANY && errno == ENOMEM ?
		    "out of memory" : "unknown network");
	}
	if ((net = getnetbyname(text)) != NULL && net->n_addrtype == AF_INET)
		return (add_network(set, net->n_net, bits));
	/* Digits and dots are no name: do not ask the resolver. */
	if (text[strspn(text, "0123456789.")] == '\0')
		return ("unknown host or network");
	return (add_host(set, text, bits));
}
