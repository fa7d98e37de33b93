/*
 * A table of addresses with their MAC addresses, and a table of fixed size that
 * counts addresses by MAC address: an element whose addresses have all gone to
 * others is free again, so no number of MAC addresses makes it grow.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "packet/nets.h"
#include "groups.h"
#include "senders.h"

#define HOST_WIDTH	((size_t)17)	/* family, address */

/*
 * A MAC address is in one of PROBES elements from the one that its hash
 * chooses.  There are at most SENDERS_MOST MAC addresses, so one of these is
 * nearly always free.
 */
#define CROWDS		((size_t)SENDERS_MOST * 4)
#define PROBES		16

struct entry {
	uint8_t		mac[MAC_LEN];
};

/* How many addresses a MAC address has; none: the element is free. */
struct crowd {
	uint8_t		mac[MAC_LEN];
	uint16_t	n[2];		/* of IPv4, of IPv6 */
};

struct senders {
	struct groups	*hosts;		/* struct entry */
	struct crowd	*crowds;
	uint64_t	 seed;		/* nobody outside can choose a hash */
	/* For IPv4, for IPv6: the last one that may have no more, or zero. */
	uint8_t		 crowded[2][MAC_LEN];
};

/* Empty tables.  False if memory is short: then nothing has changed. */
static bool
renew(struct senders *s)
{
	struct groups	*hosts;
	struct crowd	*crowds;

	hosts = groups_new(HOST_WIDTH, sizeof(struct entry));
	crowds = calloc(CROWDS, sizeof(*crowds));
	if (hosts == NULL || crowds == NULL) {
		groups_free(hosts);
		free(crowds);
		return (false);
	}
	groups_free(s->hosts);
	free(s->crowds);
	s->hosts = hosts;
	s->crowds = crowds;
	memset(s->crowded, 0, sizeof(s->crowded));
	return (true);
}

struct senders *
senders_new(void)
{
	struct senders	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	arc4random_buf(&s->seed, sizeof(s->seed));
	if (renew(s))
		return (s);
	free(s);
	errno = ENOMEM;
	return (NULL);
}

void
senders_free(struct senders *s)
{
	if (s == NULL)
		return;
	groups_free(s->hosts);
	free(s->crowds);
	free(s);
}

static void
make_key(uint8_t key[HOST_WIDTH], uint8_t family, const uint8_t addr[16])
{
	key[0] = family;
	memcpy(key + 1, addr, HOST_WIDTH - 1);
}

bool
senders_have(const struct senders *s, uint8_t family, const uint8_t addr[16])
{
	uint8_t	key[HOST_WIDTH];

	make_key(key, family, addr);
	return (groups_has(s->hosts, key));
}

size_t
senders_count(const struct senders *s)
{
	return (groups_count(s->hosts));
}

void
senders_at(const struct senders *s, size_t i, struct sender_host *to)
{
	const struct entry	*e = groups_at(s->hosts, i);
	const uint8_t		*key = groups_key(s->hosts, e);

	to->family = key[0];
	memcpy(to->addr, key + 1, sizeof(to->addr));
	memcpy(to->mac, e->mac, MAC_LEN);
}

/* The element of a MAC address, or a free one for it, or NULL. */
static struct crowd *
crowd_of(const struct senders *s, const uint8_t mac[MAC_LEN])
{
	size_t		 at, i;
	struct crowd	*c, *empty = NULL;

	at = (size_t)XXH3_64bits_withSeed(mac, MAC_LEN, s->seed);
	for (i = 0; i < PROBES; i++) {
		c = &s->crowds[(at + i) % CROWDS];
		if (c->n[0] == 0 && c->n[1] == 0)
			empty = empty == NULL ? c : empty;
		else if (memcmp(c->mac, mac, MAC_LEN) == 0)
			return (c);
	}
	return (empty);
}

/* May this MAC address have one more address?  If so, count it. */
static bool
join_crowd(struct senders *s, uint8_t family, const uint8_t mac[MAC_LEN])
{
	bool		 ip6 = family == FLOW_FAMILY_IP6;
	struct crowd	*c = crowd_of(s, mac);

	if (c == NULL)
		return (false);
	if (c->n[ip6] <= (ip6 ? MAC_MOST_IP6 : MAC_MOST_IP4)) {
		memcpy(c->mac, mac, MAC_LEN);
		c->n[ip6]++;
		return (true);
	}
	memcpy(s->crowded[ip6], mac, MAC_LEN);
	return (false);
}

static void
leave_crowd(struct senders *s, uint8_t family, const uint8_t mac[MAC_LEN])
{
	/* It has this address, so its element is there. */
	crowd_of(s, mac)->n[family == FLOW_FAMILY_IP6]--;
	memset(s->crowded, 0, sizeof(s->crowded));
}

/* Add an address, if there is room; if memory is short, too, it is left out. */
static void
add(struct senders *s, const uint8_t key[HOST_WIDTH],
    const struct sender_host *h)
{
	struct entry	*e;

	if (groups_count(s->hosts) >= SENDERS_MOST ||
	    !join_crowd(s, h->family, h->mac))
		return;
	if ((e = groups_get(s->hosts, key)) == NULL)
		leave_crowd(s, h->family, h->mac);
	else
		memcpy(e->mac, h->mac, MAC_LEN);
}

static void
note(struct senders *s, const struct sender_host *h)
{
	uint8_t		 key[HOST_WIDTH];
	struct entry	*e;

	make_key(key, h->family, h->addr);
	if (!groups_has(s->hosts, key)) {
		add(s, key, h);
		return;
	}
	e = groups_get(s->hosts, key);
	if (memcmp(e->mac, h->mac, MAC_LEN) == 0 ||
	    !join_crowd(s, h->family, h->mac))
		return;
	leave_crowd(s, h->family, e->mac);
	memcpy(e->mac, h->mac, MAC_LEN);
}

/* The cheapest test comes first: many rows may be new. */
void
senders_note(struct senders *s, const struct nets *local,
    const struct flow_key *k, const uint8_t mac[MAC_LEN])
{
	struct sender_host	h = { .family = k->family };

	if (memcmp(s->crowded[k->family == FLOW_FAMILY_IP6], mac,
	    MAC_LEN) == 0 || !mac_is_device(mac) ||
	    !nets_contains(local, k->family, k->src))
		return;
	memcpy(h.addr, k->src, sizeof(h.addr));
	memcpy(h.mac, mac, MAC_LEN);
	note(s, &h);
}

void
senders_add(struct senders *to, const struct senders *from)
{
	struct sender_host	h;
	size_t			i;

	for (i = 0; i < senders_count(from); i++) {
		senders_at(from, i, &h);
		note(to, &h);
	}
}

void
senders_take(struct senders *to, struct senders *from)
{
	senders_add(to, from);
	senders_clear(from);
}

/* If memory is short, they stay: they are what was seen all the same. */
void
senders_clear(struct senders *s)
{
	if (senders_count(s) > 0)
		(void)renew(s);
}
