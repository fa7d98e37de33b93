/*
 * Names of time zones, as TZ takes them.
 */
#ifndef ZONE_H
#define ZONE_H

#include <stdbool.h>

/*
 * Does the zone exist?  tzset(3) silently uses UTC for an unknown one.  A name
 * such as `Europe/Berlin' must be a file of the system's zone directories; a
 * rule such as `CET-1CEST,M3.5.0,M10.5.0/3' must start like one.
 */
bool	zone_exists(const char *zone);

#endif
