/*
 * Keys that need a database of addresses: countries and autonomous systems.
 * Addresses that the database does not contain form one group, `unknown'.
 */
#include <stdio.h>
#include <string.h>

#include "base/endian.h"
#include "geo.h"
#include "keys.h"

#define UNKNOWN		"unknown"
#define COUNTRY_WIDTH	2
#define AS_WIDTH	4

static const char *
country_open(struct key *key, const char *arg)
{
	struct geo	*g;
	const char	*wrong = geo_open(&g, GEO_COUNTRY);

	(void)arg;
	key->state = g;
	return (wrong);
}

static const char *
as_open(struct key *key, const char *arg)
{
	struct geo	*g;
	const char	*wrong = geo_open(&g, GEO_AS);

	(void)arg;
	key->state = g;
	return (wrong);
}

static void
close_geo(struct key *key)
{
	geo_close(key->state);
}

/* The address of a row and its family, FLOW_FAMILY_NONE if it was dropped. */
static const uint8_t *
address(const struct flow_key *k, bool destination, uint8_t *family)
{
	*family = (k->flags & (destination ? FLOW_NO_DST : FLOW_NO_SRC)) != 0 ?
	    FLOW_FAMILY_NONE : k->family;
	return (destination ? k->dst : k->src);
}

static void
country_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	uint8_t		 family;
	const uint8_t	*addr = address(k, destination, &family);
	char		 code[GEO_CODE_LEN];

	geo_country(key->state, family, addr, code);
	memset(to, 0xff, COUNTRY_WIDTH);	/* unknown sorts last */
	if (code[0] != '\0') {
		to[0] = (uint8_t)code[0];
		to[1] = (uint8_t)code[1];
	}
}

static int
country_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char	code[GEO_CODE_LEN] = "";

	(void)key;
	(void)names;
	if (from[0] != 0xff) {
		code[0] = (char)from[0];
		code[1] = (char)from[1];
	}
	to->text = result_text(r, code[0] == '\0' ? UNKNOWN : code);
	return (to->text == NULL ? -1 : 0);
}

static void
as_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	uint8_t		 family;
	const uint8_t	*addr = address(k, destination, &family);
	uint32_t	 as = geo_as(key->state, family, addr);

	if (as == 0)
		as = UINT32_MAX;		/* likewise */
	put_be32(to, as);
}

static int
as_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	uint32_t	as = get_be32(from);
	char		text[16] = UNKNOWN;

	(void)names;
	if (as != UINT32_MAX)
		(void)snprintf(text, sizeof(text), "AS%u", (unsigned int)as);
	to[0].text = result_text(r, text);
	to[1].text = result_text(r, geo_as_name(key->state, as));
	return (to[0].text == NULL || to[1].text == NULL ? -1 : 0);
}

static const struct result_column country_columns[] = {
	{ "country", "Country", RESULT_TEXT, CALENDAR_INSTANT, true, false }
};
static const struct result_column as_columns[] = {
	{ "asn", "AS", RESULT_TEXT, CALENDAR_INSTANT, true, false },
	{ "organization", "Organization", RESULT_TEXT, CALENDAR_INSTANT,
	    true, false }
};

const struct key_ops key_country = {
	"country", COUNTRY_WIDTH, true, false, false, false, 0, country_columns, 1,
	country_open, close_geo, NULL, country_row, country_show
};
const struct key_ops key_asn = {
	"asn", AS_WIDTH, true, false, false, false, 0, as_columns, 2,
	as_open, close_geo, NULL, as_row, as_show
};
