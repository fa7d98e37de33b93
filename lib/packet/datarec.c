/*
 * Records of the data trace as frames of tags and a comment.  Numbers are
 * written without printf(3): there may be 100,000 records a second.
 */
#include <netinet/in.h>
#include <string.h>

#include "base/digits.h"
#include "base/endian.h"
#include "base/printable.h"
#include "cursor.h"
#include "datarec.h"

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

static const char *const	kinds[] = { [DATAREC_START] = "START",
    [DATAREC_DATA] = "DATA", [DATAREC_END] = "END" };

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

/* ---- the comment ---- */

static char *
put_name(char *to, const char *name)
{
	size_t	len = strlen(name);

	*to++ = ' ';
	memcpy(to, name, len);
	return (to + len);
}

static char *
put_decimal(char *to, const char *name, uint64_t value)
{
	char	digits[DIGITS_LEN];
	char	*first = digits_format(value, digits);
	size_t	len = (size_t)(digits + DIGITS_LEN - 1 - first);

	to = put_name(to, name);
	memcpy(to, first, len);
	return (to + len);
}

static char *
put_hex(char *to, const char *name, uint64_t value)
{
	int	shift = 60;

	to = put_name(to, name);
	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	return (to);
}

static char *
put_word(char *to, const char *name, const char *value, size_t size)
{
	size_t	i;

	to = put_name(to, name);
	for (i = 0; i < size - 1 && value[i] != '\0'; i++) {
		if (is_printable(value[i]) && value[i] != ' ' &&
		    value[i] != '%') {
			*to++ = value[i];
			continue;
		}
		*to++ = '%';
		*to++ = "0123456789ABCDEF"[(uint8_t)value[i] >> 4];
		*to++ = "0123456789ABCDEF"[value[i] & 15];
	}
	return (to);
}

/* What only some records have. */
static char *
put_sums(char *to, const struct datarec *d)
{
	if (d->kind == DATAREC_DATA)
		to = put_decimal(to, "seq=", d->seq);
	if (d->segment)
		to = put_name(to, "segment");
	if (d->abbrev)
		to = put_name(to, "abbrev");
	if (!d->has_sums)
		return (to);
	to = put_decimal(to, "sent=", d->sent);
	to = put_decimal(to, "received=", d->received);
	to = put_decimal(to, "rtt=", d->rtt_us);
	return (put_decimal(to, "retransmissions=", d->retransmissions));
}

size_t
datarec_comment(const struct datarec *d, char out[DATAREC_COMMENT])
{
	size_t	len = strlen(kinds[d->kind]);
	char	*to = out + len;

	memcpy(out, kinds[d->kind], len);
	to = put_word(to, "job=", d->job, sizeof(d->job));
	if (d->pid != 0)
		to = put_decimal(to, "pid=", d->pid);
	if (d->tid != 0)
		to = put_decimal(to, "tid=", d->tid);
	to = put_hex(to, "cid=", d->cid);
	if (d->uid != OWNER_NO_UID)
		to = put_decimal(to, "uid=", d->uid);
	if (d->unit[0] != '\0')
		to = put_word(to, "unit=", d->unit, sizeof(d->unit));
	to = put_decimal(to, "ip=", d->family);
	to = put_decimal(to, "type=", d->type);
	to = put_decimal(to, "proto=", d->proto);
	to = put_name(to, d->out ? "out" : "in");
	return ((size_t)(put_sums(to, d) - out));
}

/* A word of a comment. */
struct word {
	const char	*text, *end;
};

/* Take the next word from what is left; false: there is none. */
static bool
next_word(struct word *left, struct word *word)
{
	while (left->text < left->end && *left->text == ' ')
		left->text++;
	word->text = left->text;
	while (left->text < left->end && *left->text != ' ')
		left->text++;
	word->end = left->text;
	return (word->end > word->text);
}

static bool
is_word(const struct word *w, const char *text)
{
	size_t	len = strlen(text);

	return ((size_t)(w->end - w->text) == len &&
	    memcmp(w->text, text, len) == 0);
}

/* If the word begins with the name, make it the value alone. */
static bool
is_value(const struct word *w, const char *name, struct word *value)
{
	size_t	len = strlen(name);

	if ((size_t)(w->end - w->text) < len ||
	    memcmp(w->text, name, len) != 0)
		return (false);
	value->text = w->text + len;
	value->end = w->end;
	return (true);
}

/* Of a hexadecimal digit; 16: it is none. */
static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return ((unsigned)(c - '0'));
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return ((unsigned)((c | 0x20) - 'a') + 10);
	return (16);
}

/* False: it is no number, or one above `most'. */
static bool
take_number(const struct word *value, unsigned base, uint64_t most,
    uint64_t *number)
{
	const char	*p = value->text;
	uint64_t	 v = 0;

	if (p == value->end)
		return (false);
	for (; p < value->end; p++) {
		if (digit(*p) >= base || v > (most - digit(*p)) / base)
			return (false);
		v = v * base + digit(*p);
	}
	*number = v;
	return (true);
}

/* As much of the word as fits, without what a NUL would hide. */
static void
take_word(const struct word *value, char *to, size_t size)
{
	const char	*p = value->text;
	size_t		 n = 0;
	char		 c;

	for (; p < value->end && n < size - 1; p++) {
		c = *p;
		if (c == '%' && value->end - p > 2 && digit(p[1]) < 16 &&
		    digit(p[2]) < 16) {
			c = (char)(digit(p[1]) << 4 | digit(p[2]));
			p += 2;
		}
		to[n++] = c == '\0' ? '?' : c;
	}
	to[n] = '\0';
}

/* Numbers of comments, and where they go. */
static const struct number {
	const char	*name;
	size_t		 at;
	uint8_t		 size;		/* octets of the member */
	uint8_t		 base;
} numbers[] = {
#define NUMBER(name, member, base) { name, offsetof(struct datarec, member), \
	sizeof(((struct datarec *)NULL)->member), base }
	NUMBER("pid=", pid, 10),
	NUMBER("tid=", tid, 10),
	NUMBER("cid=", cid, 16),
	NUMBER("uid=", uid, 10),
	NUMBER("ip=", family, 10),
	NUMBER("type=", type, 10),
	NUMBER("proto=", proto, 10),
	NUMBER("seq=", seq, 10),
	NUMBER("sent=", sent, 10),
	NUMBER("received=", received, 10),
	NUMBER("rtt=", rtt_us, 10),
	NUMBER("retransmissions=", retransmissions, 10),
#undef NUMBER
};

static void
store(struct datarec *d, const struct number *n, uint64_t value)
{
	uint8_t		*member = (uint8_t *)d + n->at;
	uint32_t	 narrow = (uint32_t)value;

	if (n->size == sizeof(value))
		memcpy(member, &value, sizeof(value));
	else if (n->size == sizeof(narrow))
		memcpy(member, &narrow, sizeof(narrow));
	else
		*member = (uint8_t)value;
}

static void
take_value(struct datarec *d, const struct word *w)
{
	struct word	value;
	uint64_t	number;
	size_t		i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (is_value(w, numbers[i].name, &value)) {
			if (take_number(&value, numbers[i].base, UINT64_MAX >>
			    (64 - 8 * numbers[i].size), &number)) {
				store(d, &numbers[i], number);
				d->has_sums |= is_value(w, "sent=", &value);
			}
			return;
		}
	if (is_value(w, "job=", &value))
		take_word(&value, d->job, sizeof(d->job));
	else if (is_value(w, "unit=", &value))
		take_word(&value, d->unit, sizeof(d->unit));
	else if (is_word(w, "out") || is_word(w, "in"))
		d->out = is_word(w, "out");
	d->segment |= is_word(w, "segment");
	d->abbrev |= is_word(w, "abbrev");
}

/* False: the comment is none of a data record. */
static bool
take_comment(struct datarec *d, const char *comment, size_t len)
{
	struct word	left = { comment, comment }, w;
	unsigned	kind;

	if (len == 0)
		return (false);
	left.end += len;
	if (!next_word(&left, &w))
		return (false);
	for (kind = 0; kind <= DATAREC_END; kind++)
		if (is_word(&w, kinds[kind]))
			break;
	if (kind > DATAREC_END || !next_word(&left, &w) ||
	    w.end - w.text < 4 || memcmp(w.text, "job=", 4) != 0)
		return (false);
	d->kind = (enum datarec_kind)kind;
	do
		take_value(d, &w);
	while (next_word(&left, &w));
	if (d->family != FLOW_FAMILY_IP4 && d->family != FLOW_FAMILY_IP6)
		d->family = FLOW_FAMILY_NONE;
	d->has_sums &= d->kind == DATAREC_END;
	return (true);
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
	told = take_comment(d, comment, comment_len);
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
