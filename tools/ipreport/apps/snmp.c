/*
 * SNMP: version, community, and which PDU it is (more.h).  What is bound to
 * variables is left out.
 */
#include "items.h"
#include "more.h"

#define INTEGER		0x02
#define OCTETS		0x04
#define SEQUENCE	0x30

/* The next value of BER, of at most 2^24 octets; -1 if there is none. */
static int
value(struct cursor *c, uint8_t *tag, struct cursor *content)
{
	const uint8_t	*head = cursor_take(c, 2), *more;
	uint32_t	 n;

	if (head == NULL)
		return (-1);
	*tag = head[0];
	n = head[1];
	if (n >= 0x80) {
		uint32_t	octets = n & 0x7f;

		if (octets == 0 || octets > 3 ||
		    (more = cursor_take(c, octets)) == NULL)
			return (-1);
		n = (uint32_t)get_be(more, octets);
	}
	*content = item_part(c, n);
	return (0);
}

static int
integer(struct cursor *c, int64_t *v)
{
	struct cursor	content;
	uint8_t		tag;
	uint32_t	n;

	if (value(c, &tag, &content) == -1 || tag != INTEGER)
		return (-1);
	n = cursor_left(&content);
	if (n == 0 || n > 5)
		return (-1);
	*v = (int64_t)get_be(content.p, n);
	if ((content.p[0] & 0x80) != 0)
		*v -= INT64_C(1) << 8 * n;
	return (0);
}

static void
pdu(struct fields *f, struct cursor *c)
{
	static const struct item_name	tags[] = {
		{ 0xa0, "GetRequest" }, { 0xa1, "GetNextRequest" },
		{ 0xa2, "Response" }, { 0xa3, "SetRequest" },
		{ 0xa4, "Trap-v1" }, { 0xa5, "GetBulkRequest" },
		{ 0xa6, "InformRequest" }, { 0xa7, "Trap" },
		{ 0xa8, "Report" }, { 0, NULL }
	};
	struct cursor			 content;
	uint8_t				 tag;
	int64_t				 v;

	if (value(c, &tag, &content) == -1) {
		item_short(f, c);
		return;
	}
	item_named(f, "pdu", tag, tags);
	if (tag == 0xa4 || integer(&content, &v) == -1)
		return;
	fields_i64(f, "request_id", v);
	if (tag == 0xa2 && integer(&content, &v) == 0)
		fields_i64(f, "error_status", v);
}

static void
message(struct fields *f, struct cursor *c)
{
	static const struct item_name	versions[] = {
		{ 0, "v1" }, { 1, "v2c" }, { 3, "v3" }, { 0, NULL }
	};
	struct cursor			 inner, community;
	uint8_t				 tag;
	int64_t				 version;

	if (value(c, &tag, &inner) == -1 || tag != SEQUENCE ||
	    integer(&inner, &version) == -1 || version < 0 || version > 3) {
		item_short(f, c);
		return;
	}
	item_named(f, "version", (uint32_t)version, versions);
	if (version == 3)
		return;
	if (value(&inner, &tag, &community) == -1 || tag != OCTETS) {
		item_short(f, &inner);
		return;
	}
	fields_octets(f, "community", community.p, cursor_left(&community));
	pdu(f, &inner);
}

void
snmp_show(struct fields *f, struct cursor c)
{
	fields_begin(f, "snmp");
	message(f, &c);
	fields_end(f);
}
