/*
 * Messages of the DNS: the header, questions and records (dns.h).
 */
#include "dns_impl.h"

static const char	*opcodes[] = {
	"QUERY", "IQUERY", "STATUS", NULL, "NOTIFY", "UPDATE", "DSO"
};

static const struct item_name	classes[] = {
	{ 1, "IN" }, { 3, "CH" }, { 4, "HS" }, { 254, "NONE" }, { 255, "ANY" },
	{ 0, NULL }
};

static const struct fields_bit	flags[] = {
	{ 0x8000, "QR" }, { 0x0400, "AA" }, { 0x0200, "TC" },
	{ 0x0100, "RD" }, { 0x0080, "RA" }, { 0x0020, "AD" },
	{ 0x0010, "CD" }, { 0, NULL }
};

/* ---- what the tables need ---- */

int
dns_head(struct cursor c, struct dns_head *h)
{
	const uint8_t	*begin = c.p, *head = cursor_take(&c, DNS_HEADER);
	const uint8_t	*after;
	size_t		 i;

	if (head == NULL)
		return (-1);
	h->id = get_be16(head);
	h->flags = get_be16(head + 2);
	for (i = 0; i < 4; i++)
		h->counts[i] = get_be16(head + 4 + 2 * i);
	h->asks = false;
	h->type = 0;
	if (h->counts[0] == 0 || dns_name(&c, begin, h->name) == -1)
		h->name[0] = '\0';	/* it may have begun */
	else if ((after = cursor_take(&c, 4)) != NULL) {
		h->asks = true;
		h->type = get_be16(after);
	}
	return (0);
}

/* Could a message start here?  Of a record in the middle, hardly ever. */
static bool
is_message(const struct cursor *c)
{
	const uint8_t	*p = cursor_peek(c, 2 + DNS_HEADER);

	return (p != NULL && get_be16(p) >= DNS_HEADER &&
	    (p[4] >> 3 & 15) <= 6 && (p[5] & 0x40) == 0 &&
	    get_be16(p + 6) <= 16);
}

int
dns_next_tcp(struct cursor *c, struct cursor *message)
{
	const uint8_t	*len = is_message(c) ? cursor_take(c, 2) : NULL;

	if (len == NULL)
		return (-1);
	*message = item_part(c, get_be16(len));
	if (cursor_left(message) < get_be16(len))
		message->uncaptured = get_be16(len) - cursor_left(message);
	return (0);
}

/* ---- the message ---- */

static void
show_class(const struct dns_message *m, uint16_t class, const char *top)
{
	bool	marked = m->multicast && (class & 0x8000) != 0;

	if (marked)
		class &= 0x7fff;
	item_named(m->fields, "class", class, classes);
	if (marked)
		fields_text(m->fields, top, "yes");
}

static int
question(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p;

	if (dns_show_name(m, c, "name") == -1)
		return (-1);
	if ((p = cursor_take(c, 4)) == NULL) {
		dns_short(m, c);
		return (-1);
	}
	item_named(m->fields, "type", get_be16(p), dns_types);
	show_class(m, get_be16(p + 2), "unicast");
	return (0);
}

static int
record(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p;
	struct cursor	 data;
	uint16_t	 type;

	if (dns_show_name(m, c, "name") == -1)
		return (-1);
	if ((p = cursor_take(c, 10)) == NULL) {
		dns_short(m, c);
		return (-1);
	}
	type = get_be16(p);
	item_named(m->fields, "type", type, dns_types);
	data = item_part(c, get_be16(p + 8));
	if (type == 41) {
		dns_show_opt(m, get_be16(p + 2), get_be32(p + 4), data);
	} else {
		show_class(m, get_be16(p + 2), "cache_flush");
		fields_u64(m->fields, "ttl", get_be32(p + 4));
		dns_show_data(m, type, data);
	}
	if (cursor_left(&data) == get_be16(p + 8))
		return (0);
	dns_short(m, &data);
	return (-1);
}

static const struct section {
	const char	*name, *count;
	int		(*show)(const struct dns_message *, struct cursor *);
} sections[4] = {
	{ "question", "questions", question },
	{ "answer", "answers", record },
	{ "authority", "authorities", record },
	{ "additional", "additionals", record }
};

static int
section(const struct dns_message *m, struct cursor *c, const struct section *s,
    unsigned n)
{
	int	rc = 0;

	for (; n > 0 && rc == 0 && !fields_full(m->fields); n--) {
		fields_item(m->fields, s->name);
		rc = s->show(m, c);
		fields_end(m->fields);
	}
	return (rc);
}

static void
header(struct fields *f, const uint8_t *head)
{
	uint16_t	word = get_be16(head + 2);
	unsigned	opcode = word >> 11 & 15;
	size_t		i;

	fields_u64(f, "id", get_be16(head));
	fields_bits(f, "flags", word, flags);
	fields_named(f, "opcode", opcode,
	    opcode < sizeof(opcodes) / sizeof(opcodes[0]) ? opcodes[opcode] :
	    NULL);
	if ((word & DNS_RESPONSE) != 0)
		fields_named(f, "rcode", word & 15, dns_code_name(word & 15));
	for (i = 0; i < 4; i++)
		fields_u64(f, sections[i].count, get_be16(head + 4 + 2 * i));
}

static void
message(struct fields *f, struct cursor c, bool multicast, bool continued)
{
	struct dns_message	 m = { f, c.p, multicast, continued };
	const uint8_t		*head = cursor_take(&c, DNS_HEADER);
	size_t			 i;

	if (head == NULL) {
		dns_short(&m, &c);
		return;
	}
	header(f, head);
	for (i = 0; i < 4; i++)
		if (section(&m, &c, &sections[i],
		    get_be16(head + 4 + 2 * i)) == -1)
			return;
	if (cursor_wire(&c) > 0 && !fields_full(f))
		fields_u64(f, "octets_after", cursor_wire(&c));
}

void
dns_show(struct fields *f, struct cursor c, bool multicast)
{
	fields_item(f, "dns");
	message(f, c, multicast, false);
	fields_end(f);
}

void
dns_show_tcp(struct fields *f, struct cursor c)
{
	struct cursor	m;
	uint32_t	wire;
	uint16_t	length;
	bool		continued;

	while (cursor_left(&c) > 0 && !fields_full(f)) {
		fields_item(f, "dns");
		length = cursor_left(&c) < 2 ? 0 : get_be16(c.p);
		wire = cursor_wire(&c);
		if (dns_next_tcp(&c, &m) == -1) {
			fields_note(f, "continued from a segment before");
			fields_u64(f, "octets", cursor_wire(&c));
			c.p = c.end;
		} else {
			fields_u64(f, "length", length);
			continued = length > wire - 2;
			if (continued)
				fields_note(f, "continued in a later segment");
			message(f, m, false, continued);
		}
		fields_end(f);
	}
}
