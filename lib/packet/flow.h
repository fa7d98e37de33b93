/*
 * The values that cross from capture to accounting: who talked to whom
 * (struct flow_key) and how much (struct flow_count).  They own nothing and
 * know neither packets nor files.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Families of a key: the IP version, or none for a folded row. */
enum {
	FLOW_FAMILY_NONE = 0,
	FLOW_FAMILY_IP4 = 4,
	FLOW_FAMILY_IP6 = 6
};
#define FLOW_FAMILY_MASK	15U	/* the bits of it in a key */

/*
 * Flags of a key: what has been left out of it.  They are part of the key,
 * so that a port that is really 0 stays apart from one that was dropped.
 */
enum {
	FLOW_SPORT_CLIENT = 0x01,	/* client's source port dropped */
	FLOW_DPORT_CLIENT = 0x02,	/* client's destination port dropped */
	FLOW_CLIENT = 0x03,		/* one of these */
	FLOW_NO_PROTO = 0x04,		/* --ports none: addresses only */
	FLOW_NO_PORTS = 0x08,		/* both ports dropped */
	FLOW_NO_SRC = 0x10,		/* source dropped */
	FLOW_NO_DST = 0x20,		/* destination dropped */
	FLOW_OTHER = 0x30		/* both sides folded: an `other' row */
};

/*
 * VLANs of a key: the id of the outermost tag that has one (IEEE 802.1Q,
 * 802.1ad), or one of these.
 */
enum {
	FLOW_VLAN_NONE = 0,	/* no tag, or only a priority */
	FLOW_VLAN_MIXED = 4095	/* of several VLANs; no frame may have it */
};
#define FLOW_VLAN_MASK	0x0fffU	/* the id in a tag, too */

/* 40 bytes without holes, so that it can be hashed and compared as memory. */
struct flow_key {
	uint8_t		src[16];	/* network order; ::ffff:a.b.c.d */
	uint8_t		dst[16];
	uint16_t	sport;		/* host order; 0 where there is none */
	uint16_t	dport;
	uint8_t		proto;		/* IP protocol number */
	uint8_t		flags;		/* FLOW_* above */
	uint16_t	vlan : 12;
	uint16_t	family : 4;	/* FLOW_FAMILY_* */
};

struct flow_count {
	uint64_t	packets;
	uint64_t	data;		/* bytes carried by the sub-protocol */
	uint64_t	ip;		/* bytes of the IP packets */
};

/* A row of the table: one cache line. */
struct flow {
	struct flow_key		key;
	struct flow_count	count;
};

_Static_assert(sizeof(struct flow_key) == 40, "flow_key has a hole");
_Static_assert(sizeof(struct flow) == 64, "flow is one cache line");

/* How much of the ports a daemon keeps (--ports). */
enum flow_ports {
	FLOW_PORTS_ALL,
	FLOW_PORTS_SERVICE,	/* the server's port only, the lower one */
	FLOW_PORTS_NONE,	/* addresses only: -X */
	FLOW_PORTS_MODES
};

/* The names of the modes for --ports and for headers of save files. */
extern const char *const flow_ports_names[FLOW_PORTS_MODES];

/*
 * Is the source the server: the side with the lower port (the source, if they
 * are equal), or the one whose port --ports service kept?
 */
static inline bool
flow_source_serves(const struct flow_key *k)
{
	if (k->flags & (FLOW_SPORT_CLIENT | FLOW_DPORT_CLIENT))
		return ((k->flags & FLOW_DPORT_CLIENT) != 0);
	return (k->sport <= k->dport);
}

static inline uint16_t
flow_server_port(const struct flow_key *k)
{
	return (flow_source_serves(k) ? k->sport : k->dport);
}

/* Drop the client's port; equal ones stay both.  Also for eBPF. */
static inline void
flow_drop_client_port(struct flow_key *k)
{
	if (k->sport == k->dport)
		return;
	if (flow_source_serves(k)) {
		k->dport = 0;
		k->flags |= FLOW_DPORT_CLIENT;
	} else {
		k->sport = 0;
		k->flags |= FLOW_SPORT_CLIENT;
	}
}

/*
 * Reduce a key to what the mode keeps.  With FLOW_PORTS_NONE the data bytes
 * become the payload of the IP packet; see decode.h.
 */
void	flow_key_reduce(struct flow_key *, enum flow_ports);

/* Make the key of the row that sums up what was folded, for one protocol. */
void	flow_key_other(struct flow_key *, uint8_t proto);

/* Is it a row that sums up others: no address left? */
static inline bool
flow_is_other(const struct flow_key *k)
{
	return ((k->flags & FLOW_OTHER) == FLOW_OTHER);
}

/*
 * Total order of keys: IPv4 before IPv6, then source, destination, protocol,
 * ports, flags, VLAN; rows of FLOW_FAMILY_NONE come last.  Rows in a file are
 * in this order.
 */
int	flow_key_cmp(const struct flow_key *, const struct flow_key *);

/*
 * Sort n rows in that order and make one of those with the same key.
 * Returns how many are left.
 */
size_t	flow_merge(struct flow *rows, size_t n);

/*
 * Drop the VLANs of n rows, which are in that order, and make one of those that
 * differ in nothing else.  Returns how many are left.
 */
size_t	flow_unite_vlans(struct flow *rows, size_t n);

static inline void
flow_count_add(struct flow_count *to, const struct flow_count *c)
{
	to->packets += c->packets;
	to->data += c->data;
	to->ip += c->ip;
}

#endif
