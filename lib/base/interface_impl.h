/*
 * Private to the files of interface.h: what differs between systems.
 */
#ifndef INTERFACE_IMPL_H
#define INTERFACE_IMPL_H

#include "interface.h"

/* As if_nametoindex(3), and by all names that the system has for it. */
unsigned int	interface_index(const char *name);

#endif
