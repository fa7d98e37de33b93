/*
 * The MAC addresses with which local hosts have sent, as far as frames show
 * them.  Everything in a frame may be forged, so all of this is bounded: at
 * most SENDERS_MOST addresses, and of one MAC address one more than
 * MAC_MOST_IP4 and MAC_MOST_IP6, which is enough to see that it is no device.
 * What does not fit is left out; the newest MAC address of an address counts.
 *
 *	new -> [note, take, count, at]* -> free
 *
 * One thread at a time.
 */
#ifndef SENDERS_H
#define SENDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "packet/mac.h"

#define SENDERS_MOST	4096		/* addresses */

struct nets;
struct senders;

struct sender_host {
	uint8_t	family;			/* as in struct flow_key */
	uint8_t	addr[16];		/* likewise */
	uint8_t	mac[MAC_LEN];
};

/* NULL with errno. */
struct senders	*senders_new(void);
void		 senders_free(struct senders *);

/*
 * Note that this MAC address sent a packet of the key's source itself, if the
 * source is in the networks `local', and this can be the address of a device.
 */
void		 senders_note(struct senders *, const struct nets *local,
		    const struct flow_key *, const uint8_t mac[MAC_LEN]);

/* Note in `to' what is in `from', which is newer. */
void		 senders_add(struct senders *to, const struct senders *from);

/* The same, and leave `from' empty. */
void		 senders_take(struct senders *to, struct senders *from);

void		 senders_clear(struct senders *);

bool		 senders_have(const struct senders *, uint8_t family,
		    const uint8_t addr[16]);
size_t		 senders_count(const struct senders *);
void		 senders_at(const struct senders *, size_t i,
		    struct sender_host *);

#endif
