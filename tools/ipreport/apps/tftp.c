/*
 * TFTP (more.h).  Only the first packet of a transfer is sent to its port; the
 * others have ports that nothing tells.
 */
#include <string.h>

#include "items.h"
#include "more.h"

static const struct item_name	codes[] = {
	{ 1, "RRQ" }, { 2, "WRQ" }, { 3, "DATA" }, { 4, "ACK" },
	{ 5, "ERROR" }, { 6, "OACK" }, { 0, NULL }
};

/* A text and its NUL; false if there is none. */
static bool
text(struct fields *f, struct cursor *c, const char *name)
{
	const uint8_t	*p = c->p;
	const uint8_t	*nul = cursor_left(c) == 0 ? NULL :
			    memchr(p, 0, cursor_left(c));

	if (nul == NULL) {
		item_short(f, c);
		return (false);
	}
	fields_octets(f, name, p, (size_t)(nul - p));
	c->p = nul + 1;
	return (true);
}

static void
options(struct fields *f, struct cursor *c)
{
	bool	more = true;

	while (more && cursor_left(c) > 0 && !fields_full(f)) {
		fields_item(f, "option");
		more = text(f, c, "name") && text(f, c, "value");
		fields_end(f);
	}
}

static void
message(struct fields *f, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 2), *number;
	uint16_t	 code;

	if (p == NULL) {
		item_short(f, c);
		return;
	}
	code = get_be16(p);
	item_named(f, "opcode", code, codes);
	if (code == 1 || code == 2) {
		if (text(f, c, "file") && text(f, c, "mode"))
			options(f, c);
	} else if (code == 6)
		options(f, c);
	else if ((number = cursor_take(c, 2)) == NULL)
		item_short(f, c);
	else {
		fields_u64(f, code == 5 ? "error" : "block",
		    get_be16(number));
		if (code == 5)
			text(f, c, "message");
	}
}

void
tftp_show(struct fields *f, struct cursor c)
{
	fields_begin(f, "tftp");
	message(f, &c);
	fields_end(f);
}
