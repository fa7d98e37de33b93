/*
 * The layers of a captured frame, for programs that show packets.  The decoder
 * (decode.h) says what the frame counts as; the walk that finds the layers
 * around and inside of its packet reads through the same cursor.
 *
 * Pure functions: no state, no memory, no octet read beyond caplen.  Pointers
 * are into the frame.
 */
#ifndef DISSECT_H
#define DISSECT_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

/* The most layers of a frame; what comes after them is payload. */
#define DISSECT_LAYERS	32

/* So many are kept if there are too many before the packet that counts. */
#define DISSECT_BEFORE	16

/* So many are kept for what is behind the extension headers of IPv6. */
#define DISSECT_BEHIND	8

/* The most tunnels in one another that are looked into. */
#define DISSECT_DEPTH	4

enum layer_kind {
	LAYER_ETHERNET,
	LAYER_VLAN,		/* one tag */
	LAYER_LLC,		/* IEEE 802.2 */
	LAYER_SNAP,
	LAYER_PPPOE,
	LAYER_PPP,
	LAYER_MPLS,		/* one label */
	LAYER_SLL,
	LAYER_SLL2,
	LAYER_NULL,		/* BSD loopback: the family */
	LAYER_SLIP,
	LAYER_ENC,
	LAYER_IPNET,
	LAYER_NFLOG,		/* up to the packet */
	LAYER_CHDLC,
	LAYER_FRELAY,
	LAYER_TOKEN_RING,
	LAYER_FDDI,
	LAYER_RADIO,		/* radiotap, PPI, Prism or AVS */
	LAYER_WIFI,
	LAYER_ARP,
	LAYER_IP4,
	LAYER_IP6,
	LAYER_HOPOPTS,		/* extension headers of IPv6; AH in IPv4, too */
	LAYER_ROUTING,
	LAYER_FRAGMENT,
	LAYER_AH,
	LAYER_DSTOPTS,
	LAYER_ICMP,
	LAYER_ICMP6,
	LAYER_IGMP,
	LAYER_TCP,
	LAYER_UDP,
	LAYER_UDPLITE,
	LAYER_DCCP,
	LAYER_SCTP,
	LAYER_SCTP_CHUNK,
	LAYER_ESP,
	LAYER_GRE,
	LAYER_VXLAN,
	LAYER_GENEVE,
	LAYER_GTP,
	LAYER_TEREDO,		/* an indication before the inner packet */
	LAYER_PAYLOAD,		/* the rest, always the last */
	LAYER_KINDS
};

/* What a layer's `next' is a number of. */
enum layer_next {
	NEXT_NONE,		/* nothing is known of what follows */
	NEXT_ETHERTYPE,
	NEXT_LENGTH,		/* IEEE 802.3: a length, then LLC */
	NEXT_PROTO,		/* IP protocol */
	NEXT_PPP,		/* PPP protocol */
	NEXT_FAMILY		/* address family of the capturing host */
};

/*
 * A layer.  All sizes are in octets and from its first octet on, to the end of
 * the packet that it is in: without padding of the link layer, and with what
 * it carries.
 */
struct layer {
	const uint8_t	*at;
	uint32_t	 captured;
	uint32_t	 wire;
	uint32_t	 header;	/* if captured is less: cut */
	uint16_t	 next;
	uint8_t		 next_kind;	/* enum layer_next */
	uint8_t		 kind;		/* enum layer_kind */
	uint8_t		 depth;		/* tunnels or errors it is in */
	bool		 quoted;	/* in an error of ICMP; may be cut */
};

/* Where the data of an application is: of the innermost transport. */
struct dissect_app {
	const uint8_t	*at;		/* NULL: there is none */
	uint32_t	 captured;
	uint32_t	 wire;		/* 0: an empty segment */
	uint16_t	 sport, dport;
	uint8_t		 proto;		/* IP protocol number */
	uint8_t		 depth;		/* 0: of the packet that is counted */
	bool		 fragment;	/* the first one: the rest is missing */
	const struct layer *ip;		/* its packet */
	const struct layer *transport;	/* TCP, UDP, ... */
};

struct dissection {
	enum decode_verdict verdict;
	struct packet	 packet;	/* of DECODED_IP */
	struct flow	 flow;		/* of DECODED_IP: one packet of it */
	struct dissect_app app;
	bool		 bridged;	/* layers before the packet are left
					 * out: there were too many */
	bool		 skipped;	/* so are extension headers of IPv6 */
	uint32_t	 nlayers;
	struct layer	 layers[DISSECT_LAYERS];
};

/*
 * Dissect a frame of a link type, a LINKTYPE_ number or the DLT_ number of the
 * same type.  An unknown one gives a payload only.  The flow is what the frame
 * counts as, of one packet: as decode_frames() with FLOW_PORTS_ALL.
 */
void		 dissect(int link, const struct frame *, struct dissection *);

/* The first layer of this kind, or NULL. */
const struct layer *dissect_find(const struct dissection *, enum layer_kind);

/* The outermost IP packet as a layer, or NULL. */
const struct layer *dissect_ip(const struct dissection *);

/* Is the layer a header that was not captured as a whole? */
static inline bool
layer_is_cut(const struct layer *l)
{
	return (l->captured < l->header);
}

/* The name of a kind, one word: `ethernet'. */
const char	*dissect_name(enum layer_kind);

#endif
