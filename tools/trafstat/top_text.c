/*
 * trafstat --top: labels and numbers as text, for people and for programs.
 */
#include <stdio.h>

#include "top.h"

char *
top_label(struct names *names, enum control_by by, const struct flow_key *k,
    char buf[TOP_LABEL_LEN])
{
	char	a[NAMES_HOST_LEN], b[NAMES_HOST_LEN];
	char	port[NAMES_PORT_LEN];

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

char *
top_scaled(double v, char buf[16])
{
	static const char	units[] = " kMGTPE";
	size_t			i = 0;

	while (v >= 999.5 && i + 2 < sizeof(units)) {
		v /= 1000;
		i++;
	}
	if (i == 0)
		(void)snprintf(buf, 16, "%.0f", v);
	else
		(void)snprintf(buf, 16, "%.*f%c", v < 9.995 ? 2 :
		    v < 99.95 ? 1 : 0, v, units[i]);
	return (buf);
}
