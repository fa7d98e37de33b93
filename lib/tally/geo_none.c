/*
 * Built without libmaxminddb: geo_open() always fails.
 */
#include "geo.h"

const char *
geo_open(struct geo **g, enum geo_what what)
{
	(void)what;
	*g = NULL;
	return ("this program was built without libmaxminddb");
}

void
geo_close(struct geo *g)
{
	(void)g;
}

void
geo_country(const struct geo *g, uint8_t family, const uint8_t addr[16],
    char code[GEO_CODE_LEN])
{
	(void)g;
	(void)family;
	(void)addr;
	code[0] = '\0';
}

uint32_t
geo_as(struct geo *g, uint8_t family, const uint8_t addr[16])
{
	(void)g;
	(void)family;
	(void)addr;
	return (0);
}

const char *
geo_as_name(const struct geo *g, uint32_t as)
{
	(void)g;
	(void)as;
	return ("");
}
