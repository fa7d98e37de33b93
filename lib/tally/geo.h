/*
 * Countries and autonomous systems of addresses, from databases in MaxMind's
 * format (GeoLite2, DB-IP).  The file, or the directory where they are, is
 * that of the environment variable TRAF_GEO, or where packages put them.
 */
#ifndef GEO_H
#define GEO_H

#include <stddef.h>
#include <stdint.h>

enum geo_what { GEO_COUNTRY, GEO_AS };

#define GEO_ENV		"TRAF_GEO"
#define GEO_CODE_LEN	3	/* of a country, with the NUL */

struct geo;

/* NULL, or what is wrong, in words. */
const char	*geo_open(struct geo **, enum geo_what);
void		 geo_close(struct geo *);

/* The country's code by ISO 3166, "" if it is not known. */
void		 geo_country(const struct geo *, uint8_t family,
		    const uint8_t addr[16], char code[GEO_CODE_LEN]);

/* The number of the autonomous system, 0 if it is not known. */
uint32_t	 geo_as(struct geo *, uint8_t family,
		    const uint8_t addr[16]);

/*
 * Whose it is: printable ASCII; "" if geo_as() has not returned it before or
 * the database does not say.  Valid until geo_close().
 */
const char	*geo_as_name(const struct geo *, uint32_t as);

#endif
