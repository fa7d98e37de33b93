/*
 * Linux: what is in the messages of rtnetlink(7), for its test.
 */
#ifndef ADDRESSES_LINUX_H
#define ADDRESSES_LINUX_H

#include <stddef.h>
#include <stdint.h>

#include "addresses.h"
#include "hostmap.h"

/*
 * Add what one datagram of an answer lists.  Returns 1 if more datagrams
 * follow, 0 at the end of the answer, or -1 with errno: EINTR if something
 * changed meanwhile, so that it must be asked again.
 */
int	addresses_parse(struct hostmap *, uint32_t sequence,
	    const void *octets, size_t len);

#endif
