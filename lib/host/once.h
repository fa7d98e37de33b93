/*
 * To count each packet once on all interfaces: which frames show one again
 * that was or will be counted elsewhere.
 *
 * Counted is what comes into the machine, where it comes in, and what the
 * machine itself makes, where it leaves.  So these frames are repetitions:
 * those of a device on other devices (a bridge, a bond, a VLAN, a tunnel), in
 * both directions; incoming ones of a veth whose other end is in this
 * namespace; outgoing ones of the loopback interface; and outgoing ones that
 * came in elsewhere, because they are forwarded.  A packet that is sent on
 * through a tunnel is a new one there.
 *
 *	new -> [set, share]* -> free
 *
 * Only the thread that reads the interfaces may call set; any thread may call
 * once_repeats() meanwhile.
 */
#ifndef ONCE_H
#define ONCE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The table has two bits for each device: bit 2 (index % 32) of the word
 * index / 32 for incoming frames, the next one for outgoing frames.  Devices
 * with a larger index are counted.
 */
#define ONCE_DEVICES	(UINT32_C(1) << 20)
#define ONCE_WORDS	(ONCE_DEVICES / 32)

struct hostmap;
struct once;

struct once	*once_new(void);	/* NULL with errno */
void		 once_free(struct once *);

/* Set the table from the interfaces that there are now. */
void		 once_set(struct once *, const struct hostmap *);

/*
 * Copy the table, now and whenever it changes, to a program in the kernel:
 * `table' has ONCE_WORDS words and stays valid until it is replaced; NULL ends
 * that.  There is one at a time.
 */
void		 once_share(struct once *, uint64_t *table);

/*
 * Is a frame of the device a repetition?  pkttype as in packet(7).  forwarded:
 * the frame came in on some device (skb->skb_iif, in a program of the kernel
 * ingress_ifindex, is not 0); only asked for outgoing ones.
 */
bool		 once_repeats(const struct once *, unsigned int index,
		    unsigned int pkttype, bool forwarded);

#endif
