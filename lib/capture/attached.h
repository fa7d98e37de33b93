/*
 * Is a capture socket still on its interface?
 */
#ifndef ATTACHED_H
#define ATTACHED_H

#include <stdbool.h>

/*
 * Is the capture socket fd still on the interface that had this name and this
 * index when it was opened?  False only if the system says so: it was deleted,
 * moved away, renamed or replaced.  An index of 0 is that of no interface or
 * of all: nobody can tell.  Any thread.
 */
bool	attached_to(int fd, const char *ifname, unsigned int index);

#endif
