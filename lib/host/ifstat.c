/*
 * What the system knows about an interface, for all systems: counters that
 * continue when the interface is recreated, and its state.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interface.h"
#include "ifcounters.h"
#include "iflink.h"
#include "ifstat.h"

/* In the order of the ledger. */
enum {
	RX_PACKETS, RX_BYTES, RX_DROPPED, TX_PACKETS, TX_BYTES,
	COUNTERS = LEDGER_IFACE_COUNTERS
};

struct ifwatch {
	struct ifcounters_source	*source;
	struct iflink	*link;		/* NULL: no notifications */
	char			 ifname[INTERFACE_NAME_MAX];
	unsigned int		 index;		/* 0: not seen yet */
	bool			 down;		/* by the last answer */
	bool			 changed;	/* not yet reported */
	uint64_t		 last[COUNTERS]; /* as read */
	uint64_t		 sum[COUNTERS];	/* as reported */
};

struct ifwatch *
ifstat_open(const char *ifname)
{
	struct ifwatch	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	(void)snprintf(s->ifname, sizeof(s->ifname), "%s", ifname);
	if ((s->source = ifcounters_open(ifname)) == NULL) {
		free(s);
		return (NULL);
	}
	s->link = iflink_open();
	return (s);
}

void
ifstat_close(struct ifwatch *s)
{
	if (s == NULL)
		return;
	ifcounters_close(s->source);
	iflink_close(s->link);
	free(s);
}

/* From the upper half of 32 bits to the lower: kernels of 32 bits do that. */
static bool
may_have_wrapped(uint64_t last, uint64_t now)
{
	return (now <= INT32_MAX && last > INT32_MAX && last <= UINT32_MAX);
}

/*
 * Have the counters been cleared?  If so, the packets and the bytes of a
 * direction have both gone back.  A counter that wraps goes back alone.
 */
static bool
are_cleared(const struct ifwatch *s, const uint64_t now[COUNTERS])
{
	bool	back[COUNTERS], wrapped = true;
	int	i;

	for (i = 0; i < COUNTERS; i++) {
		back[i] = now[i] < s->last[i];
		wrapped = wrapped &&
		    (!back[i] || may_have_wrapped(s->last[i], now[i]));
	}
	return (!wrapped || (back[RX_PACKETS] && back[RX_BYTES]) ||
	    (back[TX_PACKETS] && back[TX_BYTES]));
}

/*
 * Add the counters of the interface of that index, which may be a new one.
 * True if any counter has changed.
 */
static bool
add_counters(struct ifwatch *s, unsigned int index,
    const uint64_t now[COUNTERS])
{
	bool	moved = s->index != 0 && index != 0 && index != s->index;
	bool	cleared = moved || are_cleared(s, now);
	int	i;

	for (i = 0; i < COUNTERS; i++) {
		moved = moved || now[i] != s->last[i];
		if (cleared)
			s->sum[i] += now[i];
		else if (now[i] < s->last[i])
			s->sum[i] += (uint32_t)(now[i] - s->last[i]);
		else
			s->sum[i] += now[i] - s->last[i];
		s->last[i] = now[i];
	}
	if (index != 0)
		s->index = index;
	return (moved);
}

/* False if the interface is missing. */
static bool
read_counters(struct ifwatch *s, uint64_t now[COUNTERS])
{
	struct ifcounters	c;

	if (!ifcounters_read(s->source, &c))
		return (false);
	now[RX_PACKETS] = c.rx_packets;
	now[RX_BYTES] = c.rx_bytes;
	now[RX_DROPPED] = c.rx_dropped;
	now[TX_PACKETS] = c.tx_packets;
	now[TX_BYTES] = c.tx_bytes;
	return (true);
}

int
ifstat_fd(const struct ifwatch *s)
{
	return (s == NULL ? -1 : iflink_fd(s->link));
}

/*
 * Read the notifications, and add the last counters of a deleted interface.
 * Some drivers have cleared the counters by then: ignore lower values.
 */
static void
hear(struct ifwatch *s)
{
	uint64_t	last[COUNTERS];
	bool		gone;
	int		i;

	if (iflink_read(s->link, s->index, &gone, last))
		s->changed = true;
	for (i = 0; gone && i < COUNTERS; i++)
		if (last[i] < s->last[i])
			last[i] = s->last[i];
	if (gone)
		(void)add_counters(s, s->index, last);
}

bool
ifstat_changed(struct ifwatch *s, bool readable)
{
	bool	changed;

	if (s == NULL)
		return (false);
	if (readable)
		hear(s);
	changed = s->changed;
	s->changed = false;
	return (changed);
}

/*
 * First adds the last counters of a deleted interface.  While the interface is
 * missing, reads the notifications of all: another one may get its name.
 */
bool
ifstat_update(struct ifwatch *s)
{
	uint64_t	now[COUNTERS];
	unsigned int	index;

	if (s == NULL)
		return (false);
	if (interface_find(s->ifname, &index) != INTERFACE_UNKNOWN)
		iflink_select(s->link, index);
	hear(s);
	return (read_counters(s, now) && add_counters(s, index, now));
}

void
ifstat_begin(struct ifwatch *s, struct ledger *l)
{
	uint64_t	*end = &l->v[LEDGER_RX_PACKETS_END];
	bool		 resumed = false;
	int		 i;

	if (s == NULL)
		return;
	for (i = 0; i < COUNTERS; i++) {
		s->last[i] = s->sum[i] = end[i];
		resumed = resumed || end[i] != 0;
	}
	(void)ifstat_update(s);
	if (!resumed)
		memcpy(&l->v[LEDGER_RX_PACKETS_BEGIN], s->sum, sizeof(s->sum));
}

void
ifstat_end(struct ifwatch *s, struct ledger *l)
{
	if (s == NULL)
		return;
	(void)ifstat_update(s);
	memcpy(&l->v[LEDGER_RX_PACKETS_END], s->sum, sizeof(s->sum));
}

/* A request about the interface, by a name that fits into it. */
static void
name_request(struct ifreq *ifr, const char *ifname)
{
	char	real[INTERFACE_NAME_MAX];

	(void)snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s",
	    interface_real(ifname, real));
}

unsigned int
ifstat_mtu(const char *ifname)
{
	struct ifreq	ifr = { 0 };
	unsigned int	mtu = 0;
	int		fd;

	if ((fd = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		return (0);
	name_request(&ifr, ifname);
	if (ioctl(fd, SIOCGIFMTU, &ifr) == 0)
		mtu = (unsigned int)ifr.ifr_mtu;
	(void)close(fd);
	return (mtu);
}

bool
ifstat_loopback(const char *ifname)
{
	int	flags;

	return (interface_flags(ifname, &flags) == 1 &&
	    (flags & IFF_LOOPBACK) != 0);
}

bool
ifstat_up(struct ifwatch *s)
{
	int	flags, rc;

	if (s == NULL)
		return (true);
	if ((rc = interface_flags(s->ifname, &flags)) != -1)
		s->down = rc == 1 && (flags & IFF_UP) == 0;
	return (!s->down);
}
