/*
 * Private to the counters of Linux and the harness that fuzzes their parser.
 */
#ifndef IFCOUNTERS_LINUX_H
#define IFCOUNTERS_LINUX_H

#include "ifcounters.h"

/*
 * Find the line that begins with label ("eth0:") in the text of
 * /proc/net/dev; false if there is none or it does not hold the counters,
 * then c is undefined.
 */
bool	ifcounters_parse(const char *text, const char *label,
	    struct ifcounters *c);

#endif
