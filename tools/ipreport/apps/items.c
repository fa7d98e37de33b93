/*
 * Fields that several application protocols have (items.h).
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "items.h"

const char *
item_name(const struct item_name *names, uint32_t v)
{
	for (; names->name != NULL; names++)
		if (names->value == v)
			return (names->name);
	return (NULL);
}

void
item_named(struct fields *f, const char *name, uint32_t v,
    const struct item_name *names)
{
	fields_named(f, name, v, item_name(names, v));
}

static void
address(struct fields *f, const char *name, int family, const uint8_t *p)
{
	char	buf[INET6_ADDRSTRLEN];

	fields_text(f, name, inet_ntop(family, p, buf, sizeof(buf)));
}

void
item_ip4(struct fields *f, const char *name, const uint8_t *p)
{
	address(f, name, AF_INET, p);
}

void
item_ip6(struct fields *f, const char *name, const uint8_t *p)
{
	address(f, name, AF_INET6, p);
}

void
item_mac(struct fields *f, const char *name, const uint8_t *p, size_t n)
{
	char	 text[16 * 3 + 1] = "", *to = text;
	size_t	 i;

	for (i = 0; i < n && i < 16; i++)
		to += snprintf(to, 4, "%s%02x", i > 0 ? ":" : "", p[i]);
	fields_text(f, name, text);
}

void
item_time(struct fields *f, const char *name, uint64_t seconds)
{
	time_t		 t = (time_t)seconds;
	struct tm	 tm;
	char		 text[40];

	if ((uint64_t)t != seconds || t < 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		fields_u64(f, name, seconds);
	else
		fields_text(f, name, text);
}

void
item_short(struct fields *f, const struct cursor *c)
{
	fields_note(f, c->uncaptured > 0 ? "the rest was not captured" :
	    "malformed: ends too early");
}

struct cursor
item_part(struct cursor *c, uint32_t wire)
{
	uint32_t	 left = cursor_left(c);
	struct cursor	 part = *c;

	part.uncaptured = 0;
	if (wire <= left)
		part.end = part.p + wire;
	else {
		part.uncaptured = wire - left < c->uncaptured ? wire - left :
		    c->uncaptured;
		c->uncaptured -= part.uncaptured;
	}
	cursor_skip(c, wire);
	return (part);
}
