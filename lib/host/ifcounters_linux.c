/*
 * Linux: /sys/class/net.
 */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ifcounters.h"

static const struct {
	const char	*file;
	size_t		 offset;
} counters[] = {
	{ "mtu", offsetof(struct ifcounters, mtu) },
	{ "statistics/rx_packets", offsetof(struct ifcounters, rx_packets) },
	{ "statistics/rx_errors", offsetof(struct ifcounters, rx_errors) },
	{ "statistics/rx_dropped", offsetof(struct ifcounters, rx_dropped) },
	{ "statistics/tx_packets", offsetof(struct ifcounters, tx_packets) },
	{ "statistics/tx_errors", offsetof(struct ifcounters, tx_errors) },
	{ "statistics/tx_dropped", offsetof(struct ifcounters, tx_dropped) },
	{ "statistics/collisions", offsetof(struct ifcounters, collisions) },
};

static bool
read_number(const char *ifname, const char *file, uint64_t *v)
{
	char	 path[256], text[32] = "", *end;
	FILE	*f;

	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/%s", ifname,
	    file);
	if ((f = fopen(path, "re")) == NULL)
		return (false);
	if (fgets(text, sizeof(text), f) == NULL)
		text[0] = '\0';
	(void)fclose(f);
	*v = strtoull(text, &end, 10);
	return (end != text);
}

bool
ifcounters_get(const char *ifname, struct ifcounters *c)
{
	size_t	i;

	memset(c, 0, sizeof(*c));
	if (strchr(ifname, '/') != NULL)
		return (false);
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (!read_number(ifname, counters[i].file,
		    (uint64_t *)(void *)((char *)c + counters[i].offset)))
			return (false);
	return (true);
}
