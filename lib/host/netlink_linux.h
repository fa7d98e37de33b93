/*
 * Linux: sockets and answers of rtnetlink(7).  Nothing of an answer is trusted
 * before its lengths.  No state; any thread.
 */
#ifndef NETLINK_LINUX_H
#define NETLINK_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's datagrams have up to 32 KiB. */
#define NETLINK_DATAGRAM_MOST	65536

/*
 * A socket that only the kernel can answer, which waits two seconds for a
 * datagram; flags as of socket(2), groups as RTMGRP_.  -1 with errno.
 */
int		 netlink_open(int flags, uint32_t groups);

/* What is left of a datagram, or of the attributes of a message. */
struct piece {
	const uint8_t	*at;
	size_t		 left;
};

/* The next n octets, rounded up to what the format aligns to; or NULL. */
const uint8_t	*piece_take(struct piece *, size_t n);

/* The next attribute: its type and its value; false at the end. */
bool		 piece_attribute(struct piece *, unsigned int *type,
		    struct piece *value);

enum netlink_next {
	NETLINK_MESSAGE,	/* *type and *body are set */
	NETLINK_MORE,		/* more datagrams follow */
	NETLINK_DONE,		/* the answer has ended */
	NETLINK_ERROR		/* errno says why */
};

/*
 * The next message of a datagram that belongs to the answer to the request of
 * that number.  Sets *changed if what the answer lists changed meanwhile.
 */
enum netlink_next netlink_next(struct piece *datagram, uint32_t sequence,
		    uint16_t *type, struct piece *body, bool *changed);

#endif
