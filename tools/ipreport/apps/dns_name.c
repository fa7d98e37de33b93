/*
 * Names of the DNS: labels and compression pointers, as text (RFC 1035, 4343).
 */
#include <stdio.h>
#include <string.h>

#include "dns_impl.h"

#define LONGEST	255		/* octets of a name, with its lengths */
#define POINTER	0xc0

/* One octet, which is escaped if it could be mistaken. */
static char *
put(char *to, uint8_t octet)
{
	if (octet == '.' || octet == '\\' || octet == '"') {
		*to++ = '\\';
		*to++ = (char)octet;
	} else if (octet > ' ' && octet <= '~')
		*to++ = (char)octet;
	else
		to += snprintf(to, 5, "\\%03u", octet);
	return (to);
}

/* Where the pointer leads: before the part of the name it ends, or NULL. */
static const uint8_t *
target(const uint8_t *begin, const uint8_t *part, const uint8_t *pointer)
{
	size_t	to = get_be16(pointer) & 0x3fff;

	return (to < (size_t)(part - begin) ? begin + to : NULL);
}

int
dns_name(struct cursor *c, const uint8_t *begin, char text[DNS_NAME])
{
	struct cursor	 at = *c;
	const uint8_t	*label, *part = c->p;
	bool		 jumped = false;
	unsigned	 n, i, octets = 1;
	char		*to = text;

	while ((label = cursor_take(&at, 1)) != NULL && *label != 0) {
		if ((*label & POINTER) == POINTER) {
			if (cursor_take(&at, 1) == NULL)
				return (-1);
			if (!jumped)
				*c = at;
			jumped = true;
			part = target(begin, part, label);
			if (part == NULL)
				return (-1);
			at.p = part;
			continue;
		}
		n = *label;
		octets += n + 1;
		if ((n & POINTER) != 0 || octets > LONGEST ||
		    (label = cursor_take(&at, n)) == NULL)
			return (-1);
		if (to > text)
			*to++ = '.';
		for (i = 0; i < n; i++)
			to = put(to, label[i]);
	}
	if (label == NULL)
		return (-1);
	if (!jumped)
		*c = at;
	if (to == text)
		*to++ = '.';
	*to = '\0';
	return (0);
}

void
dns_short(const struct dns_message *m, const struct cursor *c)
{
	if (!m->continued)
		item_short(m->fields, c);
}

int
dns_show_name(const struct dns_message *m, struct cursor *c,
    const char *field)
{
	char	text[DNS_NAME];

	if (dns_name(c, m->begin, text) == -1) {
		if (c->uncaptured == 0)
			fields_note(m->fields, "malformed name");
		else
			dns_short(m, c);
		return (-1);
	}
	fields_text(m->fields, field, text);
	return (0);
}
