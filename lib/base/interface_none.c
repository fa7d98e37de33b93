/*
 * Systems on which an interface has one name.
 */
#include <net/if.h>

#include "interface_impl.h"

unsigned int
interface_index(const char *name)
{
	return (if_nametoindex(name));
}
