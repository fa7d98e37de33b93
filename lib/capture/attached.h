/*
 * Is a capture socket still on its interface?
 */
#ifndef ATTACHED_H
#define ATTACHED_H

#include <stdbool.h>

/*
 * Is the capture socket fd still bound to the interface that had this name and
 * index when it was opened?  False only if the system says that it was
 * deleted, moved to another namespace, renamed or replaced.  An index of 0
 * (`any', or not an interface) cannot be checked: true.  Any thread.
 */
bool	attached_to(int fd, const char *ifname, unsigned int index);

#endif
