/*
 * Names of time zones, as TZ takes them.
 */
#ifndef ZONE_H
#define ZONE_H

#include <stdbool.h>

/*
 * Is there such a zone?  tzset(3) takes UTC for one it does not know, without
 * a word: `Europe/Berlin' must be a file of the zones of the system, and a
 * rule such as `CET-1CEST,M3.5.0,M10.5.0/3' must begin like one.
 */
bool	zone_exists(const char *zone);

#endif
