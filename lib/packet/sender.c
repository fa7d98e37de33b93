/*
 * Senders of frames that are not plain Ethernet.
 */
#include <stddef.h>

#include "decode_impl.h"
#include "sender.h"

#define ARPHRD_ETHERNET	1

/*
 * The rest of the way to the IP header.  Of what is carried otherwise, such as
 * PPPoE, the MAC address is that of a tunnel's end.
 */
static void
find_hops(struct cursor *c, unsigned type, const uint8_t *mac,
    struct sender *to)
{
	const uint8_t	*at;

	while (ethertype_is_vlan(type)) {
		if ((at = cursor_take(c, 4)) == NULL)
			return;
		type = get_be16(at + 2);
	}
	if ((type != ETHERTYPE_IP4 && type != ETHERTYPE_IP6) ||
	    (at = cursor_peek(c, 9)) == NULL)
		return;
	memcpy(to->mac, mac, MAC_LEN);
	to->hops = at[type == ETHERTYPE_IP4 ? 8 : 7];
	to->known = 1;
}

static void
find_ethernet(struct cursor *c, struct sender *to)
{
	const uint8_t	*at = cursor_take(c, ETHER_HEADER);

	if (at != NULL)
		find_hops(c, get_be16(at + 12), at + SENDER_MAC, to);
}

/* Packet type, ARPHRD_, length of the address, 8 octets of it, EtherType. */
static void
find_sll(struct cursor *c, struct sender *to)
{
	const uint8_t	*at = cursor_take(c, 16);

	if (at != NULL && get_be16(at + 2) == ARPHRD_ETHERNET &&
	    get_be16(at + 4) == MAC_LEN)
		find_hops(c, get_be16(at + 14), at + 6, to);
}

/* EtherType, 6 octets, ARPHRD_, packet type, length of the address, address. */
static void
find_sll2(struct cursor *c, struct sender *to)
{
	const uint8_t	*at = cursor_take(c, 20);

	if (at != NULL && get_be16(at + 8) == ARPHRD_ETHERNET &&
	    at[11] == MAC_LEN)
		find_hops(c, get_be16(at), at + 12, to);
}

void
sender_find(decode_fn *decode, const struct frame *f, struct sender *to)
{
	struct cursor	c = cursor_open(f->octets, f->caplen, f->wirelen);

	memset(to, 0, sizeof(*to));
	if (decode == link_ethernet)
		find_ethernet(&c, to);
	else if (decode == link_sll)
		find_sll(&c, to);
	else if (decode == link_sll2)
		find_sll2(&c, to);
}
