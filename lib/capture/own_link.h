/*
 * Linux: what frames of an interface begin with.  No state; any thread.
 */
#ifndef OWN_LINK_H
#define OWN_LINK_H

#include <linux/if_arp.h>

#include "filter_kernel.h"

/* The link types that a ring can have, by DLT_ number. */
#define LINK_ETHERNET	1
#define LINK_RAW	12
#define LINK_RADIOTAP	127

/*
 * The DLT_ number for an ARPHRD_ number: LINK_COOKED for what only libpcap
 * knows, or nobody.  Without a header a frame begins with that of the network.
 */
static inline int
own_link(unsigned int hatype)
{
	switch (hatype) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return (LINK_ETHERNET);
	case ARPHRD_NONE:
	case 519:			/* ARPHRD_RAWIP */
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		return (LINK_RAW);
	case ARPHRD_IEEE80211_RADIOTAP:
		return (LINK_RADIOTAP);
	default:
		return (LINK_COOKED);
	}
}

#endif
