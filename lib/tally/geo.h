/*
 * Countries and autonomous systems of addresses, from databases in MaxMind's
 * format (GeoLite2, DB-IP).  The environment variable TRAF_GEO names the file
 * or its directory; without it, the directories of packages are searched.
 *
 *	open -> [country, as, as_name]* -> close
 *
 * One thread at a time.
 */
#ifndef GEO_H
#define GEO_H

#include <stddef.h>
#include <stdint.h>

enum geo_what { GEO_COUNTRY, GEO_AS };

#define GEO_ENV		"TRAF_GEO"
#define GEO_CODE_LEN	3	/* of a country, with the NUL */

struct geo;

/* Returns NULL, or the error as a message. */
const char	*geo_open(struct geo **, enum geo_what);
void		 geo_close(struct geo *);

/* The ISO 3166 code of the country, "" if it is not known. */
void		 geo_country(const struct geo *, uint8_t family,
		    const uint8_t addr[16], char code[GEO_CODE_LEN]);

/* The number of the autonomous system, 0 if it is not known. */
uint32_t	 geo_as(struct geo *, uint8_t family,
		    const uint8_t addr[16]);

/*
 * The name of the system's organization in printable ASCII; "" if geo_as() has
 * not returned the number before or the database has no name.  Valid until
 * geo_close().
 */
const char	*geo_as_name(const struct geo *, uint32_t as);

#endif
