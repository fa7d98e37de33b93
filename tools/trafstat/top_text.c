/*
 * trafstat --top: labels of rows, for people and for programs.
 */
#include <stdio.h>

#include "top.h"

char *
top_label(struct names *names, const struct owners *owners, int by,
    const struct flow_key *k, char buf[TOP_LABEL_LEN])
{
	char	a[NAMES_HOST_LEN], b[NAMES_HOST_LEN];
	char	port[NAMES_PORT_LEN];

	if (owned_is(by))
		return (owned_label(owners, by, k->src,
		    names_is_numeric(names), buf, TOP_LABEL_LEN));
	names_set_owners(names, owners);
	switch (by) {
	case CONTROL_BY_HOST:
		(void)snprintf(buf, TOP_LABEL_LEN, "%s",
		    names_host(names, k->family, k->src, a));
		break;
	case CONTROL_BY_SERVICE:
		(void)snprintf(buf, TOP_LABEL_LEN, "%s %s",
		    names_proto(names, k->proto),
		    names_has_ports(k->proto) ? names_port(names, k->proto,
		    k->sport, port) : "");
		break;
	case CONTROL_BY_PROTOCOL:
		(void)snprintf(buf, TOP_LABEL_LEN, "%s",
		    names_proto(names, k->proto));
		break;
	default:
		(void)snprintf(buf, TOP_LABEL_LEN, "%s <> %s",
		    names_host(names, k->family, k->src, a),
		    names_host(names, k->family, k->dst, b));
	}
	return (buf);
}
