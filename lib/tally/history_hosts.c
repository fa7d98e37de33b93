/*
 * Hosts as keys.
 */
#include "history_hosts.h"
#include "keys.h"

struct groups *
history_hosts_new(void)
{
	struct key	k;

	return (key_open(&k, "host") != NULL ? NULL :
	    groups_new(k.ops->width, 0));
}

int
history_hosts_add(struct groups *hosts, const struct flow *f, size_t n)
{
	struct key	k;
	uint8_t		octets[KEY_WIDTH_MAX];
	size_t		i;

	(void)key_open(&k, "host");
	for (i = 0; i < 2 * n; i++) {
		k.ops->row(&k, &f[i / 2].key, i % 2 == 1, octets);
		if (groups_get(hosts, octets) == NULL)
			return (-1);
	}
	return (0);
}
