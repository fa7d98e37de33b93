/*
 * What holds for every dissected frame, whatever its octets: each layer lies in
 * the frame and in the one before, and the packet is the decoder's.
 */
#include <stdbool.h>
#include <string.h>

#include "dissect_check.h"

static const char *
layer_check(const struct layer *l, const uint8_t *octets, uint32_t caplen)
{
	uint32_t	at = (uint32_t)(l->at - octets);

	if (l->kind >= LAYER_KINDS || dissect_name(l->kind) == NULL)
		return ("a layer without a name");
	if (l->at < octets || at > caplen || l->captured > caplen - at)
		return ("a layer outside of the frame");
	if (l->captured > l->wire || l->wire == 0)
		return ("more octets captured than there were");
	if (l->depth > DISSECT_DEPTH)
		return ("too many tunnels");
	return (NULL);
}

/* Layers follow one another, and only the last is a payload or cut. */
static const char *
order_check(const struct dissection *d)
{
	const struct layer	*l, *next;
	uint32_t		 i;

	for (i = 0; i + 1 < d->nlayers; i++) {
		l = &d->layers[i];
		next = l + 1;
		if (l->kind == LAYER_PAYLOAD || layer_is_cut(l))
			return ("a layer after the last");
		if (next->at < l->at + l->header)
			return ("a layer inside of another's header");
		if (next->wire > l->wire - l->header)
			return ("a layer longer than what it is in");
		if (next->depth < l->depth)
			return ("out of a tunnel");
	}
	return (NULL);
}

/* Ports that count are those of a layer, however many are before it. */
static bool
has_ports(const struct dissection *d)
{
	uint32_t	i;

	if ((d->flow.key.sport | d->flow.key.dport) == 0)
		return (true);
	for (i = 0; i < d->nlayers; i++)
		switch (d->layers[i].kind) {
		case LAYER_TCP:
		case LAYER_UDP:
		case LAYER_UDPLITE:
		case LAYER_DCCP:
		case LAYER_SCTP:
			return (d->layers[i].depth == 0);
		default:
			break;
		}
	return (false);
}

static const char *
packet_check_of(const struct dissection *d, enum decode_verdict v,
    const struct packet *pkt)
{
	const struct layer	*ip = dissect_ip(d);

	if (d->verdict != v)
		return ("another verdict than the decoder's");
	if (v != DECODED_IP)
		return (d->bridged ? "bridged to nowhere" : ip != NULL && decode_class(v) != DECODE_MALFORMED ?
		    "IP that does not count" : NULL);
	if (ip != NULL && d->bridged && ip - d->layers != DISSECT_BEFORE)
		return ("the walk has missed the packet");
	if (ip == NULL || ip->at != pkt->begin || ip->depth != 0)
		return ("not the packet that counts");
	if (memcmp(&d->flow.key, &pkt->key, sizeof(pkt->key)) != 0 ||
	    d->flow.count.ip != pkt->ip || d->flow.count.data != pkt->data ||
	    d->flow.count.packets != 1)
		return ("not the flow that counts");
	if (!has_ports(d))
		return ("no layer has the ports that count");
	return (NULL);
}

static const char *
app_check(const struct dissection *d)
{
	const struct dissect_app	*a = &d->app;
	const struct layer		*last = d->nlayers == 0 ? NULL :
	    &d->layers[d->nlayers - 1];

	if (a->at == NULL)
		return (NULL);
	if (last == NULL || a->ip == NULL || a->transport == NULL ||
	    a->captured > a->wire)
		return ("data of nowhere");
	if (a->wire > 0 && (last->kind != LAYER_PAYLOAD ||
	    last->at != a->at || last->captured != a->captured))
		return ("data that are not the payload");
	if (a->depth == 0 && d->verdict == DECODED_IP &&
	    d->packet.key.proto == a->proto &&
	    (a->sport != d->flow.key.sport || a->dport != d->flow.key.dport))
		return ("other ports than those that count");
	return (NULL);
}

const char *
dissect_check(int link, const uint8_t *octets, uint32_t caplen,
    uint32_t wirelen, struct dissection *d)
{
	struct frame		 f = { .octets = octets, .caplen = caplen,
	    .wirelen = wirelen };
	decode_fn		*decode = decode_for_link(link);
	enum decode_verdict	 v = DECODED_UNSUPPORTED;
	struct packet		 pkt;
	const char		*why;
	uint32_t		 i;

	memset(d, 0xa5, sizeof(*d));
	if (decode != NULL)
		v = decode(octets, caplen, wirelen, &pkt);
	dissect(link, &f, d);
	if (d->nlayers > DISSECT_LAYERS)
		return ("too many layers");
	for (i = 0; i < d->nlayers; i++)
		if ((why = layer_check(&d->layers[i], octets,
		    caplen)) != NULL)
			return (why);
	if ((why = order_check(d)) != NULL ||
	    (why = packet_check_of(d, v, &pkt)) != NULL)
		return (why);
	return (app_check(d));
}
