/*
 * Who put a frame on the wire: the MAC address of its link header, and what is
 * left of the hops of its IP packet, which tell whether a router passed it on.
 * Pure functions: no state, no octet read beyond caplen; any thread.
 */
#ifndef SENDER_H
#define SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "frame.h"
#include "mac.h"

struct sender {
	uint8_t	mac[MAC_LEN];
	uint8_t	known;			/* 0: no other member is set */
	uint8_t	hops;			/* TTL or hop limit */
};

/* Offsets in an untagged Ethernet frame. */
enum {
	SENDER_MAC = 6,
	SENDER_HOPS4 = 14 + 8,
	SENDER_HOPS6 = 14 + 7,
	SENDER_PLAIN = 14 + 20		/* least octets of one with IP */
};

/*
 * The sender of an untagged Ethernet frame of IP, whose IP header was captured.
 * It is called for each packet, so it copies eight octets at once: `known'
 * becomes the first octet of the EtherType.  Returns false for another frame.
 * Without <string.h>, because the program in the kernel includes this.
 */
static inline bool
sender_plain(const struct frame *f, struct sender *to)
{
	const uint8_t	*at = f->octets;
	bool		 is_ip6;

	if (f->caplen < SENDER_PLAIN)
		return (false);
	is_ip6 = at[12] == 0x86 && at[13] == 0xdd;
	if (!is_ip6 && (at[12] != 0x08 || at[13] != 0x00))
		return (false);
	__builtin_memcpy(to, at + SENDER_MAC, sizeof(*to));
	to->hops = at[is_ip6 ? SENDER_HOPS6 : SENDER_HOPS4];
	return (true);
}

_Static_assert(sizeof(struct sender) == 8, "sender_plain() copies it at once");

/*
 * The sender of any frame: of Ethernet, also with VLAN tags, and of Linux's
 * cooked link types if that is Ethernet below.  Otherwise it is not known.
 */
void	sender_find(decode_fn *decode, const struct frame *, struct sender *);

/*
 * Did the packet come straight from the host of its source address?  True if it
 * is known, and has the hops that systems start with: 64, 128 or 255.  A router
 * takes one away.
 */
static inline bool
sender_is_source(const struct sender *s)
{
	return (s->known != 0 &&
	    (s->hops == 64 || s->hops == 128 || s->hops == 255));
}

#endif
