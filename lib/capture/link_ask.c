/*
 * The link of an interface.
 */
#include "config.h"

#include <stdio.h>

#include "base/interface.h"
#include "link_ask.h"
#include "links.h"
#include "pcap_handle.h"

int
link_index(const char *ifname, unsigned int *index, char *err)
{
	if (interface_find(ifname, index) != INTERFACE_UNKNOWN)
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot look up the interface: "
	    "%s: no descriptor or no memory is left", ifname);
	return (-1);
}

int
link_ask(const struct frames_opts *o, struct link_kind *l, char *err)
{
	pcap_t	*p;

	if (link_index(o->ifname, &l->index, err) == -1 ||
	    (p = handle_ask(o, o->ifname, err)) == NULL)
		return (-1);
	l->number = pcap_datalink(p);
	l->name = link_name(l->number);
	pcap_close(p);
	return (0);
}
