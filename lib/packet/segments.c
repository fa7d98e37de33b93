/*
 * Frames that stand for several packets.
 */
#include <stdbool.h>

#include "decode_impl.h"
#include "prototally.h"
#include "segments.h"

/* Headers of all kinds that one frame may have: more than Linux can join. */
#define STEPS			16

/* What comes next in a frame: an EtherType, or this and an IP protocol. */
#define IP_PROTOCOL		0x10000U
#define DONE			0x20000U
#define FAILED			0x20001U

#define ETHERTYPE_BRIDGING	0x6558	/* an Ethernet frame in GRE, Geneve */

enum { PROTO_IPIP = 4, PROTO_IP6 = 41, PROTO_GRE = 47 };

enum {
	PORT_VXLAN = 4789, PORT_VXLAN_LINUX = 8472, PORT_VXLAN_GPE = 4790,
	PORT_GENEVE = 6081
};

#define JUMBO_OPTION		0xc2
#define JUMBO_END		(IP6_HEADER + IP6_EXTENSION)

enum { TCP_FIN = 0x01, TCP_PSH = 0x08, TCP_CWR = 0x80 };

struct segments {
	uint32_t	count;		/* packets */
	uint32_t	wire;		/* octets of the frame, from IP on */
	uint32_t	headers;	/* of these, what each packet repeats */
};

/* ---- the headers of a tunnel ---- */

struct walk {
	struct cursor	c;
	uint32_t	udp;		/* offset behind the outer UDP header */
	uint32_t	end;		/* where the inner IP packet ends */
	uint32_t	begin;		/* cursor_left() at the outer IP */
};

static uint32_t
offset(const struct walk *w)
{
	return (w->begin - cursor_left(&w->c));
}

static uint32_t
past(struct walk *w, uint32_t n, uint32_t next)
{
	return (cursor_take(&w->c, n) == NULL ? FAILED : next);
}

static uint32_t
past_gre(struct walk *w)
{
	const uint8_t	*p = cursor_peek(&w->c, 4);
	uint32_t	 n = 4;

	if (p == NULL || (p[1] & 7) != 0)
		return (FAILED);
	n += (p[0] & 0x80) != 0 ? 4 : 0;	/* checksum */
	n += (p[0] & 0x20) != 0 ? 4 : 0;	/* key */
	n += (p[0] & 0x10) != 0 ? 4 : 0;	/* sequence number */
	return (past(w, n, get_be16(p + 2)));
}

static bool
is_tunnel_port(uint32_t port)
{
	return (port == PORT_VXLAN || port == PORT_VXLAN_LINUX ||
	    port == PORT_VXLAN_GPE || port == PORT_GENEVE);
}

static uint32_t
gpe_payload(uint8_t protocol)
{
	switch (protocol) {
	case 1:
		return (ETHERTYPE_IP4);
	case 2:
		return (ETHERTYPE_IP6);
	case 3:
		return (ETHERTYPE_BRIDGING);
	default:
		return (FAILED);
	}
}

static uint32_t
past_udp(struct walk *w)
{
	const uint8_t	*p = cursor_peek(&w->c, UDP_HEADER);
	uint32_t	 port;

	if (p == NULL)
		return (FAILED);
	port = get_be16(p + 2);
	if (!is_tunnel_port(port))
		return (past(w, UDP_HEADER, DONE));
	if ((p = cursor_peek(&w->c, 16)) == NULL)
		return (FAILED);
	w->udp = offset(w) + UDP_HEADER;
	if (port == PORT_GENEVE)
		return (past(w, 16 + (uint32_t)(p[8] & 0x3f) * 4,
		    get_be16(p + 10)));
	return (past(w, 16, port == PORT_VXLAN_GPE ? gpe_payload(p[11]) :
	    ETHERTYPE_BRIDGING));
}

static uint32_t
past_protocol(struct walk *w, uint32_t proto)
{
	const uint8_t	*p;
	uint32_t	 n;

	switch (proto) {
	case PROTO_IPIP:
		return (ETHERTYPE_IP4);
	case PROTO_IP6:
		return (ETHERTYPE_IP6);
	case PROTO_GRE:
		return (past_gre(w));
	case PROTO_UDP:
		return (past_udp(w));
	case PROTO_TCP:
		p = cursor_peek(&w->c, TCP_DATA_OFFSET + 1);
		n = p == NULL ? 0 : (uint32_t)(p[TCP_DATA_OFFSET] >> 4) * 4;
		return (n < TCP_HEADER ? FAILED : past(w, n, DONE));
	default:
		p = cursor_peek(&w->c, IP6_EXTENSION);
		n = p == NULL ? 0 : decode_extension_length(proto, p);
		return (n == 0 ? FAILED : past(w, n, IP_PROTOCOL | p[0]));
	}
}

static uint32_t
past_ip4(struct walk *w)
{
	const uint8_t	*p = cursor_peek(&w->c, IP4_HEADER);
	uint32_t	 n = p == NULL ? 0 : (uint32_t)(p[0] & 0x0f) * 4;

	if (n < IP4_HEADER)
		return (FAILED);
	w->end = offset(w) + get_be16(p + 2);
	return (past(w, n, IP_PROTOCOL | p[9]));
}

static uint32_t
past_ip6(struct walk *w)
{
	const uint8_t	*p = cursor_peek(&w->c, IP6_HEADER);

	if (p == NULL)
		return (FAILED);
	w->end = offset(w) + IP6_HEADER + get_be16(p + 4);
	return (past(w, IP6_HEADER, IP_PROTOCOL | p[6]));
}

/* Past one header.  Returns what comes next. */
static uint32_t
step(struct walk *w, uint32_t at)
{
	const uint8_t	*p;

	if ((at & IP_PROTOCOL) != 0)
		return (past_protocol(w, at & 0xff));
	if (at == ETHERTYPE_IP4)
		return (past_ip4(w));
	if (at == ETHERTYPE_IP6)
		return (past_ip6(w));
	if (at == ETHERTYPE_BRIDGING) {
		p = cursor_peek(&w->c, ETHER_HEADER);
		return (p == NULL ? FAILED : past(w, ETHER_HEADER,
		    get_be16(p + 12)));
	}
	p = cursor_peek(&w->c, 4);
	return (p == NULL || !ethertype_is_vlan(at) ? FAILED :
	    past(w, 4, get_be16(p + 2)));
}

/* The length of all headers from the outer IP header on; 0: unknown. */
static uint32_t
walk_headers(struct walk *w, bool ip4)
{
	uint32_t	at = ip4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6;
	int		i;

	for (i = 0; i < STEPS && at < DONE; i++)
		at = step(w, at);
	return (at == DONE ? offset(w) : 0);
}

/* ---- how many packets, and what they repeat ---- */

static uint32_t
packets_of(uint32_t n, uint32_t size)
{
	return (n == 0 ? 1 : (n + size - 1) / size);
}

/*
 * Without a tunnel all that is no data is headers.  The frame has `octets' from
 * the IP header on; if IP's header says that there are more, these make no
 * packets.
 */
static void
find_plain(const struct packet *pkt, uint32_t octets, uint32_t size,
    struct segments *s)
{
	s->wire = pkt->ip;
	s->headers = pkt->ip - pkt->data;
	if (octets > s->wire)
		octets = s->wire;
	s->count = octets < s->headers ? 1 :
	    packets_of(octets - s->headers, size);
}

/*
 * Datagrams that a program has sent to the port of a tunnel by UDP_SEGMENT are
 * packets of a tunnel as well, but each has a tunnel's headers of its own: then
 * the inner packet ends with the first datagram.
 */
static bool
is_datagrams(const struct walk *w, const struct frame *f)
{
	return (f->gso_udp && w->udp != 0 && w->end == w->udp + f->gso_size);
}

/* In a tunnel IP's length may be that of one segment (GSO_PARTIAL). */
static void
find(const struct frame *f, const struct packet *pkt, uint32_t jumbo,
    struct segments *s)
{
	uint32_t	link = (uint32_t)(pkt->begin - f->octets), headers;
	uint32_t	octets = f->wirelen - link - jumbo;
	uint32_t	proto = pkt->key.proto;
	struct walk	w = { .udp = 0 };

	find_plain(pkt, octets, f->gso_size, s);
	if (proto == PROTO_TCP ||
	    (proto == PROTO_UDP && !is_tunnel_port(pkt->key.dport)))
		return;
	w.c = cursor_open(pkt->begin, f->caplen - link, octets);
	w.begin = cursor_left(&w.c);
	headers = walk_headers(&w, pkt->key.family == FLOW_FAMILY_IP4);
	if (headers == 0 || headers >= octets || is_datagrams(&w, f))
		return;
	s->wire = octets;
	s->headers = headers;
	s->count = packets_of(octets - headers, f->gso_size);
}

/*
 * The length of a joined IPv6 packet above 65535: many kernels put it into an
 * option, which no segment has.  Take it away; returns its octets.
 */
static uint32_t
drop_jumbo(const struct frame *f, struct packet *pkt)
{
	const uint8_t	*p = pkt->begin;
	uint32_t	 left = f->caplen - (uint32_t)(p - f->octets);

	if (pkt->key.family != FLOW_FAMILY_IP6 || left < JUMBO_END ||
	    get_be16(p + 4) != 0 || p[6] != PROTO_HOPOPTS ||
	    p[IP6_HEADER + 1] != 0 || p[IP6_HEADER + 2] != JUMBO_OPTION ||
	    pkt->ip <= UINT16_MAX)
		return (0);
	pkt->ip -= IP6_EXTENSION;
	return (IP6_EXTENSION);
}

/* In a tunnel, what is repeated behind the outer headers is data. */
static void
multiply(const struct packet *pkt, const struct segments *s,
    enum flow_ports ports, struct flow_count *c)
{
	uint64_t	more = s->count - 1, outer = pkt->ip - pkt->data;
	uint64_t	data = pkt->data;

	c->packets = s->count;
	c->ip = pkt->ip;
	if (s->wire > pkt->ip) {
		data += s->wire - pkt->ip;
		c->ip = s->wire;
	}
	c->ip += more * s->headers;
	if (s->headers > outer)
		data += more * (s->headers - outer);
	c->data = ports != FLOW_PORTS_NONE ? data :
	    c->ip - s->count * (uint64_t)(pkt->ip - pkt->payload);
}

/* ---- counters by protocol ---- */

/*
 * Of segments of TCP only the last has FIN and PSH, only the first CWR.  The
 * frame has been counted as one packet.
 */
static void
add_marks(const struct packet *pkt, uint32_t n, struct prototally *t)
{
	const struct protocol	*p = &decode_protocols[pkt->key.proto];
	uint32_t		 base, flags = pkt->mark;

	base = pkt->fragment == PACKET_LATER_FRAGMENT ? TALLY_LATER_FRAGMENT :
	    p->mark_base + (uint32_t)(pkt->data > 0 ? p->data_step : 0);
	if (pkt->key.proto != PROTO_TCP ||
	    pkt->fragment == PACKET_LATER_FRAGMENT) {
		t->marks[base + flags] += n - 1;
		return;
	}
	t->marks[base + flags]--;
	t->marks[base + (flags & ~(uint32_t)(TCP_FIN | TCP_PSH))]++;
	t->marks[base + (flags & ~(uint32_t)(TCP_FIN | TCP_PSH | TCP_CWR))] +=
	    n - 2;
	t->marks[base + (flags & ~(uint32_t)TCP_CWR)]++;
}

/* `ip' bytes have been counted. */
static void
add_tally(const struct packet *pkt, const struct flow_count *c, uint64_t ip,
    struct prototally *t)
{
	size_t	family = pkt->key.family == FLOW_FAMILY_IP6;

	t->sums[family][pkt->key.proto].packets += c->packets - 1;
	t->sums[family][pkt->key.proto].bytes += c->ip - ip;
	if (c->packets > 1)
		add_marks(pkt, (uint32_t)c->packets, t);
}

size_t
segments_decode(decode_fn *decode, enum flow_ports ports,
    const struct frame *f, struct flow *flow, const struct frame **from,
    uint64_t counts[DECODED_VERDICTS], struct prototally *tally,
    struct ledger *l)
{
	struct segments	s;
	struct packet	pkt;
	uint32_t	link, jumbo;
	uint64_t	ip;

	if (decode_frames(decode, ports, f, 1, flow, from, counts, tally) == 0)
		return (0);
	ip = flow->count.ip;
	(void)decode(f->octets, f->caplen, f->wirelen, &pkt);
	jumbo = drop_jumbo(f, &pkt);
	find(f, &pkt, jumbo, &s);
	multiply(&pkt, &s, ports, &flow->count);
	if (tally != NULL)
		add_tally(&pkt, &flow->count, ip, tally);
	link = f->wirelen > s.wire + jumbo ? f->wirelen - s.wire - jumbo : 0;
	l->v[LEDGER_SEGMENTS] += s.count - 1;
	l->v[LEDGER_WIRE_BYTES] += (uint64_t)(s.count - 1) *
	    (link + s.headers);
	l->v[LEDGER_WIRE_BYTES] -= jumbo;
	return (1);
}

uint32_t
segments_count(decode_fn *decode, const struct frame *f)
{
	struct segments	s;
	struct packet	pkt;

	if (f->gso_size == 0 || decode(f->octets, f->caplen, f->wirelen,
	    &pkt) != DECODED_IP)
		return (0);
	find(f, &pkt, drop_jumbo(f, &pkt), &s);
	return (s.count);
}
