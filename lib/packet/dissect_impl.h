/*
 * What the files of the dissector share: the walk from layer to layer.  Each
 * step takes one header and names the step of what follows, so that no nesting
 * of a hostile frame uses up the stack.  For dissect*.c only.
 */
#ifndef DISSECT_IMPL_H
#define DISSECT_IMPL_H

#include "decode_impl.h"
#include "dissect.h"

struct walk;
typedef void	dissect_step(struct walk *);

struct walk {
	struct dissection *d;
	struct cursor	 c;
	dissect_step	*next;		/* NULL: the rest is payload */
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

/* What follows the layer that was added last, and the step that takes it. */
void		 walk_next(struct walk *, enum layer_next, uint32_t number,
		    dissect_step *);

/* What is more than n octets from here does not belong to the packet. */
void		 walk_clip(struct walk *, uint32_t n);

/* Enter a tunnel: false if there were too many, then the rest is payload. */
bool		 walk_enter(struct walk *, dissect_step *);

/* The layer that was added last; there must be one. */
static inline struct layer *
walk_last(struct walk *w)
{
	return (&w->d->layers[w->d->nlayers - 1]);
}

/* dissect_link.c: the step of a link type, or NULL. */
dissect_step	*dissect_link_step(int link);
dissect_step	 step_ethernet, step_ethertype, step_ppp, step_version;

/* dissect_ip.c: w->type is the IP protocol for the last. */
dissect_step	 step_ip4, step_ip6, step_proto;

/* dissect_tunnel.c: what is tunneled in IP or UDP. */
dissect_step	 step_gre, step_ipip4, step_ipip6;
dissect_step	*dissect_udp_tunnel(const struct walk *, uint16_t sport,
		    uint16_t dport);

#endif
