/*
 * Private to ifcounters_linux.c and the harness that fuzzes its parser.
 */
#ifndef IFCOUNTERS_LINUX_H
#define IFCOUNTERS_LINUX_H

#include "ifcounters.h"

/*
 * Find the line that begins with label ("eth0:") in the text of
 * /proc/net/dev, and set *c to its counters.  False if there is no such line or
 * it has no counters; *c is undefined then.
 */
bool	ifcounters_parse(const char *text, const char *label,
	    struct ifcounters *c);

#endif
