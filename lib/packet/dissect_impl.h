/*
 * What the files of the dissector share: the walk from layer to layer.  Each
 * step takes one header and names the step of what follows, so that no nesting
 * of a hostile frame uses up the stack.  For dissect*.c only.
 *
 * A step knows the others by their numbers: dissect.c calls them.
 */
#ifndef DISSECT_IMPL_H
#define DISSECT_IMPL_H

#include "decode_impl.h"
#include "dissect.h"

/* What is taken next; the functions are in the order of the files below. */
enum dissect_step {
	STEP_END,		/* the rest is payload */
	STEP_VERSION, STEP_SNAP, STEP_LLC, STEP_ETHERNET, STEP_VLAN,
	STEP_MPLS, STEP_ARP, STEP_PPP, STEP_PPPOE, STEP_ETHERTYPE, STEP_NULL,
	STEP_ENC, STEP_IPNET, STEP_SLIP, STEP_SLL, STEP_SLL2, STEP_CHDLC,
	STEP_PPP_HDLC, STEP_PPP_PPPD, STEP_PPP_DIR, STEP_FRELAY,
	STEP_TOKEN_RING, STEP_FDDI, STEP_NFLOG, STEP_WIFI, STEP_RADIOTAP,
	STEP_PPI, STEP_PRISM, STEP_AVS, STEP_IP4, STEP_EXTENSION, STEP_IP6,
	STEP_TCP, STEP_UDP, STEP_UDPLITE, STEP_DCCP, STEP_CHUNK, STEP_SCTP,
	STEP_ICMP, STEP_ICMP6, STEP_IGMP, STEP_ESP, STEP_AH, STEP_PROTO,
	STEP_IPIP4, STEP_IPIP6, STEP_GRE, STEP_VXLAN, STEP_GENEVE, STEP_GTP,
	STEP_TEREDO,
	STEPS
};

struct walk {
	struct dissection *d;
	struct cursor	 c;
	enum dissect_step next;
	uint32_t	 type;		/* its number, such as an EtherType */
	uint32_t	 payload;	/* of IPv6: octets that it states */
	const uint8_t	*counted;	/* the first IP header, or NULL */
	const struct layer *ip, *transport;	/* innermost; or NULL */
	uint16_t	 fragment;	/* enum packet_fragment of ip */
	uint8_t		 proto;		/* IP protocol of transport */
	uint8_t		 depth;
	bool		 quoted;
	bool		 cut;		/* nothing follows */
};

/*
 * Add a layer whose header has so many octets, and advance past it.  Returns
 * the header, or NULL if it is not there as a whole; then the walk ends.
 */
const uint8_t	*walk_take(struct walk *, enum layer_kind, uint32_t header);

/* Only add one, of what is at the cursor; there must be room. */
struct layer	*walk_add(struct walk *, enum layer_kind, uint32_t header);

/* What follows the layer that was added last, and the step that takes it. */
void		 walk_next(struct walk *, enum layer_next, uint32_t number,
		    enum dissect_step);

/* What is more than n octets from here does not belong to the packet. */
void		 walk_clip(struct walk *, uint32_t n);

/* Enter a tunnel: false if there were too many, then the rest is payload. */
bool		 walk_enter(struct walk *, enum dissect_step);

/* The layer that was added last; there must be one. */
static inline struct layer *
walk_last(struct walk *w)
{
	return (&w->d->layers[w->d->nlayers - 1]);
}

typedef void	dissect_step_fn(struct walk *);

/* dissect_link.c */
dissect_step_fn	 step_version, step_snap, step_llc, step_ethernet,
		step_vlan, step_mpls, step_arp, step_ppp, step_pppoe,
		step_ethertype, step_null, step_enc, step_ipnet, step_slip,
		step_sll, step_sll2, step_chdlc, step_ppp_hdlc,
		step_ppp_pppd, step_ppp_dir, step_frelay, step_token_ring,
		step_fddi, step_nflog, step_wifi, step_radiotap, step_ppi,
		step_prism, step_avs;
/* dissect_ip.c */
dissect_step_fn	 step_ip4, step_extension, step_ip6, step_tcp, step_udp,
		step_udplite, step_dccp, step_chunk, step_sctp, step_icmp,
		step_icmp6, step_igmp, step_esp, step_ah, step_proto;
/* dissect_tunnel.c */
dissect_step_fn	 step_ipip4, step_ipip6, step_gre, step_vxlan, step_geneve,
		step_gtp, step_teredo;

/* The first step of a link type, or STEP_END. */
enum dissect_step dissect_link_step(int link);

/* What is tunneled in the UDP datagram with these ports, or STEP_END. */
enum dissect_step dissect_udp_tunnel(const struct walk *, uint16_t sport,
		    uint16_t dport);

#endif
