/*
 * Records of the data trace as frames of tags; datarec_comment.c has their
 * comments.
 */
#include <netinet/in.h>
#include <string.h>

#include "base/endian.h"
#include "cursor.h"
#include "datarec_impl.h"

/* Tags of upper PDUs: type and length, 16 bits each, then the value. */
enum {
	TAG_END = 0,
	TAG_DISSECTOR = 12,	/* by name */
	TAG_TABLE = 14,		/* by the name of a table, and TAG_NUMBER */
	TAG_SRC4 = 20,
	TAG_DST4 = 21,
	TAG_SRC6 = 22,
	TAG_DST6 = 23,
	TAG_PORT_TYPE = 24,
	TAG_SPORT = 25,
	TAG_DPORT = 26,
	TAG_NUMBER = 32,
	TAG_DIRECTION = 35	/* 0 sent, 1 received */
};

/* The same numbers are in frames, where Wireshark has defined them. */
enum { PORTS_NONE = 0, PORTS_SCTP = 1, PORTS_TCP = 2, PORTS_UDP = 3 };

/* What follows from the type of the ports. */
static const struct transport {
	uint8_t		proto, ports, type;
	const char	*table;
} transports[] = {
	{ IPPROTO_TCP, PORTS_TCP, 1, "tcp.port" },
	{ IPPROTO_UDP, PORTS_UDP, 2, "udp.port" },
	{ IPPROTO_SCTP, PORTS_SCTP, 1, "sctp.port" },
};
#define NTRANSPORTS	(sizeof(transports) / sizeof(transports[0]))

static const struct transport *
transport_of(uint8_t proto)
{
	size_t	i;

	for (i = 0; i < NTRANSPORTS; i++)
		if (transports[i].proto == proto)
			return (&transports[i]);
	return (NULL);
}

/* ---- tags ---- */

static uint8_t *
put_tag(uint8_t *to, uint16_t tag, const void *value, uint16_t len)
{
	uint16_t	padded = (uint16_t)((len + 3U) & ~3U);

	put_be16(to, tag);
	put_be16(to + 2, padded);
	memset(to + 4, 0, padded);
	memcpy(to + 4, value, len);
	return (to + 4 + padded);
}

static uint8_t *
put_number(uint8_t *to, uint16_t tag, uint32_t value)
{
	uint8_t	octets[4];

	put_be32(octets, value);
	return (put_tag(to, tag, octets, sizeof(octets)));
}

/*
 * How the payload is to be read: as that of the service, whose port is the
 * lower one.  What has no payload would be a malformed message of it.
 */
static uint8_t *
put_dissector(uint8_t *to, const struct transport *t, const struct datarec *d)
{
	uint16_t	port = d->lport < d->rport ? d->lport : d->rport;

	if (port == 0)
		port = d->lport > d->rport ? d->lport : d->rport;
	if (t == NULL || port == 0 || d->caplen == 0)
		return (put_tag(to, TAG_DISSECTOR, "data", 4));
	to = put_tag(to, TAG_TABLE, t->table, (uint16_t)strlen(t->table));
	return (put_number(to, TAG_NUMBER, port));
}

size_t
datarec_head(const struct datarec *d, uint8_t out[DATAREC_HEAD])
{
	const struct transport	*t = transport_of(d->proto);
	const uint8_t		*src = d->out ? d->local : d->remote;
	const uint8_t		*dst = d->out ? d->remote : d->local;
	uint16_t		 sport = d->out ? d->lport : d->rport;
	uint16_t		 dport = d->out ? d->rport : d->lport;
	uint8_t			*to = put_dissector(out, t, d);

	if (d->family == FLOW_FAMILY_IP4) {
		to = put_tag(to, TAG_SRC4, src + 12, 4);
		to = put_tag(to, TAG_DST4, dst + 12, 4);
	} else if (d->family == FLOW_FAMILY_IP6) {
		to = put_tag(to, TAG_SRC6, src, 16);
		to = put_tag(to, TAG_DST6, dst, 16);
	}
	if (t != NULL) {
		to = put_number(to, TAG_PORT_TYPE, t->ports);
		to = put_number(to, TAG_SPORT, sport);
		to = put_number(to, TAG_DPORT, dport);
	}
	to = put_number(to, TAG_DIRECTION, d->out ? 0 : 1);
	return ((size_t)(put_tag(to, TAG_END, "", 0) - out));
}

/* What tags say, before it is known which side is the local one. */
struct tags {
	uint8_t		src[16], dst[16];
	uint16_t	sport, dport;
	uint8_t		family;
	uint32_t	ports;
	bool		in;
};

static void
take_address(struct tags *t, uint8_t to[16], const uint8_t *value,
    uint16_t len)
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (len == 16)
		memcpy(to, value, 16);
	else {
		memcpy(to, mapped, sizeof(mapped));
		memcpy(to + 12, value, 4);
	}
	t->family = len == 16 ? FLOW_FAMILY_IP6 : FLOW_FAMILY_IP4;
}

static void
take_tag(struct tags *t, uint16_t tag, const uint8_t *value, uint16_t len)
{
	uint32_t	n = len >= 4 ? get_be32(value) : 0;

	if ((tag == TAG_SRC4 && len == 4) || (tag == TAG_SRC6 && len == 16))
		take_address(t, t->src, value, len);
	else if ((tag == TAG_DST4 && len == 4) ||
	    (tag == TAG_DST6 && len == 16))
		take_address(t, t->dst, value, len);
	else if (tag == TAG_PORT_TYPE)
		t->ports = n;
	else if (tag == TAG_SPORT && n <= UINT16_MAX)
		t->sport = (uint16_t)n;
	else if (tag == TAG_DPORT && n <= UINT16_MAX)
		t->dport = (uint16_t)n;
	else if (tag == TAG_DIRECTION)
		t->in = n == 1;
}

/* Take the tags.  False: they do not end within the frame. */
static bool
take_tags(struct cursor *c, struct tags *t)
{
	const uint8_t	*head, *value;

	while ((head = cursor_take(c, 4)) != NULL) {
		if (get_be16(head) == TAG_END)
			return (true);
		value = cursor_take(c, get_be16(head + 2));
		if (value == NULL)
			return (false);
		take_tag(t, get_be16(head), value, get_be16(head + 2));
	}
	return (false);
}

static void
use_tags(struct datarec *d, const struct tags *t)
{
	size_t	i;

	d->out = !t->in;
	d->family = t->family;
	memcpy(d->local, t->in ? t->dst : t->src, sizeof(d->local));
	memcpy(d->remote, t->in ? t->src : t->dst, sizeof(d->remote));
	d->lport = t->in ? t->dport : t->sport;
	d->rport = t->in ? t->sport : t->dport;
	for (i = 0; i < NTRANSPORTS; i++)
		if (transports[i].ports == t->ports && d->proto == 0) {
			d->proto = transports[i].proto;
			d->type = transports[i].type;
		}
}

bool
datarec_read(struct datarec *d, const uint8_t *frame, size_t caplen,
    size_t wirelen, const char *comment, size_t comment_len)
{
	struct cursor	 c;
	struct tags	 t = { .in = false };
	bool		 tagged, told;

	memset(d, 0, sizeof(*d));
	d->kind = DATAREC_DATA;
	d->uid = OWNER_NO_UID;
	if (caplen > UINT32_MAX || wirelen > UINT32_MAX)
		return (false);
	c = cursor_open(frame, (uint32_t)caplen, (uint32_t)wirelen);
	told = datarec_take_comment(d, comment, comment_len);
	if ((tagged = caplen > 0 && take_tags(&c, &t))) {
		/* Addresses are of the family that the tags give them. */
		if (t.family == FLOW_FAMILY_NONE)
			t.family = d->family;
		use_tags(d, &t);
		if (d->kind == DATAREC_DATA) {
			d->payload = c.p;
			d->caplen = cursor_left(&c);
			d->length = cursor_wire(&c);
		}
	}
	return (tagged || told);
}
