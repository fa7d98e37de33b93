/*
 * The table of neighbours in messages of route(4): each is a struct rt_msghdr,
 * then the IP address and the link address as a sockaddr.  What is read has the
 * same place on all BSDs: of a message the length (16 bits) comes first, of a
 * sockaddr its length and its family (8 bits each).
 */
#include <stdbool.h>
#include <string.h>

#include "packet/addr.h"
#include "packet/flow.h"
#include "neighbours_route.h"

#define DST_AND_GATEWAY	3	/* RTA_DST, RTA_GATEWAY: they come first */

/* Offsets in struct sockaddr_in, sockaddr_in6 and sockaddr_dl. */
enum {
	IN_ADDR = 4,
	IN6_ADDR = 8,
	LINK_INDEX = 2,
	LINK_NAME_LEN = 5,
	LINK_ADDR_LEN = 6,
	LINK_DATA = 8			/* name, then address */
};

/* What is left of the message. */
struct piece {
	const uint8_t	*at;
	size_t		 left;
};

/* The next sockaddr, all of whose octets are there; or NULL. */
static const uint8_t *
take_sockaddr(struct piece *p, size_t align)
{
	const uint8_t	*at = p->at;
	size_t		 n;

	if (p->left < 2 || at[0] < 2 || at[0] > p->left)
		return (NULL);
	n = (at[0] + align - 1) / align * align;
	n = n < p->left ? n : p->left;	/* nothing pads what is last */
	p->at += n;
	p->left -= n;
	return (at);
}

/* The kernel writes an interface into link-local addresses: remove it. */
static void
clear_scope(uint8_t addr[16])
{
	if (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80)
		addr[2] = addr[3] = 0;
}

static bool
take_host(const struct route_layout *l, const uint8_t *sa,
    struct neighbour *to)
{
	if (sa[1] == l->inet && sa[0] >= IN_ADDR + 4) {
		to->family = FLOW_FAMILY_IP4;
		addr_map_ip4(to->addr, sa + IN_ADDR);
		return (true);
	}
	if (sa[1] != l->inet6 || sa[0] < IN6_ADDR + 16)
		return (false);
	to->family = FLOW_FAMILY_IP6;
	memcpy(to->addr, sa + IN6_ADDR, sizeof(to->addr));
	clear_scope(to->addr);
	return (true);
}

/* No address: the kernel has asked for it, and had no answer yet. */
static bool
take_link(const struct route_layout *l, unsigned int index, const uint8_t *sa,
    struct neighbour *to)
{
	uint16_t	its_index;

	if (sa[1] != l->link || sa[0] < LINK_DATA ||
	    sa[LINK_ADDR_LEN] != MAC_LEN ||
	    LINK_DATA + sa[LINK_NAME_LEN] + MAC_LEN > sa[0])
		return (false);
	memcpy(&its_index, sa + LINK_INDEX, sizeof(its_index));
	memcpy(to->mac, sa + LINK_DATA + sa[LINK_NAME_LEN], MAC_LEN);
	return (its_index == index && mac_is_device(to->mac));
}

static int
get_int(const uint8_t *at)
{
	int	v;

	memcpy(&v, at, sizeof(v));
	return (v);
}

static void
parse_one(const struct route_layout *l, const struct route_asked *q,
    const uint8_t *at, size_t len)
{
	struct piece		 p = { at + l->header, len - l->header };
	struct neighbour	 n;
	const uint8_t		*host, *link;

	if ((get_int(at + l->flags) & l->proxy) != 0 ||
	    (get_int(at + l->addrs) & DST_AND_GATEWAY) != DST_AND_GATEWAY ||
	    (host = take_sockaddr(&p, l->align)) == NULL ||
	    (link = take_sockaddr(&p, l->align)) == NULL)
		return;
	if (take_host(l, host, &n) && take_link(l, q->index, link, &n))
		q->fn(q->arg, &n);
}

void
neighbours_route_parse(const struct route_layout *l,
    const struct route_asked *q, const void *octets, size_t len)
{
	const uint8_t	*at = octets;
	uint16_t	 n;

	for (; len >= l->header; at += n, len -= n) {
		memcpy(&n, at, sizeof(n));
		if (n < l->header || n > len)
			return;
		parse_one(l, q, at, n);
	}
}
